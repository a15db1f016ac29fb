// SPDX-License-Identifier: Apache-2.0

extension VLLMScheduler {
  // MARK: In and out of the group

  /// Takes requests that decode together, where blocks for a step are there and steps in flight are the same to all.
  ///
  /// - Complexity: O(requests that run · log of them).
  mutating func gather() {
    guard pool.free >= running.count, flights.count < stepsAhead, areInStep else { return }
    isGrouped = true
    for slot in running {
      guard rows[Int(slot)].decodes else {
        group.prefilling.append(slot)
        continue
      }
      join(slot)
      // With a step in flight, all have a token from it before the group has one.
      if marks.isOn && flights.isEmpty { marks.take(Int(slot), last: rows[Int(slot)].lastToken) }
    }
    running.clear()
  }

  /// Whether each request that decodes has a token in each step in flight, and no other has.
  private var areInStep: Bool {
    let flying = flights.count
    return running.allSatisfy {
      rows[Int($0)].inFlight == (rows[Int($0)].decodes ? flying : 0)
    }
  }

  /// Adds a request that decodes to the group, unless its last token is on the way.
  mutating func join(_ slot: Int32) {
    let (base, left) = rows[Int(slot)].join(group.steps)
    if left > 0 {
      group.join(slot, base: base, tokens: left)
    } else {
      group.closing.append(slot)
    }
  }

  /// Looks at every request that runs by itself again, also while steps of the group are in flight.
  ///
  /// - Complexity: O(requests that run · log of them).
  mutating func disperse() {
    isGrouped = false
    marks.disperse()
    for member in group.members { running.append(member.slot) }
    for member in group.leaving { running.append(member.slot) }
    running += group.closing
    running.sort { rows[Int($0)].admission < rows[Int($1)].admission }
    let changes = running.map { counts(of: rows[Int($0)]) }
    separateFlights()
    for (slot, count) in zip(running, changes) { leaveGroup(Int(slot), count) }
    if !group.prefilling.isEmpty {
      running += group.prefilling
      running.sort { rows[Int($0)].admission < rows[Int($1)].admission }
    }
    group.removeAll()
  }

  /// Makes parts of what steps in flight bring to members of the group.
  private mutating func separateFlights() {
    guard flights.contains(where: { $0.members > 0 }) else {
      for index in flights.indices { flights[index].step = -1 }
      return
    }
    var all: ContiguousArray<Part> = []
    var start = 0
    for index in flights.indices {
      let flight = flights[index]
      let first = all.count
      for slot in running where flight.members > 0 {
        let (joined, last) = rows[Int(slot)].membership
        guard joined < flight.step && flight.step <= last else { continue }
        all.append(Part(slot: slot, tokens: 1, givesToken: true))
      }
      all += parts[start..<(start + flight.parts)]
      start += flight.parts
      if flight.members > 0 { all[first...].sort { admission(of: $0) < admission(of: $1) } }
      flights[index] = Flight(parts: all.count - first)
    }
    parts = all
  }

  private func admission(of part: Part) -> Int64 {
    part.slot >= 0 ? rows[Int(part.slot)].admission : .max
  }

  private mutating func leaveGroup(
    _ slot: Int, _ count: (computed: Int, produced: Int, inFlight: Int)
  ) {
    let (computed, produced, inFlight) = count
    // Everybody in the group gets a token from each result.
    if produced > rows[slot].produced { rows[slot].lastToken = marks.result }
    rows[slot].outstanding += inFlight - rows[slot].inFlight
    rows[slot].computed = computed
    rows[slot].produced = produced
    rows[slot].inFlight = inFlight
    rows[slot].held = blocksFor(computed)
    rows[slot].isMember = false
  }

  /// What is scheduled and produced of a member of the group, and its tokens in steps in flight.
  func counts(of row: Row) -> (computed: Int, produced: Int, inFlight: Int) {
    let (first, last) = row.membership
    let reached = min(last, group.steps)
    // Steps of the group are in flight behind all that have a result.
    let flying = flights.reduce(0) {
      $0 + ($1.members > 0 && $1.step > first && $1.step <= last ? 1 : 0)
    }
    return (
      Int(row.groupBase + reached), row.produced + Int(reached - first) - flying,
      row.inFlight + flying
    )
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
    var needed = group.counts[group.needing]
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
    giveBlocks()
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
    if isClosedToNewcomers {
      if !call.isHeld { wasShortOfRoom = waitedBeforeRow }
    } else {
      if waiting.count > 0 { scheduleWaiting(&call) }
      if !call.isHeld { wasShortOfRoom = waiting.count > 0 }
    }
    guard !scheduled.isEmpty || count > 0 else { return shape }
    if count > 0 { group.take(1) }
    while let member = group.removeEnded(base: { rows[Int($0)].groupBase }) {
      group.leaving.append(member)
    }
    return advance(shape, carriesPrefill: call.carriesPrefill)
  }

