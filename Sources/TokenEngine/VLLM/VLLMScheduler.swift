// SPDX-License-Identifier: Apache-2.0

/// vLLM's scheduler: which requests get how many tokens in a step, and which KV blocks hold what.
///
/// There is no phase of prefill or of decode. Each step gives requests tokens until what is computed of a request has
/// caught up with what is known of it: its prompt and the answer so far. Requests that run go first, in the order in
/// which they were admitted; whoever finds no blocks makes the last of them give up its own and compute again later.
///
/// The scheduler knows no time. Who drives it adds requests, asks for a step, and says when the step's result is there;
/// under asynchronous scheduling it may ask for a second step before.
///
/// Source: the vLLM project, package `vllm` 0.33.0 (2026), `v1/core/sched/scheduler.py`,
/// `v1/core/sched/async_scheduler.py`, `v1/core/kv_cache_manager.py`.
public struct VLLMScheduler {
  /// The settings.
  public let settings: VLLMSettings

  var rows = SlotTable<Row>()
  var chains: ContiguousArray<BlockChain> = []
  /// The blocks that requests hold, where a prefix cache tells them apart.
  var heldBlocks: ContiguousArray<ContiguousArray<Int32>> = []
  /// Who runs, in the order of admission; only where nobody is in the group.
  var running: ContiguousArray<Int32> = []
  /// Who runs, where requests that decode are taken together.
  var group: DecodeGroup
  /// Whether requests that decode are taken together.
  var isGrouped = false
  /// Whether they ever are.
  let groups: Bool
  /// Of the settings what is asked for again and again.
  @usableFromInline let runningLimit: Int
  let tokenBudget: Int
  let watermarkBlocks: Int
  var admissions: Int64 = 0
  @usableFromInline var preemptionsWithoutToken = 0
  /// Who got a token when, where tokens are told.
  @usableFromInline var marks = TokenMarks()
  /// Who gets its last token from the result that is taken in.
  var ended: ContiguousArray<Int32> = []
  @usableFromInline var waiting: WaitingRequests
  @usableFromInline var pool: BlockPool

  /// The requests of the step that is being scheduled, in the order in which they were.
  var scheduled: ContiguousArray<Int32> = []
  /// The steps without a result yet, and their parts one after the other.
  var flights: ContiguousArray<Flight> = []
  var parts: ContiguousArray<Part> = []

  /// Whether nobody is admitted: only members of the group are looked at.
  var isClosedToNewcomers = false
  /// Whether requests waited when plain steps were asked for.
  var waitedBeforeRow = false
  /// Whether requests waited at the end of the last call that neither paused prefill nor preempted.
  var wasShortOfRoom = false
  /// Steps so far, and the number of the last that carried prefill.
  var steps = 0
  var lastPrefill: Int

  /// What the last call of ``schedule()`` and of ``finish()`` did, for who drives the scheduler.
  public internal(set) var news = SchedulerNews()

  /// A scheduler without requests.
  ///
  /// - Parameter groups: whether requests that decode are taken together, which gives the same and is faster.
  /// - Precondition: the settings leave a block, a token and a request.
  public init(settings: VLLMSettings, groups: Bool = true) {
    precondition(
      settings.usableBlocks > 0 && settings.blockSize > 0 && settings.tokenBudget > 0
        && settings.runningLimit > 0 && settings.prefillInterval > 0,
      "an engine has room for a token")
    self.settings = settings
    runningLimit = settings.runningLimit
    tokenBudget = settings.tokenBudget
    watermarkBlocks = settings.watermarkBlocks
    waiting = WaitingRequests(byPriority: settings.policy == .priority)
    pool = BlockPool(count: settings.usableBlocks, cachesPrefixes: settings.cachesPrefixes)
    lastPrefill = -settings.prefillInterval
    self.groups = groups
    group = DecodeGroup(blockSize: settings.blockSize, knowsMembers: settings.cachesPrefixes)
  }

  /// Requests that run.
  public package(set) var runningCount = 0

  /// Whether a request waits or runs.
  @inlinable public var hasRequests: Bool { runningCount > 0 || waiting.count > 0 }

  /// Requests that wait, those that were preempted among them.
  @inlinable public var waitingCount: Int { waiting.count }

  /// Blocks that can be had.
  @inlinable public var freeBlocks: Int { pool.free }

  /// Whether requests take each other's blocks without end: none has got a token in a million preemptions.
  ///
  /// It happens where priorities and arrivals are equal, and requests are admitted before all of their tokens fit.
  @inlinable public var isThrashing: Bool { preemptionsWithoutToken >= 1_000_000 }

  // MARK: Arrivals

