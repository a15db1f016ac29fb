// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Serving
import Testing

@Suite("Billing")
struct BillingTests {
  private let start = UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000)

  private func series(_ text: String) throws -> PriceSeries {
    PriceSeries(
      changes: [PriceSeries.Change(at: .start, price: try HourlyPrice(parsing: text))])
  }

  private func pool(_ market: Market, _ prices: PriceSeries) -> PoolModel {
    PoolModel(
      name: "pool", type: "p4d", zone: "a", market: market,
      supply: PoolModel.Supply(places: [.always]),
      launch: .ideal, prices: prices)
  }

  private func billing(
    _ pool: PoolModel, reserved: Int = 0, horizon: TimeSpan = .hours(24)
  ) throws -> Billing {
    let commitments =
      reserved == 0
      ? Commitments()
      : Commitments(reservations: [
        Commitment(
          name: "ri", type: "p4d", machines: reserved,
          price: try HourlyPrice(parsing: "21.18 USD/h"))
      ])
    return Billing(
      pools: [pool], commitments: commitments,
      fixedCosts: [FixedCost(name: "network", monthly: try USD(parsing: "730 USD"))],
      start: start, horizon: horizon)
  }

  private func rental(_ from: TimeSpan, _ to: TimeSpan) -> Rental {
    Rental(pool: 0, from: .start + from, to: .start + to)
  }

  private func amount(_ lines: [InvoiceLine], _ name: String) -> String {
    lines.filter { $0.line == name }.reduce(USD.zero) { $0 + $1.amount }.rounded(places: 6)
  }

  /// 60 s at 32.7726 USD/h are 0.54621, and 3,725 s are 33.9105375 (the acceptance figures of AWS's
  /// per-second rule with its minimum of 60 s).
  @Test("is by the second with a minimum of 60 s")
  func perSecond() throws {
    let billing = try billing(pool(.onDemand, series("32.7726 USD/h")))
    let short = try billing.invoice(for: [rental(.hours(1), .hours(1) + .seconds(45))])
    #expect(amount(short, "machines") == "0.546210")
    let long = try billing.invoice(for: [rental(.hours(1), .hours(1) + .seconds(3_725))])
    #expect(amount(long, "machines") == "33.910538")
  }

  @Test("rounds each rental up to a whole second")
  func roundsUp() throws {
    let billing = try billing(pool(.spot, series("3600 USD/h")))
    let lines = try billing.invoice(for: [rental(.zero, .seconds(100) + .milliseconds(1))])
    #expect(amount(lines, "machines") == "101.000000")
  }

  /// AWS's example: one reservation and four machines for 15 minutes of one hour are one reserved
  /// hour and nothing on demand; four machines for the whole hour are three hours on demand.
  @Test("applies a reservation up to 3,600 s a clock hour, whoever uses them")
  func reservation() throws {
    let billing = try billing(
      pool(.onDemand, series("32.77 USD/h")), reserved: 1, horizon: .hours(1))
    let quarters = try billing.invoice(
      for: (0..<4).map { _ in rental(.minutes(10), .minutes(25)) })
    #expect(amount(quarters, "machines") == "0.000000")
    #expect(amount(quarters, "ri, used") == "21.180000")
    let hours = try billing.invoice(for: (0..<4).map { _ in rental(.zero, .hours(1)) })
    #expect(amount(hours, "machines") == "98.310000")
  }

  @Test("charges a reservation that nobody uses, on a line of its own")
  func unusedReservation() throws {
    let billing = try billing(
      pool(.onDemand, series("32.77 USD/h")), reserved: 2, horizon: .hours(10))
    let lines = try billing.invoice(for: [rental(.zero, .hours(5))])
    #expect(amount(lines, "ri, used") == "105.900000")
    #expect(amount(lines, "ri, unused") == "317.700000")
  }

  @Test("never applies a reservation to spot")
  func spotIsNotReserved() throws {
    let billing = try billing(pool(.spot, series("9.83 USD/h")), reserved: 1, horizon: .hours(1))
    let lines = try billing.invoice(for: [rental(.zero, .hours(1))])
    #expect(amount(lines, "machines") == "9.830000")
    #expect(amount(lines, "ri, unused") == "21.180000")
  }

  @Test("bills a run that crosses a price change at both prices")
  func priceChange() throws {
    let prices = PriceSeries(changes: [
      PriceSeries.Change(at: .start, price: try HourlyPrice(parsing: "10 USD/h")),
      PriceSeries.Change(at: .start + .minutes(90), price: try HourlyPrice(parsing: "4 USD/h")),
    ])
    let lines = try billing(pool(.spot, prices)).invoice(for: [rental(.zero, .hours(3))])
    #expect(lines.filter { $0.line == "machines" }.map(\.amount.cents) == ["15.00", "6.00"])
  }

  @Test("charges fixed costs for the horizon's share of the month")
  func fixedCosts() throws {
    let lines = try billing(pool(.spot, series("1 USD/h"))).invoice(for: [])
    #expect(amount(lines, "network") == "24.000000")
  }

  @Test("leaves out what lies before the start and behind the horizon")
  func clipped() throws {
    let billing = try billing(pool(.spot, series("1 USD/h")))
    let lines = try billing.invoice(for: [
      Rental(pool: 0, from: .start - .hours(5), to: .never)
    ])
    #expect(amount(lines, "machines") == "24.000000")
  }
}