  /// Gives members the blocks that they need in this step, and says what the blocks hold that it fills.
  private mutating func giveBlocks() {
    guard settings.cachesPrefixes else { return pool.take(group.counts[group.needing]) }
    for slot in group.byBase[group.needing] {
      heldBlocks[Int(slot)].append(pool.take())
      rows[Int(slot)].held += 1
    }
    // Tokens of a step in flight are not known yet.
    let known = 1 - flights.count
    let filling = known == 0 ? group.needing : group.next(group.needing)
    guard group.counts[filling] > 0 else { return }
    var slots = group.byBase[filling]
    if slots.count > 1 { slots.sort { rows[Int($0)].admission < rows[Int($1)].admission } }
    for slot in slots {
      identify(Int(slot), through: Int(rows[Int(slot)].groupBase + group.steps) + known)
    }
  }

  /// Takes in what a step brings the members of the group.
  mutating func finishMembers(_ flight: Flight) {
    preemptionsWithoutToken = 0
    if marks.isOn { marks.noteTogether(flight.members) }
    var through = 0
    while through < group.leaving.count, group.leaving[through].last == flight.step {
      let slot = Int(group.leaving[through].slot)
      rows[slot].finishMember(flight.step, result: marks.result, blockSize: settings.blockSize)
      ended.append(Int32(slot))
      through += 1
    }
    if through == group.leaving.count {
      group.leaving.clear()
    } else {
      group.leaving.removeSubrange(0..<through)
    }
  }

  // MARK: Steps without news

  /// In how many steps from now on all that run get a token, and nobody begins to run or gives up its blocks; only the
  /// last of them may bring somebody's last token.
  ///
  /// - Complexity: O(tokens of a block).
  public mutating func plainSteps() -> PlainSteps {
    let count = plainCount
    guard count > 0 else { return .none }
    waitedBeforeRow = waiting.count > 0
    return PlainSteps(count: count, first: plainShape)
  }

  /// Yes.
  @inlinable public var schedulesPlain: Bool { true }

  /// Schedules a step in which the members of the group get a token each, and nobody else, whoever came meanwhile.
  ///
  /// - Precondition: it is one of ``plainSteps()``.
  public mutating func schedulePlain() -> StepShape {
    isClosedToNewcomers = true
    defer { isClosedToNewcomers = false }
    return schedule()
  }

  private var plainCount: Int {
    guard isGrouped, flights.count == stepsAhead - 1, group.prefilling.isEmpty,
      group.leaving.isEmpty, group.closing.isEmpty, let first = group.members.first,
      group.count <= tokenBudget
    else { return 0 }
    if let flight = flights.first, flight.parts > 0 || flight.members != group.count { return 0 }
    if waiting.count > 0 && !isClosed { return 0 }
    let most = Int(first.last - group.steps)
    // Every member needs a block once in as many steps as a block has tokens.
    let cycles = pool.free / group.count
    if cycles >= most / settings.blockSize + 1 { return most }
    var steps = cycles * settings.blockSize
    var left = pool.free - cycles * group.count
    var place = group.needing
    while steps < most {
      left -= group.counts[place]
      if left < 0 { break }
      place = group.next(place)
      steps += 1
    }
    return min(steps, most)
  }

  /// Whether nobody who waits is admitted as long as nobody ends.
  private var isClosed: Bool {
    if group.count >= runningLimit || group.count == tokenBudget { return true }
    guard !settings.cachesPrefixes, settings.prefillInterval == 1, let head = waiting.first else {
      return false
    }
    // What is free only shrinks while nobody ends.
    guard settings.reservesWholePrompt else { return false }
    return blocksFor(rows[Int(head)].known) > pool.free - watermarkBlocks
  }

  /// What the members of the group do in the next step.
  private var plainShape: StepShape {
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
        giveBlocks()
        group.take(1)
      }
    } else {
      let cycles = count / settings.blockSize
      var needed = cycles * group.count
      var place = group.needing
      for _ in 0..<(count - cycles * settings.blockSize) {
        needed += group.counts[place]
        place = group.next(place)
      }
      pool.take(needed)
      group.take(count)
    }
    // Of the steps in flight the first have their results, and others are there for them.
    if !flights.isEmpty { flights[0].step = group.steps }
    // A call that is not held notes whether somebody waits; no call is held once somebody does.
    let held = wasShortOfRoom ? 0 : max(0, lastPrefill + settings.prefillInterval - 1 - steps)
    if count > held { wasShortOfRoom = waitedBeforeRow }
    steps += count
    news.clear()
    if marks.isOn && !marks.noteQuiet(count, together: group.count) {
      let before = marks.result
      marks.begin(count)
      marks.noteTogether(group.count)
      _ = marks.end(before: before) { rows[$0].lastToken }
    }
  }
}
