// SPDX-License-Identifier: Apache-2.0

/// A price for holding one unit for one hour, as cloud price sheets quote it.
@frozen
public struct HourlyPrice: Hashable, Sendable {
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
    let product = Int128(nanodollarsPerHour) * Int128(span.nanoseconds)
    let hour = Int128(TimeSpan.hours(1).nanoseconds)
    return USD(nanodollars: Int64(product.dividedRoundingToNearestOrEven(by: hour)))
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
    guard unit == "USD/h",
      let nanodollars = try DecimalText(parsing: number).exactly(times: 1_000_000_000)
    else { throw unreadable }
    self.init(nanodollarsPerHour: nanodollars)
  }

  /// The price with its unit: `9.83 USD/h`.
  public var description: String {
    let amount = formatted(digits: nanodollarsPerHour, places: 9, trimmingZeros: true)
    return amount + " USD/h"
  }
}
