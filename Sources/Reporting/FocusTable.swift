// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Foundation
import Quantities
import Recording
import Serving

/// The bill of one replication by the calendar month, as rows of FOCUS 1.2 in CSV.
///
/// The columns are those of the FinOps Open Cost and Usage Specification (FinOps Foundation, FOCUS 1.2,
/// focus.finops.org) that are mandatory, those that version 1.0 had, and of the conditional ones those that a fleet
/// needs. A commitment's purchase is billed and has no effective cost; what it paid for, and what of it nobody used,
/// are usage rows that have effective cost and are billed nothing. What was bought before the start is not billed
/// again. The list and contracted price of a covered machine is its price on demand.
package struct FocusTable {
  /// One charge.
  package struct Row: Equatable {
    /// What is charged.
    package let charge: Charge
    /// The calendar month in which it is invoiced.
    package let billingPeriod: Range<UTCDate>
    /// When it is charged, within the billing period and in whole seconds.
    package let chargePeriod: Range<UTCDate>
    /// Whether it is the purchase of a commitment.
    package var isPurchase: Bool { charge.kind == .upfront || charge.kind == .recurring }
    /// The commitment that it belongs to; `nil` for none.
    package var commitmentID: String? { charge.isOfCommitment ? charge.line : nil }
  }

  /// What stands in the scenario's text about what was rented.
  private struct Source: Decodable {
    struct Pool: Decodable {
      var type: String?
      var zone: String?
    }
    var start: String
    var billing: String?
    var fleet: [String: Pool]?
  }

  /// The rows, in the order of the charges.
  package let rows: [Row]
  private let source: Source
  private let replication: Int

  /// The rows of one replication of a run.
  ///
  /// - Throws: what reading the scenario's text throws, where a database was written by other hands.
  package init(_ record: ReplicationRecord, _ manifest: RunManifest) throws {
    let text = manifest.scenarioText.prefix { $0 != "\n" }
    source = try JSONDecoder().decode(Source.self, from: Data(text.utf8))
    let start = try UTCDate(parsing: source.start)
    replication = record.replication
    rows = record.charges.map { charge in
      let from = (start + charge.from.sinceStart).roundedDownToSecond
      let month = from.calendarMonth
      let to = (start + charge.to.sinceStart).roundedUpToSecond
      return Row(charge: charge, billingPeriod: month, chargePeriod: from..<to)
    }
  }

  // MARK: Text

  /// The columns, in their order in the file.
  package static let columns = [
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName",
    "BillingAccountType", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory", "ChargeClass",
    "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
    "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName",
    "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "CommitmentDiscountType",
    "CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
    "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory",
    "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId",
    "SubAccountId", "SubAccountName", "SubAccountType", "Tags", "x_Replication",
  ]

  /// The rows as CSV (RFC 4180) with a line of column names.
  package var csv: String {
    var text = Self.columns.joined(separator: ",") + "\n"
    for row in rows {
      let fields = fields(of: row)
      text += Self.columns.map { TextTable.csvField(fields[$0] ?? "") }.joined(separator: ",")
      text += "\n"
    }
    return text
  }

  private var provider: String {
    switch source.billing {
    case "gcp": "Google Cloud"
    case "azure": "Microsoft"
    default: "AWS"
    }
  }

  /// The fields of a row by column; what has none is null.
  private func fields(of row: Row) -> [String: String] {
    let charge = row.charge
    let pool = source.fleet?[charge.pool]
    let region = pool?.zone.flatMap { CloudZone.region(of: $0) } ?? ""
    let service = FocusService(charge)
    let sku = [pool?.type ?? charge.line, charge.market].joined(separator: "/")
    var fields = costs(of: row).merging(commitment(of: row)) { own, _ in own }
    fields.merge([
      "BillingAccountId": "plimsoll", "BillingAccountName": "Plimsoll simulation",
      "BillingAccountType": "Simulation", "BillingCurrency": "USD",
      "BillingPeriodStart": "\(row.billingPeriod.lowerBound)",
      "BillingPeriodEnd": "\(row.billingPeriod.upperBound)",
      "ChargePeriodStart": "\(row.chargePeriod.lowerBound)",
      "ChargePeriodEnd": "\(row.chargePeriod.upperBound)",
      "ChargeCategory": row.isPurchase ? "Purchase" : "Usage",
      "ChargeDescription": description(of: charge),
      "ChargeFrequency": charge.frequency,
      "InvoiceIssuerName": provider, "ProviderName": provider, "PublisherName": provider,
      "AvailabilityZone": pool?.zone ?? "", "RegionId": region, "RegionName": region,
      "ResourceId": charge.pool, "ResourceName": charge.pool, "ResourceType": pool?.type ?? "",
      "ServiceCategory": service.category, "ServiceName": service.name,
      "ServiceSubcategory": service.subcategory, "SkuId": sku,
      "SkuMeter": charge.usage == nil ? "Charge" : "Machine time",
      "SkuPriceId": charge.price.map { "\(sku)/\(Self.price($0))" } ?? sku, "Tags": "{}",
      "x_Replication": "\(replication)",
    ]) { own, _ in own }
    return fields
  }

  private func description(of charge: Charge) -> String {
    let what = charge.isOfCommitment ? "\(charge.line), \(charge.kind.rawValue)" : charge.line
    return [what, charge.pool].filter { !$0.isEmpty }.joined(separator: " of ")
  }

  /// What a row costs, for how much of what.
  private func costs(of row: Row) -> [String: String] {
    let charge = row.charge
    // What is held has hours, also at many prices; a purchase beforehand is one thing at its amount.
    let held = charge.kind == .upfront ? nil : charge.usage
    let hours = held.map(Self.hours)
    let price =
      charge.price.map(Self.price) ?? held.map { Self.mean(charge.list, over: $0) }
      ?? Self.money(charge.list)
    var fields = [
      "BilledCost": Self.money(charge.billed), "EffectiveCost": Self.money(charge.effective),
      "ListCost": Self.money(charge.list), "ContractedCost": Self.money(charge.list),
      "ListUnitPrice": price, "ContractedUnitPrice": price, "PricingCategory": charge.pricing,
      "PricingQuantity": hours ?? "1", "PricingUnit": hours == nil ? "Units" : "Hours",
    ]
    if !row.isPurchase && charge.kind != .unused {
      fields["ConsumedQuantity"] = hours ?? "1"
      fields["ConsumedUnit"] = hours == nil ? "Units" : "Hours"
    }
    if charge.market == "capacity" {
      fields["CapacityReservationId"] = charge.reservation
      fields["CapacityReservationStatus"] = "Unused"
    }
    return fields
  }

  /// What a row says of the commitment that it belongs to.
  private func commitment(of row: Row) -> [String: String] {
    let charge = row.charge
    guard let name = row.commitmentID else { return [:] }
    let isSpend = charge.market == "savings"
    let amount = row.isPurchase ? charge.billed : charge.effective
    var fields = [
      "CommitmentDiscountCategory": isSpend ? "Spend" : "Usage", "CommitmentDiscountId": name,
      "CommitmentDiscountName": name,
      "CommitmentDiscountType": isSpend ? "Savings Plan" : "Reservation",
      "CommitmentDiscountUnit": isSpend ? "USD" : "Hours",
      "CommitmentDiscountQuantity": isSpend
        ? Self.money(amount) : charge.usage.map(Self.hours) ?? "",
    ]
    switch charge.kind {
    case .used: fields["CommitmentDiscountStatus"] = "Used"
    case .unused: fields["CommitmentDiscountStatus"] = "Unused"
    case .usage, .fixed, .upfront, .recurring: break
    }
    return fields
  }

  // MARK: Numbers

  private static func money(_ amount: USD) -> String {
    formatted(digits: amount.nanodollars, places: 9)
  }

  private static func price(_ price: HourlyPrice) -> String {
    formatted(digits: price.nanodollarsPerHour, places: 9)
  }

  /// Hours to 12 decimals, so that they times the price are the cost to the nanodollar.
  private static func hours(_ time: MachineTime) -> String {
    let hour = Int128(TimeSpan.hours(1).nanoseconds)
    let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: hour)
    let (digits, scale) = ((rest * 1_000_000_000_000 + hour / 2) / hour, Int128(1_000_000_000_000))
    let (carry, fraction) = digits.quotientAndRemainder(dividingBy: scale)
    let decimals = formatted(digits: Int64(fraction), places: 12).dropFirst()
    return "\(whole + carry)\(decimals)"
  }

  /// The mean price of an hour, to 12 decimals, at which machine time came to an amount.
  private static func mean(_ amount: USD, over time: MachineTime) -> String {
    let hours = Double(time.nanoseconds) / 3.6e12
    return hours > 0 ? formatted(amount.inDollars / hours, places: 12) : money(amount)
  }
}

