// SPDX-License-Identifier: Apache-2.0

extension PromptReservingScheduler: TokenScheduler {
  // MARK: Tokens

  /// Whom the last result brought a token.
  @inlinable public var tokenNews: TokenNews { _read { yield marks.news } }
  /// Begins to tell tokens.
  public mutating func tellTokens() { marks.turnOn() }

  /// Notes that a request gets a token.
  mutating func noteToken(_ slot: Int) {
    let last = rows[slot].lastToken
    marks.note(slot, last: last, before: marks.result - 1, isFirst: last < 0)
    rows[slot].lastToken = marks.result
  }

  /// Looks for requests that got no token.
  mutating func endTokens() {
    let before = marks.result - 1
    guard marks.end(before: before, last: { rows[$0].lastToken }) else { return }
    for slot in resident { marks.pause(slot, last: rows[slot].lastToken, before: before) }
  }

  // MARK: Before the end

  /// Ends a request before it is completed: what it held is free at once, and a step in flight brings it nothing.
  ///
  /// - Precondition: the request waits or runs.
  /// - Complexity: O(requests that wait or run).
  public mutating func cancel(_ slot: Int) {
    switch rows[slot].place {
    case .waiting: waiting.removeAll { $0 == slot }
    case .running:
      resident.removeAll { $0 == slot }
      for index in parts.indices where parts[index].slot == slot { parts[index].slot = -1 }
      free += rows[slot].blocks
      residents -= 1
    case .none: preconditionFailure("a request is cancelled that waits or runs")
    }
    forget(slot)
  }

  /// How far a request is.
  public func progress(of slot: Int) -> RequestProgress {
    let row = rows[slot]
    // Nobody has read the last token of the answer.
    return RequestProgress(
      computed: row.isPrefilled ? row.processed - 1 : row.processed, produced: row.produced,
      blocks: row.blocks)
  }

  /// Which of the sums over requests and blocks is wrong; `nil` where all are right.
  ///
  /// - Complexity: O(the most requests that were there at once).
  public var conservation: String? {
    var count = RequestCount()
    for row in rows.all where row.place != .none {
      count.add(isRunning: row.place == .running, blocks: row.blocks)
      if row.processed > row.total { return "request \(row.id) has more tokens than it asked for" }
    }
    return count.problem(
      held: rows.held, running: runningCount, waiting: waitingCount, free: free,
      blocks: settings.blocks)
  }
}
