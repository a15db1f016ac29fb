// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving

/// Replicas with several lines, as requests differ in priority or patience.
///
/// Never inlined: where all requests are alike, none of this runs.
extension WaitingLines {
  /// The lines of a replica, those that go first before the others.
  private func all(of replica: Int) -> Range<Int> {
    replica * rules.count..<(replica + 1) * rules.count
  }

  /// Calls a body with every request that waits at a replica.
  ///
  /// - Parameters:
  ///   - waiting: how many there are.
  func forEach(at replica: Int, _ waiting: Int, _ body: (Ticket) -> Void) {
    for line in all(of: replica) {
      for place in 0..<(areSingle ? waiting : lines[line].count) { body(ticket(place, of: line)) }
    }
  }

  /// Forgets all who wait at a replica.
  mutating func removeAll(at replica: Int) {
    for line in all(of: replica) { lines[line].count = 0 }
  }

  /// Adds a request to the line of its class.
  @usableFromInline
  @inline(never)
  mutating func append(_ ticket: Ticket, at replica: Int) {
    let line = replica * rules.count + ranks[Int(ticket.classIndex)]
    append(ticket, to: line, behind: lines[line].count)
    lines[line].count += 1
  }

  /// When the one joined who has waited longest at a replica, in nanoseconds; the most that there are where nobody
  /// waits.
  @usableFromInline
  @inline(never)
  func oldest(at replica: Int) -> Int64 {
    var oldest = Int64.max
    for line in all(of: replica) where lines[line].count > 0 {
      oldest = min(oldest, head(of: line).enqueued.nanoseconds)
    }
    return oldest
  }

  /// When the first client gives up who is at the head of a line, in nanoseconds; the most that there are for never.
  @usableFromInline
  @inline(never)
  func firstDeadline(at replica: Int) -> Int64 {
    var first = Int64.max
    for (rank, line) in all(of: replica).enumerated() where lines[line].count > 0 {
      guard let patience = rules[rank].patience else { continue }
      first = min(first, (head(of: line).arrival + patience).nanoseconds)
    }
    return first
  }

  /// Takes those from the heads of a replica's lines whose clients have given up, and says how many.
  @usableFromInline
  @inline(never)
  mutating func dropExpired(
    at replica: Int, now: Instant, into expired: inout ContiguousArray<Ticket>
  ) -> Int {
    let before = expired.count
    for (rank, line) in all(of: replica).enumerated() {
      guard let patience = rules[rank].patience else { continue }
      while lines[line].count > 0 {
        let head = head(of: line)
        guard now - head.arrival >= patience else { break }
        dropHead(of: line)
        lines[line].count -= 1
        expired.append(head)
      }
    }
    return expired.count - before
  }

  /// Takes those who go first at a replica to where they run.
  ///
  /// - Precondition: so many wait.
  @usableFromInline
  @inline(never)
  mutating func take(
    _ size: Int, at replica: Int, to running: inout Column<Ticket>, at slot: Int
  ) {
    for place in 0..<size {
      guard let line = next(at: replica) else { preconditionFailure("a batch has who waits") }
      running[slot + place] = head(of: line)
      dropHead(of: line)
      lines[line].count -= 1
    }
  }

  /// The line whose head goes first.
  private func next(at replica: Int) -> Int? {
    var next: (line: Int, rank: Int, key: (Instant, UInt64))?
    for (rank, line) in all(of: replica).enumerated() where lines[line].count > 0 {
      let head = head(of: line)
      let key = (head.enqueued, head.number)
      guard let first = next else {
        next = (line, rank, key)
        continue
      }
      guard rules[rank].priority == rules[first.rank].priority else { break }
      if key < first.key { next = (line, rank, key) }
    }
    return next?.line
  }
}