  /// Adds a request behind those that wait.
  ///
  /// Requests are added in the order of their arrival, those of one instant in the order of their ids.
  ///
  /// - Precondition: the settings do not refuse it.
  /// - Returns: the number by which news name it, until it is completed.
  @discardableResult
  public mutating func add(_ request: TokenRequest) -> Int {
    precondition(
      settings.refusal(promptTokens: request.promptTokens, outputTokens: request.outputTokens)
        == nil, "a request fits in the engine")
    var row = Row()
    row.id = request.id
    row.arrival = request.arrival
    row.priority = request.priority
    row.prompt = request.promptTokens
    row.output = request.outputTokens
    row.place = .waiting
    let slot = rows.add(row)
    if settings.cachesPrefixes {
      if slot == chains.count {
        chains.append(BlockChain())
        heldBlocks.append([])
      }
      chains[slot] = request.blocks
    }
    waiting.append(Int32(slot), &rows)
    return slot
  }

  // MARK: A step

  /// Schedules a step.
  ///
  /// - Returns: what the step does; empty where nothing can be done, which is no step and takes no time.
  /// - Complexity: O(requests that run + admitted), with a prefix cache also O(blocks looked at).
  public mutating func schedule() -> StepShape {
    news.admitted.clear()
    news.preempted.clear()
    scheduled.clear()
    if groups && !isGrouped { gather() }
    var call = Call(budget: tokenBudget)
    call.threshold = threshold()
    call.isHeld = !wasShortOfRoom && steps + 1 - lastPrefill < settings.prefillInterval
    if isGrouped {
      // Somebody runs who is through with the prompt.
      call.isHeld = call.isHeld && runningCount > group.prefilling.count
      if let shape = scheduleGroup(call) { return shape }
      disperse()
    } else {
      call.isHeld = call.isHeld && running.contains { !rows[Int($0)].isMidPrefill }
    }
    scheduleRunning(&call)
    if news.preempted.isEmpty && waiting.count > 0 { scheduleWaiting(&call) }
    if !call.isHeld && news.preempted.isEmpty { wasShortOfRoom = waiting.count > 0 }
    return advance(carriesPrefill: call.carriesPrefill)
  }

  /// The most tokens of one prompt in this call; 0 for no such bound.
  private func threshold() -> Int {
    let requests = runningCount + waiting.count
    guard settings.longPromptThreshold > 0, requests > 1 else { return 0 }
    guard settings.adaptsLongPromptThreshold else { return settings.longPromptThreshold }
    return max(settings.longPromptThreshold, settings.maxBatchedTokens / requests)
  }

  private mutating func scheduleRunning(_ call: inout Call) {
    var index = 0
    while index < running.count, call.budget > 0 {
      let slot = Int(running[index])
      let row = rows[slot]
      let isLastOnTheWay =
        row.inFlight > 0 && row.computed + 2 - row.inFlight >= row.prompt + row.output
      let tokens = call.share(of: row.known - row.computed)
      if isLastOnTheWay || (call.isHeld && row.isMidPrefill) || tokens == 0 {
        index += 1
        continue
      }
      let needed = max(0, blocksFor(row.computed + tokens) - row.held)
      var hasRoom = needed <= pool.free
      while !hasRoom {
        let victim = victimIndex()
        preempt(at: victim, &call)
        if victim == index { break }
        if victim < index { index -= 1 }
        hasRoom = needed <= pool.free
      }
      guard hasRoom else {
        // Under priorities the next one, which now stands at this index, may still fit.
        if settings.policy == .fcfs { return }
        continue
      }
      hold(needed, slot, through: row.computed + tokens)
      if row.isMidPrefill { call.carriesPrefill = true }
      rows[slot].scheduled = tokens
      scheduled.append(Int32(slot))
      call.budget -= tokens
      index += 1
    }
  }

  /// Who gives up its blocks: the last that was admitted, or the least urgent, of equals the first that was admitted.
  private func victimIndex() -> Int {
    guard settings.policy == .priority else { return running.count - 1 }
    var worst = 0
    for index in running.indices.dropFirst() {
      let (left, right) = (rows[Int(running[index])], rows[Int(running[worst])])
      if (left.priority, left.arrival) > (right.priority, right.arrival) { worst = index }
    }
    return worst
  }

  private mutating func preempt(at index: Int, _ call: inout Call) {
    let slot = Int(running.remove(at: index))
    if rows[slot].scheduled > 0 {
      call.budget += rows[slot].scheduled
      rows[slot].scheduled = 0
      scheduled.removeAll { $0 == Int32(slot) }
    }
    letGo(slot)
    runningCount -= 1
    rows[slot].computed = 0
    rows[slot].isMidPrefill = false
    rows[slot].preemptions += 1
    preemptionsWithoutToken += 1
    rows[slot].place = .waiting
    waiting.putBack(Int32(slot), &rows)
    news.preempted.append(slot)
    if marks.isOn { marks.preempt(slot) }
  }

