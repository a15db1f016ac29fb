// SPDX-License-Identifier: GPL-3.0-or-later

/// Zones of the three large clouds, and the regions that they belong to.
///
/// Regions are those that the providers list: AWS, "AWS Regions and Availability Zones"; Google Cloud, "Regions and
/// zones"; Microsoft, "List of Azure regions"; written down on 2026-11-30 from memory of these pages, so a new
/// region may be missing. A price book that names it makes it known.
package enum CloudZone {
  /// The region of a zone: `us-east-1` of `us-east-1a` or `us-east-1-bos-1a`, `us-central1` of `us-central1-a`,
  /// `westeurope` of `westeurope-1` or of itself; `nil` for no zone of these clouds.
  ///
  /// - Parameters:
  ///   - others: regions beyond those that are known here.
  package static func region(of zone: String, or others: [String] = []) -> String? {
    let known = regions(amazon) + others
    if let region = known.first(where: { isZone(zone, ofAmazon: $0) }) { return region }
    let google = regions(google) + others
    if let region = google.first(where: { isZone(zone, $0, then: "abcdef") }) { return region }
    let azure = regions(azure) + others
    return azure.first { zone == $0 || isZone(zone, $0, then: "123") }
  }

  /// Zones that a misspelt one may be meant as.
  package static var examples: [String] {
    regions(amazon).flatMap { region in "abcdef".map { "\(region)\($0)" } }
      + regions(google).flatMap { region in "abcf".map { "\(region)-\($0)" } }
      + regions(azure).flatMap { region in "123".map { "\(region)-\($0)" } }
  }

  /// A letter after the region, or a local zone's city, number and letter.
  private static func isZone(_ zone: String, ofAmazon region: String) -> Bool {
    guard zone.hasPrefix(region), let last = zone.last, ("a"..."f").contains(last) else {
      return false
    }
    let rest = zone.dropFirst(region.count).dropLast()
    if rest.isEmpty { return true }
    let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count >= 3 && parts[0].isEmpty && parts.last == "1"
      && parts.dropFirst().allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
      }
  }

  private static func isZone(_ zone: String, _ region: String, then letters: String) -> Bool {
    guard zone.hasPrefix(region + "-"), let last = zone.last else { return false }
    return zone.count == region.count + 2 && letters.contains(last)
  }

  private static func regions(_ text: String) -> [String] {
    text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { String($0) }
  }

  private static let amazon = """
    us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 eu-west-1 eu-west-2
    eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 af-south-1 il-central-1 me-south-1
    me-central-1 ap-south-1 ap-south-2 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
    us-gov-east-1 us-gov-west-1 cn-north-1 cn-northwest-1 eusc-de-east-1
    """

  private static let google = """
    us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4 us-west8
    northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1
    europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3
    europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 africa-south1 me-central1
    me-central2 me-west1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1
    asia-south2 asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2
    """

  private static let azure = """
    eastus eastus2 centralus northcentralus southcentralus westcentralus westus westus2 westus3 canadacentral
    canadaeast mexicocentral brazilsouth brazilsoutheast chilecentral northeurope westeurope uksouth ukwest
    francecentral francesouth germanywestcentral germanynorth switzerlandnorth switzerlandwest norwayeast
    norwaywest swedencentral swedensouth polandcentral italynorth spaincentral austriaeast belgiumcentral
    denmarkeast southafricanorth southafricawest uaenorth uaecentral qatarcentral israelcentral eastasia
    southeastasia japaneast japanwest koreacentral koreasouth centralindia southindia westindia
    jioindiacentral jioindiawest australiaeast australiasoutheast australiacentral australiacentral2
    newzealandnorth indonesiacentral malaysiawest taiwannorth usgovvirginia usgovarizona usgovtexas
    chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3
    """
}
