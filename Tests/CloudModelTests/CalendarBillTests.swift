// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Serving
import Testing

/// Every bill here is worked by hand in the comment above it.
@Suite("A bill by the calendar month")
struct CalendarBillTests {
  private static func pool(_ price: String, wanted: Int = 1) throws -> PoolModel {
    PoolModel(
      name: "base", type: "g", zone: "a", market: .onDemand,
      supply: PoolModel.Supply(places: [.always]),
      launch: .ideal,
      prices: PriceSeries(changes: [.init(at: .start, price: try HourlyPrice(parsing: price))]))
  }

  private static func bill(
    _ start: String, _ hours: Int64, machines: Int, at price: String = "10 USD/h",
    _ commitments: Commitments = Commitments(), costs: [FixedCost] = []
  ) throws -> [Charge] {
    let billing = Billing(
      pools: [try pool(price)], commitments: commitments, fixedCosts: costs,
      start: try UTCDate(parsing: start), horizon: .hours(hours))
    return try billing.bill(
      for: (0..<machines).map { _ in Rental(pool: 0, from: .start, to: .never) }
    ).charges
  }

  private static func reservation(
    _ price: String, name: String = "ri", from hours: Int64 = 0, until: Int64? = nil,
    upfront: String? = nil
  ) throws -> Commitment {
    Commitment(
      name: name, type: "g", machines: 1, price: try HourlyPrice(parsing: price),
      upfront: try upfront.map {
        Commitment.Upfront(amount: try USD(parsing: $0), term: .hours(8_760))
      }, runs: .start + .hours(hours)..<(until.map { .start + .hours($0) } ?? .never))
  }

  private static func billed(_ charges: [Charge]) -> String {
    charges.reduce(USD.zero) { $0 + $1.billed }.rounded(places: 6)
  }

  private static func effective(_ charges: [Charge]) -> String {
    charges.reduce(USD.zero) { $0 + $1.effective }.rounded(places: 6)
  }

  /// Two machines for 744 h are 1,488 h, of which a reservation from the 16th on covers 16 days = 384 h. So 1,104 h
  /// at 10 = 11,040, the purchase 8,760, 384 h at 6 = 2,304, and 2,000 for the whole month. Of the purchase 384 h of
  /// 8,760 fall into January: 384.
  @Test("has January's 744 hours, the purchase in its month, and a month's amount whole")
  func january() throws {
    let charges = try Self.bill(
      "2025-01-01", 744, machines: 2,
      Commitments(reservations: [
        try Self.reservation("6 USD/h", from: 360, upfront: "8_760 USD")
      ]), costs: [FixedCost(name: "support", monthly: try USD(parsing: "2_000 USD"))])
    #expect(Self.billed(charges) == "24104.000000")
    #expect(Self.effective(charges) == "15728.000000")
    #expect(charges.map(\.kind) == [.usage, .upfront, .recurring, .used, .fixed])
    #expect(charges[3].list.cents == "3840.00" && charges[3].effective.cents == "2688.00")
  }

  /// From 28 February 2024: two days of a month of 29 (696 h) and one of 31 (744 h). Of 21,576 a month that is
  /// 48/696 = 1,488 and 24/744 = 696.
  @Test("divides a month by its own length, a leap February too, and ends with it")
  func leapFebruary() throws {
    let charges = try Self.bill(
      "2024-02-28", 72, machines: 1,
      costs: [FixedCost(name: "storage", monthly: try USD(parsing: "21_576 USD"))])
    #expect(charges.map(\.billed.cents) == ["480.00", "1488.00", "240.00", "696.00"])
    #expect(charges.map(\.from) == [0, 0, 48, 48].map { .start + .hours($0) })
    #expect(charges.map(\.to) == [48, 48, 72, 72].map { .start + .hours($0) })
    // In 2025 the same three days are one of February (672 h) and two of March.
    let common = try Self.bill(
      "2025-02-28", 72, machines: 0,
      costs: [FixedCost(name: "storage", monthly: try USD(parsing: "20_832 USD"))])
    #expect(common.map(\.billed.cents) == ["744.00", "1344.00"])
  }

