// SPDX-License-Identifier: Apache-2.0

extension SGLangScheduler {
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
    for slot in running + fresh {
      marks.pause(slot, last: rows[slot].lastToken, before: before)
    }
  }

  /// Whether the decode batch takes nobody before somebody leaves.
  @inlinable public var isFull: Bool {
    chunked < 0 && !running.isEmpty
      && (isBatchFull || running.count >= settings.maxRunningRequests)
  }

  /// Steps that decode the same requests, until one ends or pages run out.
  ///
  /// - Complexity: O(requests that run · log of steps).
  public mutating func plainSteps() -> PlainSteps {
    let count = plainCount
    guard count > 0 else { return .none }
    var first = StepShape()
    for slot in running { first.addDecode(context: rows[slot].computed) }
    return PlainSteps(count: count, first: first)
  }

  private var plainCount: Int {
    guard parts.isEmpty, fresh.isEmpty, chunked < 0, waiting.isEmpty || isFull else { return 0 }
    var low = 0
    var high = running.reduce(Int.max) { min($0, rows[$1].output - rows[$1].produced) }
    guard high < .max else { return 0 }
    while low < high {
      let middle = (low + high + 1) / 2
      if pagesToDecode(middle) <= pool.available { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The pages that the decode batch needs for so many steps.
  private func pagesToDecode(_ steps: Int) -> Int {
    running.reduce(0) {
      $0 + pagesFor(rows[$1].computed + steps) - pagesFor(rows[$1].computed)
    }
  }

  /// Takes so many of those steps at once; not the last of them.
  ///
  /// - Complexity: O(requests that run + pages evicted + steps until the reserved share is at its least).
  public mutating func takeQuietSteps(_ count: Int) {
    guard count > 0 else { return }
    let before = marks.result
    if marks.isOn { marks.begin(count) }
    for slot in running {
      hold(slot, through: rows[slot].computed + count)
      rows[slot].computed += count
      rows[slot].produced += count
      if marks.isOn { noteToken(slot, before: before) }
    }
    if marks.isOn { endTokens(before: before) }
    for _ in 0..<count where newTokenRatio != settings.leastNewTokenRatio { decayNewTokenRatio() }
  }
}