extension Charge {
  fileprivate var frequency: String {
    switch kind {
    case .upfront: "One-Time"
    case .recurring, .fixed: "Recurring"
    case .usage, .used, .unused: "Usage-Based"
    }
  }

  fileprivate var pricing: String {
    switch kind {
    case .used, .unused: "Committed"
    case .usage: market == Market.spot.rawValue ? "Dynamic" : "Standard"
    case .fixed, .upfront, .recurring: "Standard"
    }
  }

  /// The name of the capacity reservation whose unused part it is.
  fileprivate var reservation: String {
    line.hasSuffix(", unused") ? String(line.dropLast(", unused".count)) : line
  }
}

extension UTCDate {
  private static var second: Int64 { 1_000_000_000 }

  private var intoSecond: Int64 {
    ((nanosecondsSince1970 % Self.second) + Self.second) % Self.second
  }

  fileprivate var roundedDownToSecond: UTCDate {
    UTCDate(nanosecondsSince1970: nanosecondsSince1970 - intoSecond)
  }

  fileprivate var roundedUpToSecond: UTCDate {
    intoSecond == 0
      ? self : UTCDate(nanosecondsSince1970: nanosecondsSince1970 + Self.second - intoSecond)
  }
}

/// What FOCUS calls the services that a fleet buys.
private struct FocusService {
  let category: String
  let name: String
  let subcategory: String

  init(_ charge: Charge) {
    switch charge.market {
    case "egress":
      (category, name, subcategory) = ("Networking", "Data transfer", "Content Delivery")
    case "fixed" where charge.line.contains("storage"):
      (category, name, subcategory) = ("Storage", charge.line, "Object Storage")
    case "fixed":
      (category, name, subcategory) = ("Other", charge.line, "Other (Other)")
    default:
      (category, name, subcategory) = ("Compute", "Virtual machines", "Virtual Machines")
    }
  }
}
