// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// The events that are still to come, in the order (time, priority, sequence of scheduling).
///
/// A binary heap: Williams, "Algorithm 232: Heapsort", CACM 7 (1964), DOI 10.1145/512274.512284. It
/// holds the rare events (machines, policies, samples); batches have a tournament.
/// Its storage is kept, so that in steady state scheduling allocates nothing. The place of an event that was
/// taken stays vacant: mostly what happened then schedules another one soon after, which goes there and has a short
/// way.
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
  /// Whether the event at the root was taken.
  @usableFromInline var isRootVacant = false
  @usableFromInline var nextSequence: UInt64 = 0
  @usableFromInline var now: Instant

  /// An empty list at that time.
  @inlinable
  package init(at now: Instant) {
    self.now = now
  }

  /// The place of the next event, or nil.
  @inlinable var nextPlace: Int? {
    guard isRootVacant else { return heap.isEmpty ? nil : 0 }
    guard heap.count > 1 else { return nil }
    return heap.count > 2 && heap[2].comesBefore(heap[1]) ? 2 : 1
  }

  /// When the next event is due; ``Instant/never`` when there is none.
  @inlinable package var nextTime: Instant { nextPlace.map { heap[$0].time } ?? .never }

  /// The priority of the next event; that of samples when there is none.
  @inlinable package var nextPriority: EventPriority {
    nextPlace.map { heap[$0].priority } ?? .sample
  }

  /// Adds an event.
  ///
  /// - Precondition: `time` is not before the last event that was taken: a past time traps.
  @inlinable
  package mutating func schedule(_ payload: Payload, at time: Instant, _ priority: EventPriority) {
    precondition(time >= now, "an event was scheduled at \(time), which is before \(now)")
    let entry = Entry(time: time, priority: priority, sequence: nextSequence, payload: payload)
    nextSequence += 1
    if isRootVacant {
      isRootVacant = false
      sink(entry)
      return
    }
    heap.append(entry)
    var hole = heap.count - 1
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard entry.comesBefore(heap[parent]) else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = entry
  }

  /// Removes the next event and moves the clock to it.
  @inlinable
  package mutating func takeNext() -> (time: Instant, payload: Payload)? {
    if isRootVacant {
      isRootVacant = false
      let last = heap.removeLast()
      if !heap.isEmpty { sink(last) }
    }
    guard let first = heap.first else { return nil }
    now = first.time
    isRootVacant = true
    return (first.time, first.payload)
  }

  /// Puts an event in the place of the root, or below it as far as others come before it.
  @inlinable
  mutating func sink(_ entry: Entry) {
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count && heap[child + 1].comesBefore(heap[child]) { child += 1 }
      guard heap[child].comesBefore(entry) else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = entry
  }
}