  /// Three machines for a day: 24 h at 6 and 24 h at 7 are promised and used. Of the third, 3 USD an hour pay at 7 for
  /// 3/7 of each hour: 72 in all; 24 h × 4/7 at 10 = 137.142857.
  @Test("takes two reservations and a savings plan one after the other")
  func twoReservations() throws {
    let plan = SavingsPlan(
      name: "plan", commitment: try HourlyPrice(parsing: "3 USD/h"), isForOneFamily: false,
      rates: [SavingsPlan.Rate(type: "g", price: try HourlyPrice(parsing: "7 USD/h"))])
    let charges = try Self.bill(
      "2025-06-02", 24, machines: 3,
      Commitments(
        reservations: [
          try Self.reservation("6 USD/h", name: "first"),
          try Self.reservation("7 USD/h", name: "second"),
        ], savingsPlans: [plan]))
    #expect(
      charges.map { "\($0.kind.rawValue) \($0.line) \($0.billed.rounded(places: 6))" } == [
        "usage machines 137.142857", "recurring first 144.000000", "used first 0.000000",
        "recurring second 168.000000", "used second 0.000000", "recurring plan 72.000000",
        "used plan 0.000000",
      ])
    #expect(Self.effective(charges) == Self.billed(charges))
  }

  /// 100 h of a plan of 4 USD/h that begins after 60 h and ends after 160: 400, all unused where nothing runs.
  @Test("charges a savings plan from its purchase to its end")
  func planWithDates() throws {
    let plan = SavingsPlan(
      name: "plan", commitment: try HourlyPrice(parsing: "4 USD/h"), isForOneFamily: false,
      rates: [SavingsPlan.Rate(type: "g", price: try HourlyPrice(parsing: "5 USD/h"))],
      runs: .start + .hours(60) ..< .start + .hours(160))
    let charges = try Self.bill(
      "2025-06-02", 300, machines: 0, Commitments(savingsPlans: [plan]))
    #expect(charges.map(\.kind) == [.recurring, .unused])
    #expect(Self.billed(charges) == "400.000000" && Self.effective(charges) == "400.000000")
  }

  @Test(
    "spreads what was paid beforehand over its term to the last nanodollar, whatever months it has")
  func amortisation() throws {
    let amount = "1_000_000.000000007 USD"
    let charges = try Self.bill(
      "2024-03-05", 8_784, machines: 0,
      Commitments(reservations: [
        try Self.reservation("0 USD/h", until: 8_760, upfront: amount)
      ]))
    let whole = try USD(parsing: amount)
    #expect(charges.reduce(USD.zero) { $0 + $1.billed } == whole)
    #expect(charges.reduce(USD.zero) { $0 + $1.effective } == whole)
    #expect(charges.count { $0.kind == .upfront } == 1)
    // 13 calendar months have a part of it.
    #expect(charges.count { $0.kind == .unused } == 13)
  }

  @Test("does not invoice again what was bought before the start, and still spreads it")
  func boughtBefore() throws {
    let charges = try Self.bill(
      "2025-06-01", 87, machines: 1,
      Commitments(reservations: [
        try Self.reservation("1 USD/h", from: -100, upfront: "876 USD")
      ]))
    // 87 h at 1, and 87 of 8,760 h of 876: 8.70.
    #expect(Self.billed(charges) == "87.000000" && Self.effective(charges) == "95.700000")
  }

  /// 352 machines for a year are 3,083,520 h, more than 64 bits of nanoseconds; at 10 USD/h 30,835,200.
  @Test("adds up more machine time than 64 bits hold")
  func muchMachineTime() throws {
    let charges = try Self.bill("2025-01-01", 8_760, machines: 352)
    #expect(charges.count == 12 && Self.billed(charges) == "30835200.000000")
    let time = charges.reduce(MachineTime.zero) { $0 + ($1.usage ?? .zero) }
    #expect(time == .hours(3_083_520) && time.nanoseconds > Int128(Int64.max))
    #expect(time.description == "11100672000000000000ns")
  }

  /// 1,000 machines for 1,000 h at 10,000 USD/h are 10^10 USD.
  @Test("says so where it is more than an amount holds")
  func outOfRange() throws {
    let error = #expect(throws: BillOutOfRange.self) {
      try Self.bill("2025-01-01", 1_000, machines: 1_000, at: "10_000 USD/h")
    }
    #expect(error?.description.contains("9,000,000,000 USD") == true)
  }

  @Test("tells at most 100 prices of a pool in a month apart")
  func manyPrices() throws {
    let prices = PriceSeries(
      changes: (0..<150).map {
        .init(at: .start + .hours($0), price: HourlyPrice(nanodollarsPerHour: $0 % 120))
      })
    let billing = Billing(
      pools: [try Self.pool("1 USD/h").priced(at: prices)], commitments: Commitments(),
      fixedCosts: [], start: try UTCDate(parsing: "2025-06-01"), horizon: .hours(150))
    let rental = [Rental(pool: 0, from: .start, to: .never)]
    let bill = try billing.bill(for: rental)
    // 0 + 1 + … + 119 and 0 + … + 29.
    #expect(bill.charges.map(\.billed.nanodollars) == [7_140 + 435])
    #expect(bill.charges[0].price == nil && bill.charges[0].usage == .hours(150))
  }
}