  /// Admits requests that wait.
  mutating func scheduleWaiting(_ call: inout Call) {
    while call.budget > 0, runningCount < runningLimit, let head = waiting.first {
      let slot = Int(head)
      let row = rows[slot]
      let hits = settings.cachesPrefixes ? hits(of: slot) : Hits()
      let found = hits.count * settings.blockSize
      let left = row.known - found
      if call.isHeld && left > 1 { break }
      let wanted = call.most(of: left)
      if !settings.chunksPrompts && wanted > call.budget { break }
      let tokens = min(wanted, call.budget)
      let spare = pool.free - (runningCount == 0 ? 0 : watermarkBlocks)
      if settings.reservesWholePrompt, hits.blocksNeeded(blocksFor(row.known)) > spare { break }
      let needed = max(0, blocksFor(found + tokens) - hits.count)
      if needed + hits.unused > spare { break }

      waiting.removeFirst(&rows)
      if isGrouped { group.prefilling.append(head) } else { running.append(head) }
      runningCount += 1
      admissions += 1
      rows[slot].admit(admissions, found: found, tokens: tokens)
      if settings.cachesPrefixes { share(hits.count, slot) }
      hold(needed, slot, through: found + tokens)
      if left > 1 { call.carriesPrefill = true }
      scheduled.append(head)
      call.budget -= tokens
      news.admitted.append(
        SchedulerNews.Admission(slot: slot, cachedTokens: found, isFirst: row.cached < 0))
    }
  }

  /// Makes a step of what was scheduled, and of the members of the group.
  mutating func advance(
    _ together: StepShape = StepShape(), carriesPrefill: Bool
  ) -> StepShape {
    var shape = together
    guard !scheduled.isEmpty || !together.isEmpty else {
      if carriesPrefill { lastPrefill = steps }
      return shape
    }
    if !scheduled.isEmpty { advanceScheduled(&shape) }
    flights.append(
      Flight(
        parts: scheduled.count, members: together.decodes, step: isGrouped ? group.steps : -1))
    steps += 1
    if carriesPrefill { lastPrefill = steps }
    return shape
  }

  /// Adds what was scheduled of requests by themselves.
  private mutating func advanceScheduled(_ shape: inout StepShape) {
    for slot in scheduled {
      let part = rows[Int(slot)].advance(slot, &shape)
      parts.append(part)
      guard part.givesToken && isGrouped else { continue }
      if group.prefilling.last == slot {
        group.prefilling.removeLast()
      } else {
        group.prefilling.removeAll { $0 == slot }
      }
      join(slot)
    }
  }

  // MARK: Its result

  /// Takes in the result of the step that was scheduled first of those in flight.
  ///
  /// - Precondition: a step is in flight.
  /// - Complexity: O(requests of the step), and O(requests that run) where one is completed.
  public mutating func finish() {
    precondition(!flights.isEmpty, "a step is in flight")
    let flight = flights.takeFirst()
    news.firstTokens.clear()
    news.completed.clear()
    ended.clear()
    if marks.isOn { marks.begin() }
    if flight.members > 0 { finishMembers(flight) }
    if flight.parts > 0 {
      for index in 0..<flight.parts { finish(parts[index]) }
      if flight.parts == parts.count {
        parts.clear()
      } else {
        parts.removeSubrange(0..<flight.parts)
      }
    }
    if marks.isOn { endTokens() }
    guard !ended.isEmpty else { return }
    if isGrouped && ended.count > 1 {
      ended.sort { rows[Int($0)].admission < rows[Int($1)].admission }
    }
    for slot in ended {
      if identifiesLate && isGrouped { identify(Int(slot), through: rows[Int(slot)].computed) }
      complete(Int(slot))
    }
    if !isGrouped { running.removeAll { rows[Int($0)].place != .running } }
    checkBlocks()
  }

  /// Whether blocks get their identities once the tokens in them are known, and not when they are scheduled.
  private var identifiesLate: Bool { settings.isAsynchronous && settings.cachesPrefixes }

  /// Takes in what a step brings one request.
  private mutating func finish(_ part: Part) {
    guard part.slot >= 0 else { return }
    let slot = Int(part.slot)
    let (last, produced, isLast) = rows[slot].finish(part, result: marks.result)
    guard part.givesToken else { return }
    preemptionsWithoutToken = 0
    if produced == 1 { news.firstTokens.append(slot) }
    if marks.isOn {
      marks.note(slot, last: last, before: marks.result - 1, isFirst: produced == 1)
    }
    // Also of a request that this token completes: its blocks are found by others once it has gone.
    // In a group that is done when the next step is scheduled, and below.
    if identifiesLate && !isGrouped && rows[slot].place == .running {
      identify(slot, through: rows[slot].computed - rows[slot].outstanding)
    }
    guard isLast else { return }
    ended.append(part.slot)
    if isGrouped { group.closing.removeAll { $0 == part.slot } }
  }

  /// Blocks are conserved: where nobody runs, all are free.
  func checkBlocks() {
    precondition(
      runningCount > 0 || pool.free == settings.usableBlocks, "a block was lost, or taken twice")
  }

  /// Ends a request whose last token is there.
  mutating func complete(_ slot: Int) {
    let row = rows[slot]
    news.completed.append(
      SchedulerNews.Completion(
        slot: slot, id: row.id, preemptions: row.preemptions, cachedTokens: max(0, row.cached)))
    if row.place == .waiting {
      waiting.remove(Int32(slot), &rows)
    } else {
      runningCount -= 1
    }
    letGo(slot)
    marks.leave(row.lastToken)
    rows[slot].leave()
    rows.free(slot)
  }
}
