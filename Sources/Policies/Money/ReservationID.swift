// SPDX-License-Identifier: Apache-2.0

/// The number of money put aside for one request; a settled one is recognised when it comes again.
///
/// One in 2^32 reservations has an id that was used before.
@frozen
public struct ReservationID: Hashable, BitwiseCopyable, Sendable {
  let place: UInt32
  let serial: UInt32

  /// The id as one word, for a log.
  public var rawValue: UInt64 { UInt64(serial) << 32 | UInt64(place) }

  init(place: UInt32, serial: UInt32) {
    self.place = place
    self.serial = serial
  }

  /// The id that a log holds.
  public init(rawValue: UInt64) {
    self.init(
      place: UInt32(truncatingIfNeeded: rawValue),
      serial: UInt32(truncatingIfNeeded: rawValue >> 32))
  }
}
