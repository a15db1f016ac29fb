// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a measured request is counted: the row of the minute of its arrival, and the stratum.
///
/// Requests of one stratum all stand for equally many of the horizon. Stratum 0 holds what stands for
/// itself; all the rest belongs to windows that were drawn.
@frozen
@usableFromInline
package struct MeasuredPlace: BitwiseCopyable, Sendable {
  /// The place as a plain number, negative for a request that is not measured.
  @usableFromInline package let bits: Int32

  /// The place of a row.
  @inlinable
  init(row: Int32, stratum: Int) {
    bits = row << Self.stratumBits | Int32(truncatingIfNeeded: stratum)
  }

  /// The bits that hold the number of a stratum.
  @inlinable static var stratumBits: Int32 { 4 }

  /// The most strata.
  @inlinable package static var mostStrata: Int { 1 << Int(stratumBits) }

  /// The place of that number.
  @inlinable
  package init(bits: Int32) {
    self.bits = bits
  }

  /// The place of a request that is not measured.
  @inlinable package static var none: MeasuredPlace { MeasuredPlace(bits: -1) }

  /// Whether a request is measured.
  @inlinable package var isMeasured: Bool { bits >= 0 }
  /// The row of the minute of its arrival.
  @inlinable var row: Int { Int(bits >> Self.stratumBits) }
  /// The number of its stratum.
  @inlinable package var stratum: Int { Int(bits & (1 << Self.stratumBits - 1)) }
}
