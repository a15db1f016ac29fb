// SPDX-License-Identifier: Apache-2.0

extension TensorRTScheduler {
  /// Whom the last result, or the last row of quiet steps, brought a token.
  @inlinable public var tokenNews: TokenNews { _read { yield marks.news } }
  /// Begins to tell tokens.
  public mutating func tellTokens() { marks.turnOn() }

  /// Notes that a request gets a token.
  mutating func noteToken(_ slot: Int, before: Int) {
    let row = rows[slot]
    marks.note(slot, last: row.lastToken, before: before, isFirst: row.lastToken < 0)
    rows[slot].lastToken = marks.result
  }

  /// Looks for requests that got no token.
  mutating func endTokens(before: Int) {
    guard marks.end(before: before, last: { rows[$0].lastToken }) else { return }
    for slot in active { marks.pause(slot, last: rows[slot].lastToken, before: before) }
  }

  /// Whether nobody that is added now is looked at before somebody ends, while all that run decode.
  @inlinable public var isFull: Bool { active.count >= settings.maxBatchSize || waitingCount > 0 }

  /// Steps that decode the same requests, until one ends, or one has to be paused.
  ///
  /// Who waits behind them for blocks waits on: decodes take blocks and give none back.
  ///
  /// - Complexity: O(requests that the engine looks at · log of steps).
  public mutating func plainSteps() -> PlainSteps {
    let count = plainCount
    guard count > 0 else { return .none }
    var first = StepShape()
    for slot in active.prefix(runningCount) { first.addDecode(context: rows[slot].computed) }
    return PlainSteps(count: count, first: first)
  }

  private var plainCount: Int {
    guard hasNoStepInFlight, runningCount > 0, runningCount <= settings.maxTokens else { return 0 }
    guard active.prefix(runningCount).allSatisfy({ rows[$0].isGenerating }) else { return 0 }
    if let next = firstThatWaits, !isBlocked(next) { return 0 }
    var low = 0
    var high = active.prefix(runningCount).reduce(Int.max) {
      min($0, rows[$1].output - rows[$1].produced)
    }
    while low < high {
      let middle = (low + high + 1) / 2
      if blocksToDecode(middle) <= freeBlocks { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Who would start next; `nil` where nobody is looked at.
  private var firstThatWaits: Int? {
    if active.count > runningCount { return active[runningCount] }
    return active.count < settings.maxBatchSize ? firstInQueue : nil
  }

  /// Whether a request that waits has no blocks before somebody ends.
  private func isBlocked(_ slot: Int) -> Bool {
    switch settings.capacity {
    case .guaranteedNoEvict:
      let reserved = active.prefix(runningCount).reduce(0) {
        $0 + blocksFor(rows[$1].total) - rows[$1].blocks
      }
      return blocksFor(rows[slot].total) > freeBlocks - reserved
    case .maxUtilization:
      // With look-ahead a block that is asked for may not be taken in this step.
      return !settings.looksTwoStepsAhead
        && blocksToDecode(1) + blocksFor(rows[slot].context) > freeBlocks
    }
  }

  /// The blocks that have to be free for so many steps, with what the last of them looks ahead.
  private func blocksToDecode(_ steps: Int) -> Int {
    let ahead = settings.looksTwoStepsAhead && settings.capacity == .maxUtilization ? 1 : 0
    return active.prefix(runningCount).reduce(0) {
      let row = rows[$1]
      let most = min(steps + ahead, row.total - row.computed)
      return $0 + blocksFor(row.computed + most) - row.blocks
    }
  }

  /// Takes so many of those steps at once; not the last of them.
  ///
  /// - Complexity: O(requests that run).
  public mutating func takeQuietSteps(_ count: Int) {
    guard count > 0 else { return }
    let before = marks.result
    if marks.isOn { marks.begin(count) }
    for slot in active.prefix(runningCount) {
      hold(slot, through: rows[slot].computed + count)
      rows[slot].computed += count
      rows[slot].produced += count
      if marks.isOn { noteToken(slot, before: before) }
    }
    if marks.isOn { endTokens(before: before) }
  }
}
