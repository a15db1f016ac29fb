// SPDX-License-Identifier: Apache-2.0

extension TensorRTScheduler {
  /// Which requests may hold blocks in this step.
  mutating func requestsThatFit() -> ContiguousArray<Int> {
    switch settings.capacity {
    case .guaranteedNoEvict: requestsToCompletion()
    case .maxUtilization: requestsForOneStep()
    }
  }

  /// Blocks that a request lacks for its last token.
  private func blocksToCompletion(_ slot: Int) -> Int {
    blocksFor(rows[slot].total) - rows[slot].blocks
  }

  /// Requests that decode keep what they need to their end; then others in order, until one does not fit
  /// (`GuaranteedNoEvictPolicy`).
  private func requestsToCompletion() -> ContiguousArray<Int> {
    var left = freeBlocks
    var fitting: ContiguousArray<Int> = []
    for slot in active where rows[slot].isGenerating {
      left -= blocksToCompletion(slot)
      fitting.append(slot)
    }
    for slot in active where !rows[slot].isGenerating {
      let needed = blocksToCompletion(slot)
      guard needed <= left else { break }
      left -= needed
      fitting.append(slot)
    }
    return fitting
  }

  /// Blocks that a request needs in the next step: for its context when it starts, none while that is computed, then one
  /// now and again.
  private func blocksForOneStep(_ slot: Int) -> Int {
    let row = rows[slot]
    if !row.isStarted { return blocksFor(row.context) }
    guard row.isGenerating else { return 0 }
    let steps = min(settings.looksTwoStepsAhead ? 2 : 1, row.total - row.computed)
    return blocksFor(row.computed + steps) - blocksFor(row.computed)
  }

  /// All requests in order; where one does not fit, the last one behind it that started is paused, or else the rest waits
  /// (`MaxUtilizationPolicy`).
  private mutating func requestsForOneStep() -> ContiguousArray<Int> {
    var fitting: ContiguousArray<Int> = []
    var needed = 0
    var end = active.count
    var index = 0
    while index < end {
      let more = needed + blocksForOneStep(active[index])
      if more <= freeBlocks {
        needed = more
        fitting.append(active[index])
        index += 1
        continue
      }
      guard let last = active[index..<end].lastIndex(where: { rows[$0].isStarted }) else { break }
      pause(active[last])
      end = last
    }
    return fitting
  }

  /// Makes a request give up its blocks; it keeps its place, and computes its prompt and its answer so far again.
  private mutating func pause(_ slot: Int) {
    letGo(slot)
    rows[slot].context = rows[slot].total - rows[slot].output + rows[slot].produced
    rows[slot].pauses += 1
    news.preempted.append(slot)
    if marks.isOn { marks.preempt(slot) }
  }
}
