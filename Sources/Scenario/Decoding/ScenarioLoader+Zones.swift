// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

/// Where the pools of a fleet stand: in zones that exist, and in regions that the price book has prices of.
extension ScenarioLoader {
  /// The region of a zone; a zone that no cloud has, and that the scenario does not describe, is an error.
  ///
  /// - Parameters:
  ///   - described: the zones that the scenario describes under `zones`, whatever their names.
  func region(
    of zone: String?, _ book: PriceBook?, described: [String], at reader: MappingReader,
    into diagnostics: inout Diagnostics
  ) -> String? {
    guard let zone else { return nil }
    let region = CloudZone.region(of: zone, or: book?.regions ?? [])
    if region == nil && !described.contains(zone) {
      let near = nearestKey(to: zone, among: CloudZone.examples)
      reader.report(
        .lacks(
          .reference,
          found: zone,
          allowed:
            "a zone of AWS, Google Cloud or Azure, such as us-east-1a, us-central1-a or westeurope-1"
            + (near.map { " (did you mean '\($0)'?)" } ?? "")), of: "zone", into: &diagnostics)
    }
    return region
  }

  /// Reports a pool that is billed by a price book which has no prices of its region.
  func checkPrices(
    of region: String?, in book: PriceBook?, at reader: MappingReader,
    into diagnostics: inout Diagnostics
  ) {
    guard let region, let book, !book.regions.isEmpty, !book.regions.contains(region) else {
      return
    }
    reader.report(
      .rule(
        .reference,
        "the price book '\(book.name)' has no prices of \(region); its regions: "
          + book.regions.joined(separator: ", ")), of: "zone", into: &diagnostics)
  }

  /// What is assumed of a price book that does not say where its prices hold; more regions than one are an error.
  func assumedRegion(
    of pools: [DecodedPool], _ book: PriceBook, into diagnostics: inout Diagnostics
  ) -> [String] {
    var assumptions: [String] = []
    for pool in pools where pool.isPricedByBook {
      let zone = pool.pool.cloud.zone
      let text =
        "\(zone) is no zone of AWS, Google Cloud or Azure: the prices of the book '\(book.name)' are taken "
        + "for it"
      if CloudZone.region(of: zone, or: book.regions) == nil, !assumptions.contains(text) {
        assumptions.append(text)
      }
    }
    guard book.regions.isEmpty else { return assumptions }
    var regions: [String] = []
    for pool in pools where pool.isPricedByBook {
      guard let region = CloudZone.region(of: pool.pool.cloud.zone), !regions.contains(region)
      else {
        continue
      }
      if let first = regions.first {
        diagnostics.report(
          .rule(
            .reference,
            "the price book '\(book.name)' names no regions, so its prices cannot hold in both \(first) and "
              + "\(region); say where they do, such as regions: [\(first), \(region)], or give the pool a price"
          ), at: pool.place.location, keyPath: pool.place.keyPath)
        return []
      }
      regions.append(region)
    }
    return assumptions
      + regions.map {
        "the price book '\(book.name)' names no regions: its prices are taken for \($0)"
      }
  }
}
