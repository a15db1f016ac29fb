// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Machines with an instant each, the earliest in front; instants mostly come in their order.
struct DueMachines: Sendable {
  /// A machine and its instant.
  struct Entry: Sendable {
    let machine: MachineID
    let due: Instant
  }

  private var entries: [Entry] = []
  private var head = 0

  /// No machine.
  init() {}

  /// All that are left, the earliest first.
  var all: ArraySlice<Entry> { entries[head...] }

  /// The earliest.
  var first: Entry? { head < entries.count ? entries[head] : nil }

  /// Adds a machine.
  ///
  /// - Complexity: O(machines that are later), mostly none.
  mutating func add(_ machine: MachineID, due: Instant) {
    var place = entries.count
    while place > head, entries[place - 1].due > due { place -= 1 }
    entries.insert(Entry(machine: machine, due: due), at: place)
  }

  /// Takes out the earliest.
  mutating func removeFirst() {
    head += 1
    guard head > 32, head * 2 > entries.count else { return }
    entries.removeFirst(head)
    head = 0
  }
}

/// Machines that start and will soon be ready: how many of them are not overdue, without looking at each.
struct ExpectedMachines: Sendable {
  private var queue = DueMachines()
  /// How many start and are not overdue.
  private(set) var count = 0
  /// Up to when machines are overdue; it does not go back where a clock does.
  private(set) var passed = Instant(nanoseconds: .min)

  /// Nobody starts; up to then machines are overdue.
  init(passed: Instant = Instant(nanoseconds: .min)) { self.passed = passed }

  /// The earliest that may still start.
  var first: DueMachines.Entry? { queue.first }

  /// Adds a machine that starts, unless it is overdue.
  mutating func add(_ id: MachineID, due: Instant) {
    guard due > passed else { return }
    queue.add(id, due: due)
    count += 1
  }

  /// Notes that a machine starts no more, if it did and was not overdue.
  mutating func leave(_ machine: SpotManager.Machine, _ wasExpected: Bool, after start: TimeSpan) {
    if wasExpected && machine.since + start > passed { count -= 1 }
  }

  /// Takes out the earliest: it is overdue, or starts no more.
  mutating func removeFirst(isStarting: Bool) {
    if isStarting { count -= 1 }
    queue.removeFirst()
  }

  /// Notes that those are taken out which are overdue by now.
  mutating func pass(_ now: Instant) { passed = max(passed, now) }
}
