// SPDX-License-Identifier: Apache-2.0

/// How often something happens: billionths of an event a second.
@frozen
public struct Rate: Hashable, Sendable {
  /// The rate in billionths of an event a second.
  public let nanoPerSecond: Int64

  /// A rate of so many billionths of an event a second.
  @inlinable
  public init(nanoPerSecond: Int64) {
    self.nanoPerSecond = nanoPerSecond
  }

  /// Nothing ever happens.
  @inlinable public static var zero: Rate { Rate(nanoPerSecond: 0) }

  /// The highest rate that is measured, in events a second.
  public static var most: Double { 9e9 }

  /// A rate in events a second, rounded to the nearest billionth, ties to even.
  ///
  /// - Precondition: `perSecond` is finite and at most ``most``.
  public init(roundingPerSecond perSecond: Double) {
    let scaled = (perSecond * 1e9).rounded(.toNearestOrEven)
    precondition(scaled.magnitude <= 9e18, "a rate of \(perSecond)/s does not fit")
    self.init(nanoPerSecond: Int64(scaled))
  }

  /// The rate in events a second, for arithmetic that is not money.
  @inlinable public var perSecond: Double { Double(nanoPerSecond) / 1e9 }
}

extension Rate: Comparable, CustomStringConvertible {
  /// True when the left rate is lower.
  @inlinable
  public static func < (left: Rate, right: Rate) -> Bool {
    left.nanoPerSecond < right.nanoPerSecond
  }

  private static let units: [(name: String, seconds: Int64)] = [
    ("/s", 1), ("/min", 60), ("/h", 3_600), ("/d", 86_400),
  ]

  /// Reads `220/s`, `5/min`, `0.5/h`; what is finer than a billionth a second is rounded to even.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    let (number, name) = text.splitAfterNumber()
    let unit = Self.units.first { $0.name == name }
    let allowed = "a rate, such as 220/s, 5/min or 0.5/h"
    guard let unit else { throw UnreadableQuantity(allowed: allowed) }
    guard
      let rate = try DecimalText(parsing: number).roundedToNearestOrEven(
        times: 1_000_000_000, over: unit.seconds)
    else { throw UnreadableQuantity(range: allowed) }
    self.init(nanoPerSecond: rate)
  }

  /// The rate a second: `1248/s`, `0.5/s`.
  public var description: String {
    formatted(digits: nanoPerSecond, places: 9, trimmingZeros: true) + "/s"
  }
}
