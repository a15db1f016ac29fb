// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Recording
import Reporting
import Serving
import Testing

/// The rules are those of FOCUS 1.2 that can be told from the rows alone.
@Suite("A bill as FOCUS 1.2")
struct FocusTableTests {
  /// Two months and a bit of everything that is billed: from 30 January for 72 h and half a second.
  private static func table() throws -> (table: FocusTable, charges: [Charge]) {
    func series(_ text: String) throws -> PriceSeries {
      PriceSeries(changes: [.init(at: .start, price: try HourlyPrice(parsing: text))])
    }
    func pool(_ name: String, _ market: Market, _ price: String) throws -> PoolModel {
      PoolModel(
        name: name, type: "g", zone: "us-east-1a", market: market,
        supply: PoolModel.Supply(places: [.always]), launch: .ideal, prices: try series(price))
    }
    let many = PriceSeries(
      changes: (0..<140).map {
        .init(
          at: .start + .minutes($0 * 20), price: HourlyPrice(nanodollarsPerHour: 9_000_000_001 + $0)
        )
      })
    let commitments = Commitments(
      reservations: [
        Commitment(
          name: "ri", type: "g", machines: 2, price: try HourlyPrice(parsing: "6.123456789 USD/h"),
          upfront: Commitment.Upfront(amount: try USD(parsing: "8_760 USD"), term: .hours(8_760)),
          runs: .start + .hours(3) ..< .never)
      ],
      savingsPlans: [
        SavingsPlan(
          name: "plan", commitment: try HourlyPrice(parsing: "30 USD/h"), isForOneFamily: false,
          rates: [SavingsPlan.Rate(type: "g", price: try HourlyPrice(parsing: "7 USD/h"))])
      ],
      capacity: [
        CapacityReservation(
          name: "kept", type: "g", zone: "us-east-1a", machines: 9, prices: try series("10 USD/h"))
      ])
    let billing = Billing(
      pools: [
        try pool("base", .onDemand, "10 USD/h"),
        try pool("spot, \"a\"", .spot, "9 USD/h").priced(at: many),
      ], commitments: commitments,
      fixedCosts: [FixedCost(name: "storage", monthly: try USD(parsing: "12.5 USD"))],
      egress: [
        EgressCost(name: "network", perGigabyte: try USD(parsing: "0.05 USD"), bytesPerToken: 60)
      ], start: try UTCDate(parsing: "2025-01-30"),
      horizon: .hours(72) + .milliseconds(500))
    var record = ReplicationRecord(replication: 3, edges: [])
    record.charges = try billing.bill(
      for: [
        Rental(pool: 0, from: .start, to: .never), Rental(pool: 0, from: .start, to: .never),
        Rental(pool: 0, from: .start, to: .never),
        Rental(pool: 0, from: .start + .seconds(17), to: .start + .seconds(3_742)),
        Rental(pool: 1, from: .start, to: .never),
      ], answeredTokens: 1_000_003
    ).charges
    let manifest = RunManifest(
      scenario: "a.yaml",
      scenarioText:
        #"{"start": "2025-01-30T00:00:00Z", "fleet": {"base": {"type": "p4d.24xlarge", "#
        + #""zone": "us-east-1a"}}}"# + "\nfingerprint\n", scenarioHash: "", version: "", seed: 1,
      priceBook: "", confidence: 0.95)
    return (try FocusTable(record, manifest), record.charges)
  }

  /// The rows of the text, by column.
  private static func rows() throws -> [[String: String]] {
    let lines = try table().table.csv.split(separator: "\n").map { fields(String($0)) }
    #expect(lines[0] == FocusTable.columns && Set(lines[0]).count == lines[0].count)
    return lines.dropFirst().map { line in
      #expect(line.count == FocusTable.columns.count)
      return Dictionary(uniqueKeysWithValues: zip(FocusTable.columns, line))
    }
  }

