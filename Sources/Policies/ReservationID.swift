// SPDX-License-Identifier: Apache-2.0

/// The number of money put aside for one request; a settled one is recognised when it comes again.
///
/// One in 2^32 reservations has an id that was used before.
@frozen
public struct ReservationID: Hashable, BitwiseCopyable, Sendable {
  let place: UInt32
  let serial: UInt32
}
