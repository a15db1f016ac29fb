// SPDX-License-Identifier: Apache-2.0

extension VLLMScheduler {
  // MARK: In and out of the group

  /// Takes requests that decode together, where blocks for a step are there.
  ///
  /// - Complexity: O(requests that run · log of them).
  mutating func gather() {
    guard pool.free >= running.count, stepSizes.isEmpty else { return }
    isGrouped = true
    gatheredAt = marks.result
    for slot in running {
      if rows[Int(slot)].decodes {
        join(slot)
        if marks.isOn { marks.take(Int(slot), last: rows[Int(slot)].lastToken) }
      } else {
        group.prefilling.append(slot)
      }
    }
    running.clear()
  }

  /// Adds a request that decodes to the group.
  private mutating func join(_ slot: Int32) {
    let row = rows[Int(slot)]
    let base = Int64(row.computed) - group.steps
    rows[Int(slot)].groupBase = base
    group.join(slot, base: base, tokens: row.output - row.produced)
  }

  /// Looks at every request that runs by itself again, also while a step of the group is in flight.
  ///
  /// - Complexity: O(requests that run · log of them).
  mutating func disperse() {
    isGrouped = false
    let isInFlight = !stepSizes.isEmpty
    marks.disperse()
    for member in group.members {
      let slot = Int(member.slot)
      rows[slot].produced = rows[slot].output - Int(member.last - group.steps)
      leaveGroup(slot, isInFlight)
    }
    for slot in group.leaving {
      rows[Int(slot)].produced = rows[Int(slot)].output
      leaveGroup(Int(slot), isInFlight)
    }
    if isInFlight {
      let order = running.sorted { rows[Int($0)].admission < rows[Int($1)].admission }
      parts =
        ContiguousArray(order.map { Part(slot: $0, tokens: 1, givesToken: true) }) + parts
      stepSizes[0] = parts.count
    }
    running += group.prefilling
    group.removeAll()
    running.sort { rows[Int($0)].admission < rows[Int($1)].admission }
  }

  private mutating func leaveGroup(_ slot: Int, _ isInFlight: Bool) {
    rows[slot].computed = Int(rows[slot].groupBase + group.steps)
    rows[slot].held = blocksFor(rows[slot].computed)
    // Everybody in the group got a token from each result since it was made.
    if marks.result > gatheredAt { rows[slot].lastToken = marks.result }
    if isInFlight {
      rows[slot].produced -= 1
      rows[slot].inFlight = 1
      rows[slot].outstanding = 1
    }
    running.append(Int32(slot))
  }

  // MARK: A step of the group

  /// Schedules a step in which every member of the group gets a token; `nil` where somebody might not, or where who comes
  /// first makes a difference.
  ///
  /// - Complexity: O(requests that prefill, are admitted, need a block or end).
  mutating func scheduleGroup(_ start: Call) -> StepShape? {
    var call = start
    let count = group.count
    guard count <= call.budget else { return nil }
    // Looked up copies are told apart by when they came, and that by who runs the longest.
    guard !settings.cachesPrefixes || group.prefilling.isEmpty else { return nil }
    let needing = group.needing(0)
    var needed = group.counts[needing]
    var wanted = count
    for slot in group.prefilling {
      let row = rows[Int(slot)]
      if call.isHeld && row.isMidPrefill { continue }
      let tokens = call.most(of: row.known - row.computed)
      wanted += tokens
      needed += max(0, blocksFor(row.computed + tokens) - row.held)
    }
    let isLastAlone =
      group.prefilling.count == 1
      && rows[Int(group.prefilling[0])].admission == admissions
    guard needed <= pool.free, wanted <= call.budget || isLastAlone else { return nil }

    let shape = plainShape
    giveBlocks(needing)
    call.budget -= count
    for slot in group.prefilling where call.budget > 0 {
      let row = rows[Int(slot)]
      let tokens = call.share(of: row.known - row.computed)
      if tokens == 0 || (call.isHeld && row.isMidPrefill) { continue }
      hold(
        max(0, blocksFor(row.computed + tokens) - row.held), Int(slot),
        through: row.computed + tokens)
      if row.isMidPrefill { call.carriesPrefill = true }
      rows[Int(slot)].scheduled = tokens
      scheduled.append(slot)
      call.budget -= tokens
    }
    scheduleWaiting(&call)
    if !call.isHeld { wasShortOfRoom = waiting.count > 0 }
    guard !scheduled.isEmpty || count > 0 else { return shape }
    if count > 0 {
      group.steps += 1
      group.context += count
    }
    while let slot = group.removeEnded(base: { rows[Int($0)].groupBase }) {
      group.leaving.append(slot)
    }
    return advance(shape, carriesPrefill: call.carriesPrefill)
  }

