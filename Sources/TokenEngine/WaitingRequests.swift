// SPDX-License-Identifier: Apache-2.0

/// The queue of a scheduler: in the order of arrival, with those that were preempted in front, or by priority.
@usableFromInline
struct WaitingRequests {
  typealias Rows = SlotTable<VLLMScheduler.Row>

  /// How many wait.
  @usableFromInline private(set) var count = 0
  private let isByPriority: Bool
  private var head: Int32 = -1
  private var tail: Int32 = -1
  /// A binary heap, where priorities count.
  private var heap: ContiguousArray<Int32> = []

  /// An empty queue.
  init(byPriority: Bool) { isByPriority = byPriority }

  /// Whose turn it is.
  var first: Int32? {
    if isByPriority { return heap.first }
    return head >= 0 ? head : nil
  }

  /// Adds a request behind the others, or where its priority puts it.
  mutating func append(_ slot: Int32, _ rows: inout Rows) {
    count += 1
    if isByPriority { return insert(slot, &rows) }
    rows[Int(slot)].before = tail
    rows[Int(slot)].behind = -1
    if tail >= 0 { rows[Int(tail)].behind = slot } else { head = slot }
    tail = slot
  }

  /// Adds a request before the others, or where its priority puts it.
  mutating func putBack(_ slot: Int32, _ rows: inout Rows) {
    count += 1
    if isByPriority { return insert(slot, &rows) }
    rows[Int(slot)].before = -1
    rows[Int(slot)].behind = head
    if head >= 0 { rows[Int(head)].before = slot } else { tail = slot }
    head = slot
  }

  /// Takes out the one whose turn it is.
  ///
  /// - Precondition: one waits.
  mutating func removeFirst(_ rows: inout Rows) {
    guard let first else { preconditionFailure("a request waits") }
    remove(first, &rows)
  }

  /// Takes out one that waits.
  mutating func remove(_ slot: Int32, _ rows: inout Rows) {
    count -= 1
    if isByPriority { return removeFromHeap(slot, &rows) }
    let row = rows[Int(slot)]
    if row.before >= 0 { rows[Int(row.before)].behind = row.behind } else { head = row.behind }
    if row.behind >= 0 { rows[Int(row.behind)].before = row.before } else { tail = row.before }
  }

  // MARK: The heap

  private func isBefore(_ left: Int32, _ right: Int32, _ rows: Rows) -> Bool {
    let (left, right) = (rows[Int(left)], rows[Int(right)])
    return (left.priority, left.arrival, left.id) < (right.priority, right.arrival, right.id)
  }

  private mutating func insert(_ slot: Int32, _ rows: inout Rows) {
    heap.append(slot)
    rows[Int(slot)].heapPlace = Int32(heap.count - 1)
    rise(heap.count - 1, &rows)
  }

  private mutating func removeFromHeap(_ slot: Int32, _ rows: inout Rows) {
    let place = Int(rows[Int(slot)].heapPlace)
    let last = heap.removeLast()
    guard place < heap.count else { return }
    heap[place] = last
    rows[Int(last)].heapPlace = Int32(place)
    rise(place, &rows)
    sink(Int(rows[Int(last)].heapPlace), &rows)
  }

  private mutating func rise(_ start: Int, _ rows: inout Rows) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard isBefore(heap[place], heap[parent], rows) else { return }
      exchange(place, parent, &rows)
      place = parent
    }
  }

  private mutating func sink(_ start: Int, _ rows: inout Rows) {
    var place = start
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, isBefore(heap[child + 1], heap[child], rows) { child += 1 }
      guard isBefore(heap[child], heap[place], rows) else { return }
      exchange(place, child, &rows)
      place = child
    }
  }

  private mutating func exchange(_ left: Int, _ right: Int, _ rows: inout Rows) {
    heap.swapAt(left, right)
    rows[Int(heap[left])].heapPlace = Int32(left)
    rows[Int(heap[right])].heapPlace = Int32(right)
  }
}
