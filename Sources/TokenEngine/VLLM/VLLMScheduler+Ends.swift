// SPDX-License-Identifier: Apache-2.0

extension VLLMScheduler: TokenScheduler {
  /// Two steps under asynchronous scheduling, else one.
  @inlinable public var stepsAhead: Int { settings.isAsynchronous ? 2 : 1 }

  /// Whom the last result, or the last row of quiet steps, brought a token.
  @inlinable public var tokenNews: TokenNews { _read { yield marks.news } }
  /// Begins to tell tokens.
  public mutating func tellTokens() { marks.turnOn() }

  /// Looks for requests that got no token; in the group all get one.
  mutating func endTokens() {
    let before = marks.result - 1
    guard marks.end(before: before, last: { rows[$0].lastToken }) else { return }
    for slot in running {
      marks.pause(Int(slot), last: rows[Int(slot)].lastToken, before: before)
    }
  }

  /// Whether as many requests run as may: then nobody is admitted before somebody ends.
  ///
  /// Where prefill pauses, whether somebody waits makes a difference before that.
  @inlinable public var isFull: Bool {
    runningCount >= runningLimit && settings.prefillInterval == 1
  }

  /// Ends a request before it is completed: what it held is free at once, and steps in flight bring it nothing.
  ///
  /// - Precondition: the request waits or runs.
  /// - Complexity: O(requests that run · log of them).
  public mutating func cancel(_ slot: Int) {
    if isGrouped && rows[slot].place == .running { disperse() }
    switch rows[slot].place {
    case .waiting: waiting.remove(Int32(slot), &rows)
    case .running: running.removeAll { $0 == Int32(slot) }
    case .none: preconditionFailure("a request is cancelled that waits or runs")
    }
    for index in parts.indices where parts[index].slot == Int32(slot) { parts[index].slot = -1 }
    if rows[slot].place == .running { runningCount -= 1 }
    letGo(slot)
    marks.leave(rows[slot].lastToken)
    rows[slot].leave()
    rows.free(slot)
  }

  /// How far a request is.
  ///
  /// - Complexity: O(1).
  public func progress(of slot: Int) -> RequestProgress {
    let row = rows[slot]
    guard isGrouped && row.isMember else {
      return RequestProgress(computed: row.computed, produced: row.produced, blocks: row.held)
    }
    let (computed, produced, _) = counts(of: row)
    return RequestProgress(computed: computed, produced: produced, blocks: blocksFor(computed))
  }

  /// Which of the sums over requests, tokens and blocks is wrong; `nil` where all are right.
  ///
  /// - Complexity: O(the most requests that were there at once + blocks).
  public var conservation: String? {
    var count = RequestCount()
    var uses = 0
    for (slot, row) in rows.all.enumerated() where row.place != .none {
      let (isRunning, progress) = (row.place == .running, progress(of: slot))
      count.add(isRunning: isRunning, blocks: settings.cachesPrefixes ? 0 : progress.blocks)
      if blocksFor(progress.computed) > progress.blocks || !isRunning && progress.blocks > 0 {
        return "request \(row.id) has \(progress.computed) tokens in \(progress.blocks) blocks"
      }
      if progress.produced >= row.output { return "request \(row.id) has all tokens and is there" }
      guard settings.cachesPrefixes else { continue }
      uses += heldBlocks[slot].count
      if heldBlocks[slot].count != progress.blocks {
        return "request \(row.id) holds \(progress.blocks) blocks, or \(heldBlocks[slot].count)"
      }
    }
    let used = pool.used
    if uses != used.users { return "\(uses) uses of blocks, and \(used.users) are counted" }
    let listed = isGrouped ? group.running : running.count
    if listed != runningCount { return "\(listed) requests are listed as running" }
    return count.problem(
      held: rows.held, running: runningCount, waiting: waitingCount,
      free: pool.free + used.blocks, blocks: settings.usableBlocks)
  }
}