  /// Gives the members of a class their next block, and says what the blocks hold that this step fills.
  private mutating func giveBlocks(_ needing: Int) {
    guard settings.cachesPrefixes else { return pool.take(group.counts[needing]) }
    for slot in group.byBase[needing] {
      heldBlocks[Int(slot)].append(pool.take())
      rows[Int(slot)].held += 1
    }
    let filling = group.needing(1)
    guard group.counts[filling] > 0 else { return }
    var slots = group.byBase[filling]
    if slots.count > 1 { slots.sort { rows[Int($0)].admission < rows[Int($1)].admission } }
    for slot in slots {
      identify(Int(slot), through: Int(rows[Int(slot)].groupBase + group.steps) + 1)
    }
  }

  /// Takes in the result of a step of the group.
  mutating func finishGroup() {
    stepSizes.clear()
    ended.clear()
    if marks.isOn {
      marks.begin()
      marks.noteTogether(group.count + group.leaving.count)
    }
    if group.count > 0 || !group.leaving.isEmpty { preemptionsWithoutToken = 0 }
    for slot in group.leaving {
      let index = Int(slot)
      rows[index].computed = Int(rows[index].groupBase + group.steps)
      rows[index].produced = rows[index].output
      rows[index].lastToken = marks.result
      rows[index].held = blocksFor(rows[index].computed)
      ended.append(slot)
    }
    group.leaving.clear()
    for part in parts {
      let slot = Int(part.slot)
      let last = rows[slot].finish(part, result: marks.result)
      guard part.givesToken else { continue }
      preemptionsWithoutToken = 0
      if rows[slot].produced == 1 { news.firstTokens.append(slot) }
      if marks.isOn { noteToken(slot, last: last) }
      group.prefilling.removeAll { $0 == part.slot }
      if rows[slot].produced == rows[slot].output {
        ended.append(part.slot)
      } else {
        join(part.slot)
      }
    }
    parts.clear()
    if marks.isOn { endTokens() }
    if ended.count > 1 { ended.sort { rows[Int($0)].admission < rows[Int($1)].admission } }
    for slot in ended { complete(Int(slot)) }
    if !ended.isEmpty { checkBlocks() }
  }

  // MARK: Steps without news

  /// In how many steps from now on all that run get a token, and nobody begins to run or gives up its blocks; only the
  /// last of them may bring somebody's last token.
  ///
  /// - Complexity: O(tokens of a block).
  public func plainSteps() -> Int {
    guard isGrouped, stepSizes.isEmpty, group.prefilling.isEmpty, let first = group.members.first,
      group.count <= settings.tokenBudget
    else { return 0 }
    if waiting.count > 0 && !isClosed { return 0 }
    let most = Int(first.last - group.steps)
    // Every member needs a block once in as many steps as a block has tokens.
    let cycles = pool.free / group.count
    if cycles >= most / settings.blockSize + 1 { return most }
    var steps = cycles * settings.blockSize
    var left = pool.free - cycles * group.count
    while steps < most {
      left -= group.counts[group.needing(steps)]
      if left < 0 { break }
      steps += 1
    }
    return min(steps, most)
  }

  /// Whether nobody who waits is admitted as long as nobody ends.
  private var isClosed: Bool {
    if group.count >= settings.runningLimit || group.count == settings.tokenBudget { return true }
    guard !settings.cachesPrefixes, settings.prefillInterval == 1, let head = waiting.first else {
      return false
    }
    // What is free only shrinks while nobody ends.
    guard settings.reservesWholePrompt else { return false }
    return blocksFor(rows[Int(head)].known) > pool.free - settings.watermarkBlocks
  }

  /// What the first of those steps does.
  public var plainShape: StepShape {
    var shape = StepShape()
    shape.sequences = group.count
    shape.contextTokens = group.context
    shape.decodes = group.count
    shape.decodeContextTokens = group.context
    return shape
  }

  /// Takes so many of those steps at once; each reads as many tokens of context more as requests run.
  ///
  /// - Precondition: ``plainSteps()`` are more.
  /// - Complexity: O(tokens of a block), with a prefix cache O(steps + blocks taken).
  public mutating func takeQuietSteps(_ count: Int) {
    guard count > 0 else { return }
    if settings.cachesPrefixes {
      for _ in 0..<count {
        giveBlocks(group.needing(0))
        group.steps += 1
      }
    } else {
      let cycles = count / settings.blockSize
      var needed = cycles * group.count
      for step in 0..<(count % settings.blockSize) { needed += group.counts[group.needing(step)] }
      pool.take(needed)
      group.steps += Int64(count)
    }
    group.context += count * group.count
    // A call that is not held notes whether somebody waits; no call is held once somebody does.
    let held = wasShortOfRoom ? 0 : max(0, lastPrefill + settings.prefillInterval - 1 - steps)
    if count > held { wasShortOfRoom = waiting.count > 0 }
    steps += count
    news.clear()
    if marks.isOn {
      let before = marks.result
      marks.begin(count)
      marks.noteTogether(group.count)
      _ = marks.end(before: before) { rows[$0].lastToken }
    }
  }
}
