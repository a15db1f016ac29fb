// SPDX-License-Identifier: Apache-2.0

/// A price for holding one unit for one hour, as cloud price sheets quote it.
@frozen
public struct HourlyPrice: Hashable, Codable, Sendable {
  /// The price in billionths of a dollar an hour.
  public let nanodollarsPerHour: Int64

  /// A price of so many billionths of a dollar an hour.
  @inlinable
  public init(nanodollarsPerHour: Int64) {
    self.nanodollarsPerHour = nanodollarsPerHour
  }

  /// What holding one unit for `span` costs, to the nearest nanodollar, ties to even.
  ///
  /// A bill sums the spans of a line first and asks once, so that a line is rounded once.
  ///
  /// - Precondition: `span` is not negative.
  public func cost(of span: TimeSpan) -> USD {
    precondition(span >= .zero, "nothing is held for a negative time")
    return USD(nanodollars: Int64(nanodollars(for: MachineTime(span))))
  }

  /// What holding units for `time`, all of them added up, costs in nanodollars, to the nearest, ties to even.
  ///
  /// A fleet's bill may be more than a ``USD`` holds; who bills it says so.
  ///
  /// - Precondition: the price times `time` fits 128 bits, as 10,000 USD/h for 10^24 nanoseconds do, which are those of
  ///   100,000 machines for 300 years.
  public func nanodollars(for time: MachineTime) -> Int128 {
    let product = Int128(nanodollarsPerHour) * time.nanoseconds
    return product.dividedRoundingToNearestOrEven(by: Int128(TimeSpan.hours(1).nanoseconds))
  }
}

extension HourlyPrice: Comparable, CustomStringConvertible {
  /// True when the left price is lower.
  @inlinable
  public static func < (left: HourlyPrice, right: HourlyPrice) -> Bool {
    left.nanodollarsPerHour < right.nanodollarsPerHour
  }

  /// Reads `9.83 USD/h`.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    let unreadable = UnreadableQuantity(allowed: "a price an hour, such as 9.83 USD/h")
    let (number, unit) = text.splitAfterNumber()
    guard unit == "USD/h" else { throw unreadable }
    guard let nanodollars = try DecimalText(parsing: number).exactly(times: 1_000_000_000) else {
      throw UnreadableQuantity(range: unreadable.allowed)
    }
    self.init(nanodollarsPerHour: nanodollars)
  }

  /// The highest price of one machine for an hour that is read, 10,000 USD: a machine costs less than a ``USD`` holds in
  /// the ``TimeSpan/longestStretch``.
  public static var highest: HourlyPrice {
    HourlyPrice(nanodollarsPerHour: 10_000_000_000_000)
  }
  /// The highest amount an hour for a whole fleet that is read, 10 million USD: what a month of it costs is a ``USD``.
  public static var highestOfFleet: HourlyPrice {
    HourlyPrice(nanodollarsPerHour: 10_000_000_000_000_000)
  }

  /// Reads `9.83 USD/h` with any number of decimals, rounded to the nearest nanodollar, ties to even.
  public init(roundingParsed text: some StringProtocol) throws(UnreadableQuantity) {
    let (number, unit) = text.splitAfterNumber()
    let allowed = "a price an hour, such as 9.83 USD/h"
    guard unit == "USD/h" else { throw UnreadableQuantity(allowed: allowed) }
    guard
      let nanodollars = try DecimalText(parsing: number).roundedToNearestOrEven(
        times: 1_000_000_000)
    else { throw UnreadableQuantity(range: allowed) }
    self.init(nanodollarsPerHour: nanodollars)
  }

  /// The price with its unit: `9.83 USD/h`.
  public var description: String {
    let amount = formatted(digits: nanodollarsPerHour, places: 9, trimmingZeros: true)
    return amount + " USD/h"
  }
}
