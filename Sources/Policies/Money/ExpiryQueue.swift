// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Reservations by when they expire, the first one first.
///
/// A binary heap (Williams, Algorithm 232: Heapsort, CACM 7(6), 1964, DOI 10.1145/512274.512284) in an
/// array that keeps its storage. Those that have been settled meanwhile stay in it until their time.
struct ExpiryQueue: Sendable {
  /// A reservation and when to look at it.
  struct Item: Sendable {
    var at: Instant
    var id: ReservationID

    /// Earlier first, and of one time the lower place.
    static func < (left: Item, right: Item) -> Bool {
      (left.at, left.id.place) < (right.at, right.id.place)
    }
  }

  private var heap: ContiguousArray<Item> = []

  /// All reservations that wait for their time, in no order.
  var items: ContiguousArray<Item> { heap }

  /// Adds a reservation.
  ///
  /// - Complexity: O(log n).
  mutating func push(_ item: Item) {
    var hole = heap.count
    heap.append(item)
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard item < heap[parent] else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = item
  }

  /// Takes the first reservation whose time has come, or nil.
  ///
  /// - Complexity: O(log n).
  mutating func pop(upTo now: Instant) -> ReservationID? {
    guard let first = heap.first, first.at <= now, let item = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first.id }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < item else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = item
    return first.id
  }
}
