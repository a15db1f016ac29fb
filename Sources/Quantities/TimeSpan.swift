// SPDX-License-Identifier: Apache-2.0

/// A length of simulated or real time, in whole nanoseconds; about ±292 years, overflow traps.
@frozen
public struct TimeSpan: Hashable, Codable, Sendable {
  /// The length in nanoseconds.
  public let nanoseconds: Int64

  /// A length of so many nanoseconds.
  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// No time at all.
  @inlinable public static var zero: TimeSpan { TimeSpan(nanoseconds: 0) }

  /// A length of so many microseconds.
  @inlinable
  public static func microseconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000)
  }

  /// A length of so many milliseconds.
  @inlinable
  public static func milliseconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000_000)
  }

  /// A length of so many seconds.
  @inlinable
  public static func seconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000_000_000)
  }

  /// A length of so many minutes.
  @inlinable
  public static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }

  /// A length of so many hours.
  @inlinable
  public static func hours(_ count: Int64) -> TimeSpan { .seconds(count * 3_600) }

  /// The month that cloud bills are quoted for: 730 hours, a twelfth of 365 days.
  @inlinable public static var billingMonth: TimeSpan { .hours(730) }
  /// The longest stretch that a scenario or a file may name, 73 years: three of them in a row are a time still.
  @inlinable public static var longestStretch: TimeSpan { .hours(640_000) }

  /// The length in seconds, for statistics and printing; exact up to 2^53 nanoseconds.
  @inlinable public var inSeconds: Double { Double(nanoseconds) / 1e9 }
}

extension TimeSpan: Comparable, AdditiveArithmetic {
  /// True when the left length is shorter.
  @inlinable
  public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The two lengths one after the other.
  @inlinable
  public static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  /// What is left of the first length.
  @inlinable
  public static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds - right.nanoseconds)
  }

  /// The length so many times over.
  @inlinable
  public static func * (left: TimeSpan, right: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds * right)
  }
}

extension TimeSpan {
  /// A length in seconds, rounded to the nearest microsecond, ties to even.
  ///
  /// Draws that pass through the C library's mathematics differ in their last bit between
  /// processors; rounding them here keeps the simulation the same on all of them.
  ///
  /// - Precondition: `seconds` is finite and within the range of the type.
  public init(roundingToMicroseconds seconds: Double) {
    let microseconds = (seconds * 1e6).rounded(.toNearestOrEven)
    precondition(
      microseconds.magnitude < 9.2e15, "a span of \(seconds) s does not fit 64-bit nanoseconds")
    self.init(nanoseconds: Int64(microseconds) * 1_000)
  }
}
