// SPDX-License-Identifier: Apache-2.0

extension SGLangScheduler: TokenScheduler {
  /// Schedules a decode of every request of the decode batch (`update_running_batch`, `scheduler.py:4459`).
  mutating func scheduleDecode() {
    guard !running.isEmpty else { return }
    if pool.makeRoom(pagesToDecode(running)) {
      decayNewTokenRatio()
    } else {
      retract()
    }
    takeDecodes()
  }

  /// Lets the reserved share fall by a step (`decay_step`).
  mutating func decayNewTokenRatio() {
    newTokenRatio = max(newTokenRatio - settings.newTokenRatioDecay, settings.leastNewTokenRatio)
  }

  /// Puts a decode of every request of the decode batch into the step.
  ///
  /// - Precondition: there are pages for them.
  mutating func takeDecodes() {
    for slot in running {
      hold(slot, through: rows[slot].computed + 1)
      parts.append(Part(slot: slot, tokens: 1, isDecode: true))
    }
  }

  /// The pages that those requests need for their next token.
  func pagesToDecode(_ slots: ContiguousArray<Int>) -> Int {
    slots.reduce(0) { $0 + (rows[$1].computed % settings.pageSize == 0 ? 1 : 0) }
  }

  /// Makes requests give up their pages until the others can decode: those with the fewest tokens of their answer, of
  /// equals those with the longest prompt, of equals the last (`retract_decode`, `schedule_batch.py:3432`).
  ///
  /// Pages of the victims that are in the tree stay there, others are not put into it. The batch keeps the order in which
  /// victims were chosen.
  private mutating func retract() {
    var keep = ContiguousArray(
      running.enumerated().sorted { left, right in
        let (one, other) = (rows[left.element], rows[right.element])
        return (-one.produced, one.prompt, left.offset)
          < (-other.produced, other.prompt, right.offset)
      }.map(\.element))
    // One request stays, but where a cut prompt has the pages that it needs.
    let least = chunked >= 0 ? 0 : 1
    repeat {
      guard keep.count > least, let victim = keep.popLast() else { break }
      letGo(victim)
      pool.makeRoom(pagesFor(keep.count * 20))
      rows[victim].retractions += 1
      wait(victim)
      news.preempted.append(victim)
      if marks.isOn { marks.preempt(victim) }
    } while !pool.makeRoom(pagesToDecode(keep))
    running = keep
    isBatchFull = false
    newTokenRatio = ratioAfterRetraction()
  }

  /// What requests wrote and will write in 20 steps, over what they may write.
  private func ratioAfterRetraction() -> Double {
    let written = running.reduce(0) { $0 + rows[$1].produced + 20 }
    let allowed = running.reduce(1) { $0 + rows[$1].output }
    return min(1, Double(written) / Double(allowed))
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
      running.removeAll { $0 == slot }
      fresh.removeAll { $0 == slot }
      if chunked == slot { chunked = -1 }
      for index in parts.indices where parts[index].slot == slot { parts[index].slot = -1 }
      isBatchFull = false
      letGo(slot)
    case .none: preconditionFailure("a request is cancelled that waits or runs")
    }
    marks.leave(rows[slot].lastToken)
    rows[slot].lastToken = -1
    rows[slot].place = .none
    rows.free(slot)
  }

  /// How far a request is.
  public func progress(of slot: Int) -> RequestProgress {
    RequestProgress(
      computed: rows[slot].computed, produced: rows[slot].produced,
      blocks: rows[slot].ownPages + treePages[slot].count)
  }

  /// Which of the sums over requests, tokens and pages is wrong; `nil` where all are right.
  ///
  /// - Complexity: O(the most requests that were there at once + pages).
  public var conservation: String? {
    var count = RequestCount()
    var locks = 0
    for (slot, row) in rows.all.enumerated() where row.place != .none {
      let isRunning = row.place == .running
      count.add(isRunning: isRunning, blocks: row.ownPages)
      locks += treePages[slot].count
      if isRunning == (row.computed == 0 && row.ownPages + treePages[slot].count == 0) {
        return "request \(row.id) holds \(row.ownPages) pages and has \(row.computed) tokens"
      }
      if row.produced >= row.output { return "request \(row.id) has all tokens and is there" }
    }
    let locked = pool.locked
    if locks != locked.users { return "\(locks) uses of pages, and \(locked.users) are counted" }
    return count.problem(
      held: rows.held, running: runningCount, waiting: waitingCount,
      free: pool.available + locked.pages, blocks: settings.pages)
  }
}
