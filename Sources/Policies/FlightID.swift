// SPDX-License-Identifier: Apache-2.0

/// The number of a call that identical requests wait for together.
///
/// It names a flight and one of its calls: when a failed call is made again by another request, the
/// flight has a new id, so that a report about the first call that comes twice is known for one. Ids of
/// flights that are over are recognised; one in 2^31 flights has an id that was used before.
@frozen
public struct FlightID: Hashable, BitwiseCopyable, Sendable {
  @usableFromInline let place: UInt32
  /// Two for each flight, the second for its second call.
  @usableFromInline let serial: UInt32

  /// The id as one word, for a log.
  public var rawValue: UInt64 { UInt64(serial) << 32 | UInt64(place) }

  /// The id that a log holds.
  public init(rawValue: UInt64) {
    self.init(
      place: UInt32(truncatingIfNeeded: rawValue),
      serial: UInt32(truncatingIfNeeded: rawValue >> 32))
  }

  /// Whether two ids name one flight, before and after its call was made again.
  public func isSameFlight(as other: FlightID) -> Bool {
    place == other.place && serial >> 1 == other.serial >> 1
  }

  @inlinable
  init(place: UInt32, serial: UInt32) {
    self.place = place
    self.serial = serial
  }
}
