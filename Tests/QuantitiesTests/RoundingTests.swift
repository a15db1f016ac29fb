// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Testing

@Suite("Rounding of what is written and divided")
struct RoundingTests {
  @Test(
    "A price has any number of decimals, and is rounded to the nanodollar, ties to even",
    arguments: [
      ("0.1234567891234", 123_456_789), ("0.0000000005", 0), ("0.0000000015", 2),
      ("0.00000000050000000000000000000000000000000000001", 1),
      ("0.00000000250000000000000000000000000000000000000", 2),
      ("0.0000000025000000000000000000000000000000000000001", 3),
      ("9.830000000000000000000000000000000000000000000000", 9_830_000_000),
    ])
  func decimals(text: String, nanodollars: Int64) throws {
    #expect(
      try HourlyPrice(roundingParsed: text + " USD/h").nanodollarsPerHour == nanodollars)
  }

  @Test("A target's bound is never rounded", arguments: ["0.1234567891 USD/h"])
  func bound(text: String) {
    #expect(throws: UnreadableQuantity.self) { try HourlyPrice(parsing: text) }
  }

  @Test("A product over a divisor is rounded once, also where 128 bits do not hold the product")
  func scaled() {
    let large = Int128(9_000_000_000_000_000_000) * 1_000_000
    #expect(large.scaled(by: 1 << 62, over: 1 << 62) == large)
    #expect((large + 1).scaled(by: 1 << 61, over: 1 << 62) == large / 2)
    #expect((large + 3).scaled(by: 1 << 61, over: 1 << 62) == large / 2 + 2)
    for (value, result) in [(-3, -2), (-1, 0), (1, 0), (3, 2), (5, 2), (7, 4)] {
      #expect(Int128(value).scaled(by: 1, over: 2) == Int128(result))
    }
  }

  @Test("Machine time holds what 100,000 machines take in 73 years")
  func machineTime() {
    let time = MachineTime(.longestStretch, times: 100_000)
    #expect(time.nanoseconds == Int128(640_000) * 3_600_000_000_000 * 100_000)
    #expect(MachineTime.hours(2).description == "2h")
    let price = HourlyPrice.highest
    #expect(price.cost(of: .longestStretch) == USD(nanodollars: 6_400_000_000_000_000_000))
  }

  @Test(
    "A calendar month has its own length",
    arguments: [
      ("2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
      ("2023-02-01", "2023-02-01T00:00:00Z", "2023-03-01T00:00:00Z"),
      ("2100-02-28", "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z"),
      ("2150-12-31", "2150-12-01T00:00:00Z", "2151-01-01T00:00:00Z"),
      ("1969-12-31T23:00:00Z", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ])
  func months(date: String, from: String, to: String) throws {
    let month = try UTCDate(parsing: date).calendarMonth
    #expect("\(month.lowerBound)" == from && "\(month.upperBound)" == to)
  }
}
