// SPDX-License-Identifier: Apache-2.0

extension SGLangScheduler {
  /// The budgets of one prefill batch, and who is in it (`PrefillAdder`, `schedule_policy.py:600`).
  struct Batch {
    /// A request of the batch.
    struct Member {
      let slot: Int
      /// Tokens found in the tree.
      let found: Int
      let tokens: Int
      let isContinued: Bool
    }

    /// What a budget says to the next candidate.
    enum Verdict { case goesOn, lacksMemory, isSpent }

    var members: ContiguousArray<Member> = []
    /// Tokens of the pool that are promised, decodes to come among them.
    var promised: Double
    /// Tokens of the pool that the batch takes at once.
    var taken: Int
    /// What is left of `max_prefill_tokens`.
    var inputLeft: Int
    /// What is left of `chunked_prefill_size`; `nil` where prompts are not cut.
    var chunkLeft: Int?
    /// Whose prompt was cut.
    var cut = -1
  }

  /// Schedules a prefill batch (`scheduler.py:4079`).
  ///
  /// - Returns: whether there is one.
  mutating func schedulePrefill() -> Bool {
    if (isBatchFull || waiting.isEmpty) && chunked < 0 { return false }
    if chunked < 0 && settings.maxRunningRequests <= running.count {
      isBatchFull = true
      return false
    }
    orderWaiting()
    var batch = newBatch()
    if chunked >= 0 { continueChunk(&batch) }
    admit(&batch)
    guard !batch.members.isEmpty else { return false }
    if batch.cut >= 0 {
      precondition(chunked < 0, "one prompt is cut at a time")
      chunked = batch.cut
    }
    for member in batch.members { start(member) }
    if !news.admitted.isEmpty { waiting.removeAll { rows[$0].place != .waiting } }
    if settings.isMixed { mix() }
    return true
  }

  private func newBatch() -> Batch {
    let mixed = settings.isMixed ? running.count : 0
    var promised = 0.0
    for slot in running {
      let ratio = settings.ignoresEndOfAnswer ? 1 : newTokenRatio
      promised += Double(rows[slot].expected) * ratio
    }
    return Batch(
      promised: Double(mixed) + promised, taken: mixed,
      inputLeft: settings.maxPrefillTokens - mixed,
      chunkLeft: settings.chunkedPrefillSize.map { $0 - mixed })
  }

  /// Tokens of the pool that can still be promised.
  private func left(_ batch: Batch) -> Double {
    Double(pool.available * settings.pageSize) - batch.promised
  }

  private func verdict(_ batch: Batch) -> Batch.Verdict {
    let now = pool.available * settings.pageSize - batch.taken
    if left(batch) <= 0 || now <= 0 { return .lacksMemory }
    if batch.inputLeft <= 0 || (batch.chunkLeft ?? 1) <= 0 { return .isSpent }
    return .goesOn
  }

  /// Puts a request into the batch and charges it: its tokens rounded up to pages, one page more, and, once its prompt
  /// ends, its whole answer up to 4096 tokens (`_update_prefill_budget`).
  private mutating func charge(_ member: Batch.Member, isCut: Bool, _ batch: inout Batch) {
    let rounded = pagesFor(member.tokens) * settings.pageSize
    batch.members.append(member)
    batch.taken += rounded + settings.pageSize
    let answer = isCut ? 0 : min(rows[member.slot].output, 4_096)
    batch.promised += Double(rounded + settings.pageSize + answer)
    batch.inputLeft -= rounded
    if let chunkLeft = batch.chunkLeft { batch.chunkLeft = chunkLeft - rounded }
  }

  // MARK: The prompt that is computed in parts

