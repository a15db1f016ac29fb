// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving

/// How long requests of one class wait, and before whom.
package struct WaitingRule: Sendable, Hashable {
  /// Those with a higher one are served first.
  package let priority: UInt8
  /// How long a client waits for its answer; `nil` for ever.
  package let patience: TimeSpan?

  /// A rule of those values.
  package init(priority: UInt8 = 0, patience: TimeSpan?) {
    self.priority = priority
    self.patience = patience
  }
}

/// The requests that wait at the replicas of a fleet.
///
/// Requests with the same priority and patience wait in one line and leave it as they came; each replica has a line for
/// each such pair. Of several lines the one with the highest priority goes first; of equal ones, whoever joined first.
/// Clients give up at the head of a line: one that moved here from a lost replica is looked at when it gets there.
///
/// The lines are rings in one store. Where a replica has one line, its owner counts who waits in it, since it reads that
/// number anyway.
@usableFromInline
struct WaitingLines: ~Copyable {
  /// Where a line lies.
  @usableFromInline
  struct Line: BitwiseCopyable {
    @usableFromInline var head = 0
    @usableFromInline var firstSlot: Int
    @usableFromInline var slotMask: Int
    /// How many wait in it, where a replica has several.
    var count = 0

    init(firstSlot: Int, slots: Int) {
      self.firstSlot = firstSlot
      slotMask = slots - 1
    }
  }

  /// By replica, and in it by rank.
  @usableFromInline var lines: Column<Line>
  /// The rings; each is as long as it ever had to be, twice that at the most.
  @usableFromInline var tickets: GrowingColumn<Ticket>
  /// Where rings begin that were outgrown, by the power of two that they are long.
  private var outgrown: [[Int]] = []
  /// Whether each replica has one line.
  @usableFromInline let areSingle: Bool
  /// The priorities and patiences of lines by rank, those that go first before the others.
  let rules: [WaitingRule]
  /// By class of request, the rank of its line; empty where there is one.
  let ranks: [Int]

  /// Lines in which nobody waits.
  ///
  /// - Parameters:
  ///   - limits: how many requests may wait at each replica.
  ///   - rules: by class of request; at least one.
  init(limits: [Int], rules classes: [WaitingRule]) {
    var rules: [WaitingRule] = []
    for rule in classes where !rules.contains(rule) { rules.append(rule) }
    // A stable order; among equal priorities none goes before another.
    rules.sort { $0.priority > $1.priority }
    self.rules = rules
    areSingle = rules.count == 1
    ranks =
      rules.count == 1
      ? [] : classes.map { rule in rules.firstIndex(of: rule) ?? 0 }
    var rows: [Line] = []
    var firstSlot = 0
    for limit in limits {
      for _ in rules {
        let slots = Self.firstSlots(limit)
        rows.append(Line(firstSlot: firstSlot, slots: slots))
        firstSlot += slots
      }
    }
    lines = Column(rows)
    tickets = GrowingColumn(repeating: Ticket.none, count: firstSlot)
  }

  /// How long a ring is at first: a power of two, so that a place in it is a mask away, and what most lines never fill.
  private static func firstSlots(_ limit: Int) -> Int {
    var slots = 1
    while slots < min(limit, 64) { slots *= 2 }
    return slots
  }

  /// The request at the head of a line in which one waits.
  @inlinable
  @inline(__always)
  func head(of line: Int) -> Ticket {
    let row = lines[line]
    return tickets[row.firstSlot + row.head & row.slotMask]
  }

  /// A request in a line by its place from the head on.
  func ticket(_ place: Int, of line: Int) -> Ticket {
    let row = lines[line]
    return tickets[row.firstSlot + (row.head + place) & row.slotMask]
  }

  /// Adds a request to a line in which so many wait.
  @inlinable
  @inline(__always)
  mutating func append(_ ticket: Ticket, to line: Int, behind count: Int) {
    if count > lines[line].slotMask { lengthen(line, count) }
    let row = lines[line]
    tickets[row.firstSlot + (row.head + count) & row.slotMask] = ticket
  }

  /// Takes the head of a line away.
  @inlinable
  @inline(__always)
  mutating func dropHead(of line: Int) {
    let row = lines[line]
    lines[line].head = (row.head + 1) & row.slotMask
  }

  /// Takes the first of a line in which so many wait, in their order, to where they run.
  @inlinable
  @inline(__always)
  mutating func take(
    _ size: Int, of count: Int, in line: Int, to running: inout Column<Ticket>, at slot: Int
  ) {
    let row = lines[line]
    // Those up to the end of the ring, and those from its beginning on.
    let atEnd = min(size, row.slotMask + 1 - row.head)
    running.copy(atEnd, of: tickets, from: row.firstSlot + row.head, to: slot)
    if atEnd < size {
      running.copy(size - atEnd, of: tickets, from: row.firstSlot, to: slot + atEnd)
    }
    // A line that is empty begins where it began, so that short ones stay in a few lines of the cache.
    lines[line].head = count == size ? 0 : (row.head + size) & row.slotMask
  }

  /// Gives a line a ring twice as long.
  ///
  /// - Complexity: O(waiting requests); a ring that a limit of so many allows is reached in as many steps
  ///   as it has bits, so that no request pays for it.
  @usableFromInline
  mutating func lengthen(_ line: Int, _ count: Int) {
    let row = lines[line]
    let power = (row.slotMask + 1).trailingZeroBitCount
    while outgrown.count <= power + 1 { outgrown.append([]) }
    var first = tickets.count
    if let unused = outgrown[power + 1].popLast() {
      first = unused
    } else {
      tickets.append(repeating: Ticket.none, count: 2 << power)
    }
    for place in 0..<count {
      tickets[first + place] = tickets[row.firstSlot + (row.head + place) & row.slotMask]
    }
    outgrown[power].append(row.firstSlot)
    lines[line].head = 0
    lines[line].firstSlot = first
    lines[line].slotMask = 2 << power - 1
  }
}
