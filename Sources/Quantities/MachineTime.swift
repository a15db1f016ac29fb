// SPDX-License-Identifier: Apache-2.0

/// Time of many machines or lanes added up, in whole nanoseconds of 128 bits.
///
/// A ``TimeSpan`` ends after 292 years, which 352 machines reach in ten months. This sum ends for no fleet.
@frozen
public struct MachineTime: Hashable, Sendable {
  /// The sum in nanoseconds.
  public let nanoseconds: Int128

  /// A sum of so many nanoseconds.
  @inlinable
  public init(nanoseconds: Int128) {
    self.nanoseconds = nanoseconds
  }

  /// The time of one machine, or of several that were all held for as long.
  @inlinable
  public init(_ span: TimeSpan, times count: Int = 1) {
    nanoseconds = Int128(span.nanoseconds) * Int128(count)
  }

  /// No time at all.
  @inlinable public static var zero: MachineTime { MachineTime(nanoseconds: 0) }

  /// A sum of so many seconds.
  @inlinable
  public static func seconds(_ count: Int64) -> MachineTime {
    MachineTime(nanoseconds: Int128(count) * 1_000_000_000)
  }

  /// A sum of so many hours.
  @inlinable
  public static func hours(_ count: Int64) -> MachineTime {
    MachineTime(nanoseconds: Int128(count) * 3_600_000_000_000)
  }

  /// The sum in seconds, for statistics and printing.
  @inlinable public var inSeconds: Double { Double(nanoseconds) / 1e9 }
}

extension MachineTime: Comparable, AdditiveArithmetic, CustomStringConvertible {
  /// True when the left sum is smaller.
  @inlinable
  public static func < (left: MachineTime, right: MachineTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Both together.
  @inlinable
  public static func + (left: MachineTime, right: MachineTime) -> MachineTime {
    MachineTime(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  /// What is left of the first.
  @inlinable
  public static func - (left: MachineTime, right: MachineTime) -> MachineTime {
    MachineTime(nanoseconds: left.nanoseconds - right.nanoseconds)
  }

  /// The sum as a length of time where one can be as long, in nanoseconds otherwise.
  public var description: String {
    Int64(exactly: nanoseconds).map { "\(TimeSpan(nanoseconds: $0))" } ?? "\(nanoseconds)ns"
  }
}
