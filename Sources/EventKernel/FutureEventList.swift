// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// The events that are still to come, in the order (time, priority, sequence of scheduling).
///
/// A binary heap: Williams, "Algorithm 232: Heapsort", CACM 7 (1964), DOI 10.1145/512274.512284. It
/// holds the rare events (machines, policies, samples); batches have their ``TournamentTree``.
/// Its storage is kept, so that in steady state scheduling allocates nothing.
///
/// - Complexity: scheduling and taking are O(log n).
@usableFromInline
package struct FutureEventList<Payload: Sendable>: ~Copyable {
  @usableFromInline
  struct Entry {
    @usableFromInline let time: Instant
    @usableFromInline let priority: EventPriority
    @usableFromInline let sequence: UInt64
    @usableFromInline let payload: Payload

    @inlinable
    init(time: Instant, priority: EventPriority, sequence: UInt64, payload: Payload) {
      self.time = time
      self.priority = priority
      self.sequence = sequence
      self.payload = payload
    }

    @inlinable
    func comesBefore(_ other: Entry) -> Bool {
      if time != other.time { return time < other.time }
      if priority != other.priority { return priority < other.priority }
      return sequence < other.sequence
    }
  }

  @usableFromInline var heap: ContiguousArray<Entry> = []
  @usableFromInline var nextSequence: UInt64 = 0
  @usableFromInline var now: Instant

  /// An empty list at that time.
  @inlinable
  package init(at now: Instant) {
    self.now = now
  }

  /// When the next event is due; ``Instant/never`` when there is none.
  @inlinable package var nextTime: Instant { heap.first?.time ?? .never }

  /// The priority of the next event; that of samples when there is none.
  @inlinable package var nextPriority: EventPriority { heap.first?.priority ?? .sample }

  /// Adds an event.
  ///
  /// - Precondition: `time` is not before the last event that was taken: a past time traps.
  @inlinable
  package mutating func schedule(_ payload: Payload, at time: Instant, _ priority: EventPriority) {
    precondition(time >= now, "an event was scheduled at \(time), which is before \(now)")
    heap.append(Entry(time: time, priority: priority, sequence: nextSequence, payload: payload))
    nextSequence += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].comesBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Removes the next event and moves the clock to it.
  @inlinable
  package mutating func takeNext() -> (time: Instant, payload: Payload)? {
    guard let first = heap.first else { return nil }
    now = first.time
    let last = heap.removeLast()
    guard !heap.isEmpty else { return (first.time, first.payload) }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count && heap[child + 1].comesBefore(heap[child]) { child += 1 }
      guard heap[child].comesBefore(heap[parent]) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return (first.time, first.payload)
  }
}
