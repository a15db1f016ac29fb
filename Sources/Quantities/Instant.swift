// SPDX-License-Identifier: Apache-2.0

/// A point of simulated time: nanoseconds since the scenario's start; negative before it.
///
/// An instant is not a length: `Instant - Instant` is a ``TimeSpan``, and two instants cannot be
/// added. Overflow traps.
@frozen
public struct Instant: Hashable, Codable, Sendable {
  /// Nanoseconds since the scenario's start.
  public let nanoseconds: Int64

  /// The point so many nanoseconds after the scenario's start.
  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The scenario's start.
  @inlinable public static var start: Instant { Instant(nanoseconds: 0) }

  /// Later than any event: what a source without a next event answers.
  @inlinable public static var never: Instant { Instant(nanoseconds: .max) }

  /// How long after the scenario's start this point lies.
  @inlinable public var sinceStart: TimeSpan { TimeSpan(nanoseconds: nanoseconds) }
}

extension Instant: Comparable, CustomStringConvertible {
  /// True when the left point comes first.
  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The point a span later.
  @inlinable
  public static func + (left: Instant, right: TimeSpan) -> Instant {
    Instant(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  /// The point a span earlier.
  @inlinable
  public static func - (left: Instant, right: TimeSpan) -> Instant {
    Instant(nanoseconds: left.nanoseconds - right.nanoseconds)
  }

  /// How long after the second point the first one lies.
  @inlinable
  public static func - (left: Instant, right: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds - right.nanoseconds)
  }

  /// The point as a length since the start, such as `36h`; `never` for the end of time.
  public var description: String {
    self == .never ? "never" : sinceStart.description
  }
}
