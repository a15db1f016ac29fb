// SPDX-License-Identifier: Apache-2.0

/// An amount of US dollars in whole nanodollars; sums are exact, overflow traps (about ±9.2 billion).
@frozen
public struct USD: Hashable, Codable, Sendable {
  /// The amount in billionths of a dollar.
  public let nanodollars: Int64

  /// So many billionths of a dollar.
  @inlinable
  public init(nanodollars: Int64) {
    self.nanodollars = nanodollars
  }

  /// No money.
  @inlinable public static var zero: USD { USD(nanodollars: 0) }

  /// The amount in dollars, for statistics and plots; sums and comparisons use the integer.
  public var inDollars: Double { Double(nanodollars) / 1e9 }

  /// What this amount for `span` comes to for a month of 730 hours, to the nearest nanodollar.
  ///
  /// - Precondition: `span` is positive.
  public func monthly(over span: TimeSpan) -> USD {
    let scaled = Int128(nanodollars) * Int128(TimeSpan.billingMonth.nanoseconds)
    return USD(
      nanodollars: Int64(scaled.dividedRoundingToNearestOrEven(by: Int128(span.nanoseconds))))
  }

  /// The largest single amount that is read, a thousand million USD.
  public static var largestRead: USD { USD(nanodollars: 1_000_000_000_000_000_000) }
  /// The largest bill of a replication, and of a month of it, nine thousand million USD.
  public static var largestBill: USD { USD(nanodollars: 9_000_000_000_000_000_000) }

  /// The sum, or the largest amount that there is where it would be more: still above every limit.
  @inlinable
  public func addingUpToTheMost(_ other: USD) -> USD {
    let (sum, overflow) = nanodollars.addingReportingOverflow(other.nanodollars)
    return overflow ? USD(nanodollars: other.nanodollars < 0 ? .min : .max) : USD(nanodollars: sum)
  }
}

extension USD: Comparable, AdditiveArithmetic, CustomStringConvertible {
  /// True when the left amount is smaller.
  @inlinable
  public static func < (left: USD, right: USD) -> Bool { left.nanodollars < right.nanodollars }

  /// The exact sum.
  @inlinable
  public static func + (left: USD, right: USD) -> USD {
    USD(nanodollars: left.nanodollars + right.nanodollars)
  }

  /// The exact difference.
  @inlinable
  public static func - (left: USD, right: USD) -> USD {
    USD(nanodollars: left.nanodollars - right.nanodollars)
  }

  /// Reads `50_000 USD` or `12.34 USD`, exact to the nanodollar.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    let unreadable = UnreadableQuantity(
      allowed: "an amount in US dollars, such as 50_000 USD or 0.25 USD")
    let (number, unit) = text.splitAfterNumber()
    guard unit == "USD" else { throw unreadable }
    guard let nanodollars = try DecimalText(parsing: number).exactly(times: 1_000_000_000) else {
      throw UnreadableQuantity(range: unreadable.allowed)
    }
    self.init(nanodollars: nanodollars)
  }

  /// The amount to the cent, halves away from zero: `"17222.16"`.
  public var cents: String { rounded(places: 2) }

  /// The amount to so many decimals, halves away from zero, with thousands set apart by commas or
  /// whatever else is asked for.
  public func rounded(places: Int, groupSeparator: String = "") -> String {
    var unit: Int128 = 1_000_000_000
    for _ in 0..<places { unit /= 10 }
    let digits = Int128(nanodollars).dividedRoundingToNearestOrAwayFromZero(by: unit)
    return formatted(digits: Int64(digits), places: places, groupSeparator: groupSeparator)
  }

  /// The amount to the cent with its unit: `17,222.16 USD`.
  public var description: String { rounded(places: 2, groupSeparator: ",") + " USD" }
}
