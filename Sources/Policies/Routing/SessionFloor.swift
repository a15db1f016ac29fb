// SPDX-License-Identifier: Apache-2.0

import Quantities
import RandomStreams

/// How strong a model each session has needed lately: a floor that rises and, unused, lapses.
///
/// A table of fixed size in which each session has one slot, by its hash. Of two sessions with the same
/// slot the later one has it, and the other starts afresh: memory is bounded, and only a preference is lost.
@usableFromInline
struct SessionFloor: Sendable {
  @usableFromInline
  @frozen
  struct Slot: BitwiseCopyable, Sendable {
    @usableFromInline var session: UInt64
    @usableFromInline var lapsesAt: Int64
    @usableFromInline var place: Int

    @inlinable
    init(session: UInt64, lapsesAt: Int64, place: Int) {
      self.session = session
      self.lapsesAt = lapsesAt
      self.place = place
    }
  }

  @usableFromInline var slots: ContiguousArray<Slot>
  @usableFromInline let lifetime: TimeSpan

  /// A table of at least so many slots, a power of two; of none, nothing is remembered.
  init(slotCount: Int, lifetime: TimeSpan) {
    var count = slotCount > 0 ? 1 : 0
    while count < slotCount { count *= 2 }
    slots = ContiguousArray(repeating: Slot(session: 0, lapsesAt: 0, place: 0), count: count)
    self.lifetime = lifetime
  }

  /// Raises a session's floor to a place, and says where it is; 0 is no session.
  @inlinable
  mutating func raise(_ session: UInt64, to place: Int, at now: Instant) -> Int {
    guard session != 0, !slots.isEmpty else { return place }
    let index = Int(truncatingIfNeeded: mixed(session)) & (slots.count - 1)
    let slot = slots[index]
    let isKept = slot.session == session && now.nanoseconds < slot.lapsesAt
    let floor = isKept ? max(place, slot.place) : place
    slots[index] = Slot(
      session: session, lapsesAt: (now + lifetime).nanoseconds, place: floor)
    return floor
  }
}
