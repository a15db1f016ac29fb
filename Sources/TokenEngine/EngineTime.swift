// SPDX-License-Identifier: Apache-2.0

/// A point of an engine's time: whole nanoseconds and the femtoseconds behind them, so that steps add up exactly.
@frozen
public struct EngineTime: Equatable, Comparable, Sendable {
  /// Whole nanoseconds.
  public let nanoseconds: Int64
  /// Femtoseconds behind them, less than a million.
  public let femtoseconds: Int64

  /// A whole nanosecond.
  @inlinable
  public init(nanoseconds: Int64) { self.init(nanoseconds: nanoseconds, femtoseconds: 0) }

  @inlinable
  init(nanoseconds: Int64, femtoseconds: Int64) {
    self.nanoseconds = nanoseconds
    self.femtoseconds = femtoseconds
  }

  /// A point 146 years after the beginning, where time ends: nobody looks at what comes then.
  @inlinable public static var end: EngineTime { EngineTime(nanoseconds: 1 << 62) }

  /// The point so many femtoseconds later; ``end`` where that would be later still.
  @inlinable
  @inline(__always)
  public func later(by span: Int128) -> EngineTime {
    let all = Int128(femtoseconds) + span
    // Two and a half hours and less are divided in a machine word.
    if let short = Int64(exactly: all), nanoseconds < 1 << 61 {
      return EngineTime(
        nanoseconds: nanoseconds + short / 1_000_000, femtoseconds: short % 1_000_000)
    }
    return farLater(by: all)
  }

  @usableFromInline
  func farLater(by all: Int128) -> EngineTime {
    let whole = Int128(nanoseconds) + all / 1_000_000
    guard whole < 1 << 62 else { return .end }
    return EngineTime(
      nanoseconds: Int64(truncatingIfNeeded: whole),
      femtoseconds: Int64(truncatingIfNeeded: all % 1_000_000))
  }

  /// The femtoseconds from another point to this one.
  @inlinable
  public func femtoseconds(since other: EngineTime) -> Int128 {
    Int128(nanoseconds - other.nanoseconds) * 1_000_000
      + Int128(femtoseconds - other.femtoseconds)
  }

  /// Whether one point is before another.
  @inlinable
  public static func < (left: EngineTime, right: EngineTime) -> Bool {
    (left.nanoseconds, left.femtoseconds) < (right.nanoseconds, right.femtoseconds)
  }
}
