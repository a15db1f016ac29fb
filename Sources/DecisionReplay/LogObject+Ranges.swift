// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Numbers inside the ranges in which the policies' sums and products stay exact.
extension LogObject {
  /// Ends with an error where a value would break a precondition of a policy.
  func hold(_ condition: Bool, _ key: String, _ allowed: String) throws(DecisionLogError) {
    if !condition { throw fail(key, allowed: allowed) }
  }

  /// A number of machines, or of anything else that a fleet has at most 100,000 of.
  func count(_ key: String, upTo most: Int = 100_000) throws(DecisionLogError) -> Int {
    let count: Int = try integer(key)
    try hold((0...most).contains(count), key, "a number from 0 to \(most)")
    return count
  }

  /// A length of time, in nanoseconds: up to 73 years.
  func span(_ key: String) throws(DecisionLogError) -> TimeSpan {
    let span = TimeSpan(nanoseconds: try integer(key))
    let longest = TimeSpan.longestStretch
    try hold(
      span >= .zero && span <= longest, key, "nanoseconds from 0 to \(longest.nanoseconds)")
    return span
  }

  /// A price, in nanodollars an hour: up to ten million dollars, which a month of 730 hours costs as ``USD``.
  func price(_ key: String) throws(DecisionLogError) -> HourlyPrice {
    let price = HourlyPrice(nanodollarsPerHour: try integer(key))
    try hold(
      (0...Self.highestPrice).contains(price.nanodollarsPerHour), key,
      "nanodollars an hour from 0 to \(Self.highestPrice)")
    return price
  }

  /// An amount, in nanodollars: up to a billion dollars.
  func money(_ key: String) throws(DecisionLogError) -> USD {
    let money = USD(nanodollars: try integer(key))
    try hold(
      (0...Self.highestAmount).contains(money.nanodollars), key,
      "nanodollars from 0 to \(Self.highestAmount)")
    return money
  }

  /// A list of amounts, each as ``money(_:)`` reads one.
  func amounts(_ key: String) throws(DecisionLogError) -> [USD] {
    let amounts = try integers(key)
    try hold(
      amounts.allSatisfy((0...Self.highestAmount).contains), key,
      "nanodollars from 0 to \(Self.highestAmount)")
    return amounts.map { USD(nanodollars: $0) }
  }

  /// A part of a whole, in billionths.
  func share(_ key: String) throws(DecisionLogError) -> Share {
    let share = Share(billionths: try integer(key))
    try hold(share >= .zero && share <= .whole, key, "a number from 0 to 1000000000")
    return share
  }

  /// A number inside a range.
  func double(
    _ key: String, in range: ClosedRange<Double>
  ) throws(DecisionLogError) -> Double {
    let number = try double(key)
    try hold(
      range.contains(number), key, "a number from \(range.lowerBound) to \(range.upperBound)")
    return number
  }

  private static let highestPrice: Int64 = 10_000_000_000_000_000
  private static let highestAmount: Int64 = 1_000_000_000_000_000_000
}
