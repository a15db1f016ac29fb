// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Reporting
import Serving
import Testing

/// Numbers in front are the acceptance tests of `control-plane.md`.
@Suite("An invoice as FOCUS 1.2")
struct FocusTableTests {
  private static func line(
    _ name: String, _ pool: String, _ market: String, _ usage: TimeSpan?, _ price: String?,
    _ amount: String? = nil
  ) throws -> InvoiceLine {
    let price = try price.map { try HourlyPrice(parsing: $0) }
    let cost = try amount.map { try USD(parsing: $0) } ?? price?.cost(of: usage ?? .zero) ?? .zero
    return InvoiceLine(
      line: name, pool: pool, market: market, usage: usage, price: price, amount: cost)
  }

  private static func table() throws -> (table: FocusTable, total: USD) {
    var record = ReplicationRecord(replication: 3, edges: [])
    record.billedTime = .hours(10)
    record.invoice = [
      try line("machines", "base", "onDemand", .seconds(3_725), "32.7726 USD/h"),
      try line("machines", "spot, \"a\"", "spot", .seconds(3_601), "9.83 USD/h"),
      try line("odcr, unused", "", "capacity", .hours(2), "50 USD/h"),
      try line("ri, used", "", "reserved", .hours(7), "21.18 USD/h"),
      try line("ri, unused", "", "reserved", .hours(3), "21.18 USD/h"),
      try line("ri, upfront", "", "reserved", nil, nil, "100 USD"),
      try line("plan, used", "base", "savings", .hours(1), "8 USD/h"),
      try line("plan, unused", "", "savings", nil, nil, "72 USD"),
      try line("network", "", "egress", nil, nil, "0.000000001 USD"),
      try line("storage", "", "fixed", nil, nil, "12.5 USD"),
    ]
    let manifest = RunManifest(
      scenario: "a.yaml",
      scenarioText:
        #"{"start": "2024-12-09T00:00:00Z", "fleet": {"base": {"type": "p4d.24xlarge", "#
        + #""zone": "us-east-1a"}}}"# + "\nfingerprint\n", scenarioHash: "", version: "", seed: 1,
      priceBook: "", confidence: 0.95)
    return (try FocusTable(record, manifest), record.total)
  }

  @Test("7.5.3: bills what the invoice does, and spreads commitments over what they paid for")
  func identities() throws {
    let (table, total) = try Self.table()
    func sum(_ rows: [FocusTable.Row], _ cost: (FocusTable.Row) -> USD) -> USD {
      rows.reduce(.zero) { $0 + cost($1) }
    }
    #expect(sum(table.rows, \.billed) == total)
    #expect(sum(table.rows, \.effective) == total)
    for row in table.rows where row.isPurchase { #expect(row.effective == .zero) }
    for name in ["ri", "plan"] {
      let own = table.rows.filter { $0.commitmentID == name }
      let purchased = sum(own.filter(\.isPurchase), \.billed)
      #expect(purchased > .zero)
      #expect(purchased == sum(own.filter { !$0.isPurchase }, \.effective))
      #expect(sum(own.filter { !$0.isPurchase }, \.billed) == .zero)
    }
  }

  @Test("7.5.3: prints every column in each row, and list price × quantity = list cost")
  func columns() throws {
    let (table, _) = try Self.table()
    let rows = table.csv.split(separator: "\n").map { Self.fields(String($0)) }
    #expect(rows[0] == FocusTable.columns)
    #expect(rows.count == table.rows.count + 1)
    let mandatory = [
      "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
      "BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory", "ChargeDescription",
      "ChargePeriodStart", "ChargePeriodEnd", "ContractedCost", "EffectiveCost",
      "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName",
      "PublisherName", "ServiceCategory", "ServiceName",
    ]
    for row in rows.dropFirst() {
      #expect(row.count == FocusTable.columns.count)
      func field(_ name: String) throws -> String {
        row[try #require(FocusTable.columns.firstIndex(of: name))]
      }
      for name in mandatory { #expect(try !field(name).isEmpty, "\(name)") }
      let (price, quantity, cost) = (
        try #require(Double(field("ListUnitPrice"))),
        try #require(Double(field("PricingQuantity"))),
        try #require(Double(field("ListCost")))
      )
      #expect(abs(price * quantity - cost) <= 1e-9)
      #expect(["Usage", "Purchase"].contains(try field("ChargeCategory")))
      #expect(
        ["Standard", "Dynamic", "Committed", "Other"].contains(try field("PricingCategory")))
      let hasCommitment = try !field("CommitmentDiscountId").isEmpty
      #expect(
        try !field("CommitmentDiscountStatus").isEmpty
          == (hasCommitment && field("ChargeCategory") == "Usage"))
    }
    #expect(rows[1][FocusTable.columns.firstIndex(of: "RegionId") ?? 0] == "us-east-1")
    #expect(rows[2].contains(#"machines of spot, "a""#))
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