  /// Gives the cut prompt its next part, before anybody is admitted (`add_chunked_req`, `schedule_policy.py:1140`).
  private mutating func continueChunk(_ batch: inout Batch) {
    guard let chunkLeft = batch.chunkLeft else { preconditionFailure("a prompt was cut") }
    let row = rows[chunked]
    let rest = row.known - row.computed
    let memory = min(chunkLeft, Int(left(batch)))
    var limit = memory > 0 ? memory : chunkLeft
    if let bound = boundForShorter(rest, chunkLeft) { limit = min(limit, bound) }
    let held = treePages[chunked].count + row.ownPages
    limit = min(limit, (pool.available + held) * settings.pageSize - row.computed)
    guard limit > 0 else { return }
    let isCut = rest > limit
    let member = Batch.Member(
      slot: chunked, found: row.computed, tokens: min(rest, limit), isContinued: true)
    charge(member, isCut: isCut, &batch)
    if !isCut { chunked = -1 }
  }

  /// Under `shortest-prefill-first`, what a part may have so that shorter prompts that wait fit beside it.
  private func boundForShorter(_ rest: Int, _ budget: Int) -> Int? {
    let page = settings.pageSize
    guard settings.policy == .shortestPrefillFirst, budget >= 2 * page else { return nil }
    var reserved = 0
    for slot in waiting {
      let work = uncached(slot)
      let charge = pagesFor(work) * page
      if work >= rest || reserved + charge > budget - page { break }
      reserved += charge
    }
    return reserved > 0 ? (budget - reserved) / page * page : nil
  }

  // MARK: Requests that wait

  private mutating func admit(_ batch: inout Batch) {
    for slot in waiting {
      if verdict(batch) == .isSpent { return }
      if batch.members.count >= settings.maxRunningRequests - running.count { isBatchFull = true }
      if isBatchFull { return }
      switch tryToAdmit(slot, &batch) {
      case .goesOn: continue
      case .isSpent: return
      case .lacksMemory:
        isBatchFull = !batch.members.isEmpty || !running.isEmpty
        return
      }
    }
  }

  /// Admits a request if it fits (`add_one_req`, `_select_prefill_admission`, `schedule_policy.py:1395`, `:1592`).
  private mutating func tryToAdmit(_ slot: Int, _ batch: inout Batch) -> Batch.Verdict {
    let row = rows[slot]
    let page = settings.pageSize
    var match = (count: 0, unlocked: 0)
    if settings.cachesPrefixes {
      match = pool.match(chains[slot], upTo: (row.known - 1) / page)
      pool.look(chains[slot], match.count)
    }
    let found = match.count * page
    let rest = row.known - found
    let rounded = pagesFor(rest) * page
    // Pages that it would lock can no longer be evicted.
    let memory = left(batch) - Double(match.unlocked * page)
    guard Double(rest + row.expected + page) < memory else { return .lacksMemory }
    var tokens = rest
    if let chunkLeft = batch.chunkLeft {
      if rounded > chunkLeft {
        if chunked >= 0 && settings.policy == .shortestPrefillFirst { return .isSpent }
        tokens = chunkLeft / page * page
        if tokens <= 0 { return .isSpent }
        batch.cut = slot
      }
    } else if !batch.members.isEmpty && rounded >= batch.inputLeft {
      return .isSpent
    }
    for index in 0..<match.count {
      let found = pool.page(of: chains[slot][index])
      pool.lock(found)
      treePages[slot].append(found)
    }
    let member = Batch.Member(slot: slot, found: found, tokens: tokens, isContinued: false)
    charge(member, isCut: batch.cut == slot, &batch)
    return verdict(batch)
  }

  /// Takes the pages of a member, and puts it into the step.
  private mutating func start(_ member: Batch.Member) {
    let slot = member.slot
    if !member.isContinued {
      rows[slot].computed = member.found
      rows[slot].place = .running
      runningCount += 1
      let isFirst = rows[slot].cached < 0
      if isFirst { rows[slot].cached = member.found }
      news.admitted.append(
        SchedulerNews.Admission(slot: slot, cachedTokens: member.found, isFirst: isFirst))
    }
    hold(slot, through: member.found + member.tokens)
    parts.append(Part(slot: slot, tokens: member.tokens, isDecode: false))
    fresh.append(slot)
  }

  /// Takes the decodes along where pages for them are left; else they sit out the step.
  private mutating func mix() {
    guard pool.makeRoom(pagesToDecode(running)) else { return }
    takeDecodes()
    fresh += running
    running.removeAll(keepingCapacity: true)
  }
}