  @Test("bills purchases, and spreads them over what they paid for")
  func identities() throws {
    let (table, charges) = try Self.table()
    func sum(_ rows: [FocusTable.Row], _ cost: (Charge) -> USD) -> USD {
      rows.reduce(.zero) { $0 + cost($1.charge) }
    }
    #expect(table.rows.map(\.charge) == charges)
    for row in table.rows where row.isPurchase { #expect(row.charge.effective == .zero) }
    for row in table.rows where row.commitmentID != nil && !row.isPurchase {
      #expect(row.charge.billed == .zero)
    }
    let plan = table.rows.filter { $0.commitmentID == "plan" }
    #expect(sum(plan, \.billed) == sum(plan, \.effective))
    // Of the purchase only 69 h and half a second of 8,760 h have passed.
    let ri = table.rows.filter { $0.commitmentID == "ri" }
    let passed = try USD(parsing: "69.000138889 USD")
    #expect(sum(ri, \.billed) - sum(ri, \.effective) == (try USD(parsing: "8760 USD")) - passed)
  }

  @Test("has every mandatory column filled, and none but allowed values")
  func columns() throws {
    let filled = [
      "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
      "BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory", "ChargeDescription",
      "ChargePeriodStart", "ChargePeriodEnd", "ContractedCost", "ContractedUnitPrice",
      "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory",
      "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory",
      "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId",
    ]
    let allowed: [(String, [String])] = [
      ("BillingCurrency", ["USD"]), ("ChargeCategory", ["Usage", "Purchase"]),
      ("ChargeClass", [""]), ("ChargeFrequency", ["One-Time", "Recurring", "Usage-Based"]),
      ("PricingCategory", ["Standard", "Dynamic", "Committed"]),
      ("CommitmentDiscountCategory", ["", "Spend", "Usage"]),
      ("CommitmentDiscountStatus", ["", "Used", "Unused"]),
      ("CapacityReservationStatus", ["", "Unused"]),
      ("ServiceCategory", ["Compute", "Networking", "Storage", "Other"]),
    ]
    let rows = try Self.rows()
    for row in rows {
      for name in filled { #expect(row[name]?.isEmpty == false, "\(name)") }
      for (name, values) in allowed { #expect(values.contains(row[name] ?? "?"), "\(name)") }
    }
    let base = try #require(rows.first { $0["ResourceId"] == "base" })
    #expect(base["RegionId"] == "us-east-1" && base["AvailabilityZone"] == "us-east-1a")
    #expect(rows.contains { $0["ChargeDescription"] == #"machines of spot, "a""# })
    #expect(rows.contains { $0["CapacityReservationId"] == "kept" })
  }

  @Test("has null where, and only where, the specification has it")
  func nulls() throws {
    for row in try Self.rows() {
      func has(_ name: String) -> Bool { row[name]?.isEmpty == false }
      let isUsage = row["ChargeCategory"] == "Usage"
      let isUnused = row["CommitmentDiscountStatus"] == "Unused"
      for name in ["Category", "Name", "Type", "Unit", "Quantity"] {
        #expect(has("CommitmentDiscount\(name)") == has("CommitmentDiscountId"), "\(name)")
      }
      #expect(has("CommitmentDiscountStatus") == (has("CommitmentDiscountId") && isUsage))
      #expect(has("ConsumedQuantity") == (isUsage && !isUnused))
      #expect(has("ConsumedUnit") == has("ConsumedQuantity"))
      #expect(isUsage || row["ChargeFrequency"] != "Usage-Based")
      #expect((row["PricingCategory"] == "Committed") == (has("CommitmentDiscountId") && isUsage))
      #expect(has("CapacityReservationId") == has("CapacityReservationStatus"))
    }
  }

  @Test("has list price × quantity = list cost, to the nanodollar")
  func products() throws {
    for row in try Self.rows() {
      let price = try #require(Double(row["ListUnitPrice"] ?? ""))
      let quantity = try #require(Double(row["PricingQuantity"] ?? ""))
      let cost = try #require(Double(row["ListCost"] ?? ""))
      #expect(abs(price * quantity - cost) <= 1.1e-9)
      #expect(row["ContractedCost"] == row["ListCost"])
      #expect(row["ContractedUnitPrice"] == row["ListUnitPrice"])
    }
  }

  @Test("has billing periods of calendar months, and charge periods in whole seconds inside them")
  func periods() throws {
    let january = ["2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z"]
    var seen: [String] = []
    for row in try Self.rows() {
      let from = row["BillingPeriodStart"] ?? "", to = row["BillingPeriodEnd"] ?? ""
      let month = try #require(january.firstIndex(of: from))
      #expect(to == january[month + 1])
      if seen.last != from { seen.append(from) }
      let begins = row["ChargePeriodStart"] ?? "", ends = row["ChargePeriodEnd"] ?? ""
      #expect(from <= begins && begins < ends && ends <= to)
      #expect(begins.utf8.count == 20 && ends.utf8.count == 20)
    }
    #expect(seen == Array(january.prefix(2)))
  }

  /// The fields of a line of CSV.
  private static func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    var before: Character?
    for character in line {
      if character == "\"" {
        if !isQuoted, before == "\"" { fields[fields.count - 1].append("\"") }
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
      before = character
    }
    return fields
  }
}
