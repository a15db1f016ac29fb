// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Testing

@Suite("Money")
struct MoneyTests {
  @Test("is read exactly and printed to the cent")
  func readsAndPrints() throws {
    #expect(try USD(parsing: "50_000 USD").nanodollars == 50_000_000_000_000)
    #expect(try USD(parsing: "50_000 USD").description == "50,000.00 USD")
    #expect(USD(nanodollars: 17_222_160_000_000).cents == "17222.16")
    #expect(USD(nanodollars: -5_000_000).cents == "-0.01")
  }

  @Test("rounds half a cent away from zero only when printed")
  func halfCents() {
    #expect(USD(nanodollars: 1_005_000_000).cents == "1.01")
    #expect(USD(nanodollars: -1_005_000_000).cents == "-1.01")
    #expect(USD(nanodollars: 1_004_999_999).cents == "1.00")
  }

  @Test(
    "is refused without its unit or finer than a nanodollar",
    arguments: ["50_000", "5 EUR", "0.0000000001 USD", "USD", "1,000 USD"])
  func refuses(text: String) {
    #expect(throws: UnreadableQuantity.self) { try USD(parsing: text) }
  }

  /// 6 × 32.77 × 730 = 143,532.60 and 4 × 9.83 × 438 = 17,222.16.
  @Test("of an hourly price comes out to the cent of the reference arithmetic")
  func referenceArithmetic() throws {
    let onDemand = try HourlyPrice(parsing: "32.77 USD/h")
    #expect(onDemand.cost(of: .hours(6 * 730)).cents == "143532.60")
    let spot = try HourlyPrice(parsing: "9.83 USD/h")
    #expect(spot.cost(of: .hours(4 * 438)).cents == "17222.16")
    #expect(spot.cost(of: .seconds(3_601)).rounded(places: 6) == "9.832731")
  }

  @Test("is scaled to the month of 730 hours")
  func monthly() {
    let day = USD(nanodollars: 24_000_000_000)
    #expect(day.monthly(over: .hours(24)).cents == "730.00")
  }

  @Test("sums exactly where floating point would not")
  func exactSums() {
    let dime = USD(nanodollars: 100_000_000)
    let sum = (0..<10).reduce(USD.zero) { total, _ in total + dime }
    #expect(sum.nanodollars == 1_000_000_000)
  }
}

@Suite("Rates, shares and sizes")
struct OtherQuantityTests {
  @Test("rates are read in events a second, a minute, an hour or a day")
  func rates() throws {
    #expect(try Rate(parsing: "220/s").perSecond == 220)
    #expect(try Rate(parsing: "30/min").perSecond == 0.5)
    #expect(try Rate(parsing: "1_248/s").description == "1248/s")
    #expect(throws: UnreadableQuantity.self) { try Rate(parsing: "220") }
  }

  @Test("shares are read in percent or as a fraction, and add up exactly")
  func shares() throws {
    let parts = try ["33.3%", "33.3%", "33.4%"].map { try Share(parsing: $0) }
    #expect(parts.reduce(.zero, +) == .whole)
    #expect(try Share(parsing: "0.6") == Share(parsing: "60%"))
    #expect(try Share(parsing: "99.9%").description == "99.9%")
    #expect(throws: UnreadableQuantity.self) { try Share(parsing: "60 percent") }
  }

  @Test("sizes are read in decimal and binary units")
  func sizes() throws {
    #expect(try ByteCount(parsing: "40GB").count == 40_000_000_000)
    #expect(try ByteCount(parsing: "512KiB").count == 524_288)
    #expect(ByteCount(40_000_000_000).description == "40GB")
  }

  @Test("numbers are printed with grouped thousands and named rounding")
  func numbers() {
    #expect(formatted(1_234_567.891, places: 2, groupSeparator: ",") == "1,234,567.89")
    #expect(formatted(-0.5, places: 0) == "-1")
    #expect(formatted(digits: 5, places: 3) == "0.005")
    #expect(formatted(.infinity, places: 2) == "inf")
  }

  @Test("quotients are rounded as named")
  func quotients() {
    #expect(Int128(5).dividedRoundingToNearestOrEven(by: 2) == 2)
    #expect(Int128(-5).dividedRoundingToNearestOrEven(by: 2) == -2)
    #expect(Int128(7).dividedRoundingToNearestOrEven(by: 2) == 4)
    #expect(Int128(-5).dividedRoundingToNearestOrAwayFromZero(by: 2) == -3)
    #expect(Int128(-5).dividedRoundingUp(by: 2) == -2)
    #expect(Int128(5).dividedRoundingUp(by: 2) == 3)
  }
}
