// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Policies
import Quantities
import Recording
import Serving

/// The invoice of one replication as rows of FOCUS 1.2, in CSV.
///
/// The columns are those of the FinOps Open Cost and Usage Specification (FinOps Foundation, FOCUS 1.2,
/// focus.finops.org) that are mandatory, and of the conditional ones those that a fleet needs. What a
/// commitment costs is a purchase row with no effective cost; what it paid for, and what of it nobody used,
/// are usage rows that are billed nothing. List and contracted prices are those of the line: the price
/// that a covered machine would have had on demand is not on an invoice.
package struct FocusTable {
  /// One charge.
  package struct Row: Equatable {
    var line: InvoiceLine
    var category = "Usage"
    var pricing = ""
    var commitment: String?
    var status = ""
    /// What is invoiced for it.
    package var billed = USD.zero
    /// What it costs once purchases are spread over what they paid for.
    package var effective = USD.zero
    /// What it would cost without a discount.
    package var list = USD.zero
    /// Whether it is the purchase of a commitment.
    package var isPurchase: Bool { category == "Purchase" }
    /// The commitment that it belongs to; nil for none.
    package var commitmentID: String? { commitment }
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

  /// The rows, in the order of the invoice.
  package let rows: [Row]
  private let source: Source
  private let start: UTCDate
  private let billedTime: TimeSpan
  private let replication: Int

  /// The rows of one replication of a run.
  ///
  /// - Throws: what reading the scenario's text throws, where a database was written by other hands.
  package init(_ record: ReplicationRecord, _ manifest: RunManifest) throws {
    let text = manifest.scenarioText.prefix { $0 != "\n" }
    source = try JSONDecoder().decode(Source.self, from: Data(text.utf8))
    start = try UTCDate(parsing: source.start)
    billedTime = record.billedTime
    replication = record.replication
    rows = Self.rows(of: record.invoice)
  }

  // MARK: Rows

  static func rows(of invoice: [InvoiceLine]) -> [Row] {
    var rows: [Row] = []
    var seen: [String] = []
    for line in invoice {
      guard let name = commitment(of: line) else {
        rows.append(plainRow(line))
        continue
      }
      guard !seen.contains(name) else { continue }
      seen.append(name)
      rows += commitmentRows(name, invoice.filter { commitment(of: $0) == name })
    }
    return rows
  }

  private static func commitment(of line: InvoiceLine) -> String? {
    guard ["reserved", "savings"].contains(line.market),
      let comma = line.line.lastIndex(of: ",")
    else { return nil }
    return String(line.line[..<comma])
  }

  private static func plainRow(_ line: InvoiceLine) -> Row {
    var row = Row(line: line)
    row.billed = line.amount
    row.effective = line.amount
    row.list = line.amount
    row.pricing =
      line.market == Market.spot.rawValue
      ? "Dynamic" : line.kind == .other ? "Other" : "Standard"
    return row
  }

  /// The purchase of a commitment, then what it paid for; what was paid beforehand is shared by time.
  private static func commitmentRows(_ name: String, _ lines: [InvoiceLine]) -> [Row] {
    let total = lines.reduce(USD.zero) { $0 + $1.amount }
    let upfront = lines.filter { $0.kind == .commitmentUpfront }.reduce(USD.zero) {
      $0 + $1.amount
    }
    let usage = lines.filter { $0.kind != .commitmentUpfront }
    var purchase = Row(
      line: InvoiceLine(
        line: "\(name), purchase", pool: "", market: lines[0].market, usage: nil, price: nil,
        amount: total))
    purchase.category = "Purchase"
    purchase.pricing = "Committed"
    purchase.commitment = name
    purchase.billed = total
    purchase.list = total
    let weights = usage.map { $0.usage?.nanoseconds ?? $0.amount.nanodollars }
    let isSplit = weights.contains { $0 > 0 }
    let shares = isSplit ? Apportionment.split(upfront, over: weights) : weights.map { _ in .zero }
    var rows = [purchase]
    for (line, share) in zip(usage, shares) {
      var row = Row(line: line)
      row.pricing = "Committed"
      row.commitment = name
      row.status = line.kind == .commitmentUsed ? "Used" : "Unused"
      row.effective = line.amount + share
      row.list = line.amount
      rows.append(row)
    }
    // A promise that has run out leaves what was paid for it beforehand to nobody.
    if !isSplit, upfront != .zero, var last = rows.last {
      last.category = "Usage"
      last.billed = .zero
      last.list = .zero
      last.effective = upfront
      last.status = "Unused"
      rows.append(last)
    }
    return rows
  }

  // MARK: Text

  /// The columns, in their order in the file.
  package static let columns = [
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId",
    "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "CommitmentDiscountType",
    "CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
    "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "RegionId",
    "AvailabilityZone", "ResourceId", "ResourceType", "ServiceCategory", "ServiceName",
    "ServiceSubcategory", "SkuId", "SkuPriceId", "Tags", "x_Replication",
  ]

  /// The rows as CSV (RFC 4180) with a line of column names.
  package var csv: String {
    var text = Self.columns.joined(separator: ",") + "\n"
    for row in rows {
      text += fields(of: row).map(CSVText.quoted).joined(separator: ",") + "\n"
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

  private func fields(of row: Row) -> [String] {
    let line = row.line
    let pool = source.fleet?[line.pool]
    let (from, to) = (start.description, (start + billedTime).description)
    let hasTime = line.usage != nil && line.price != nil
    let hours = line.usage.map { Self.hours($0) } ?? ""
    // What has no price by the hour is one thing at its amount.
    let quantity = hasTime ? hours : "1"
    let price = hasTime ? Self.price(line.price) : Self.money(row.list)
    let isCommitment = row.commitment != nil
    let isSavings = line.market == "savings"
    let isUsage = isCommitment && !row.isPurchase
    return [
      Self.money(row.billed), "plimsoll", "Plimsoll simulation", "USD", to, from, row.category, "",
      [line.line, line.pool].filter { !$0.isEmpty }.joined(separator: " of "),
      row.isPurchase ? "Recurring" : line.market == "fixed" ? "Recurring" : "Usage-Based", to, from,
      isCommitment ? (isSavings ? "Spend" : "Usage") : "", row.commitment ?? "",
      isUsage ? (isSavings ? Self.money(row.effective) : hours) : "", row.status,
      isCommitment ? (isSavings ? "Savings Plan" : "Reservation") : "",
      isUsage ? (isSavings ? "USD" : "Hours") : "",
      !row.isPurchase && row.status != "Unused" ? hours : "",
      !row.isPurchase && row.status != "Unused" && !hours.isEmpty ? "Hours" : "",
      Self.money(row.list), price, Self.money(row.effective), provider, Self.money(row.list), price,
      row.pricing, quantity, hasTime ? "Hours" : "Units", provider, provider,
      pool?.zone.map { String($0.reversed().drop { $0.isLetter }.reversed()) } ?? "",
      pool?.zone ?? "", line.pool, pool?.type ?? "", service.category(line), service.name(line),
      service.subcategory(line), [pool?.type ?? line.line, line.market].joined(separator: "/"),
      [pool?.type ?? line.line, line.market, Self.price(line.price)].joined(separator: "/"),
      "{}", "\(replication)",
    ]
  }

  private var service: FocusService { FocusService() }

  private static func money(_ amount: USD) -> String { decimal(amount.nanodollars, places: 9) }

  private static func price(_ price: HourlyPrice?) -> String {
    price.map { decimal($0.nanodollarsPerHour, places: 9) } ?? ""
  }

  /// Hours to 12 decimals, so that they times the price are the cost to the nanodollar.
  private static func hours(_ span: TimeSpan) -> String {
    let scaled = Int128(span.nanoseconds) * 1_000_000_000_000
    let hour = Int128(TimeSpan.hours(1).nanoseconds)
    return decimal(Int64((scaled + hour / 2) / hour), places: 12)
  }

  private static func decimal(_ digits: Int64, places: Int) -> String {
    var text = String(digits.magnitude)
    text = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
    return (digits < 0 ? "-" : "") + text.dropLast(places) + "." + text.suffix(places)
  }
}

/// What FOCUS calls the services that a fleet buys.
private struct FocusService {
  func category(_ line: InvoiceLine) -> String {
    switch line.market {
    case "egress": "Networking"
    case "fixed": line.line.contains("storage") ? "Storage" : "Other"
    default: "Compute"
    }
  }

  func name(_ line: InvoiceLine) -> String {
    switch line.market {
    case "egress": "Data transfer"
    case "fixed": line.line
    default: "Virtual machines"
    }
  }

  func subcategory(_ line: InvoiceLine) -> String {
    switch category(line) {
    case "Compute": "Virtual Machines"
    case "Networking": "Content Delivery"
    case "Storage": "Object Storage"
    default: "Other (Other)"
    }
  }
}
