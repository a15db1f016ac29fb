// SPDX-License-Identifier: Apache-2.0

/// Schedulers that take blocks for a whole prompt when they admit it: Sarathi's chunks beside decodes, and the first
/// vLLM's prompts before decodes.
///
/// One step is in flight at a time. A request that has to give up its blocks computes its prompt and its answer so far
/// again, and waits at the head of the queue. Where that happens in the midst of its prompt, as in the simulator that is
/// the source, the part that was computed is its prompt from then on, whose end is told as its first token, and the rest of
/// the prompt is computed token by token. Sources: ``PromptReservingSettings``.
public struct PromptReservingScheduler {
  enum Place: UInt8 { case none, waiting, running }

  struct Row {
    let id: Int
    let arrival: Int64
    /// Tokens that are computed in parts; after a restart also those of the answer so far.
    var prompt: Int
    let asked: Int
    let total: Int
    /// Tokens that are known and were put through, the last of the answer among them.
    var processed = 0
    var blocks = 0
    var place = Place.waiting
    /// The number of the result that brought its last token; -1 for none.
    var lastToken = -1
    var isPrefilled = false
    var hasFirstToken = false
    var hasRun = false
    var restarts = 0

    /// Tokens of the answer that are there.
    var produced = 0

    /// Notes that tokens were put through.
    ///
    /// - Returns: whether there is one more of the answer than ever before.
    mutating func produce() -> Bool {
      guard isPrefilled, processed - asked > produced else { return false }
      produced = processed - asked
      return true
    }
  }

  /// The settings.
  public let settings: PromptReservingSettings

  var rows = SlotTable<Row>()
  /// Who waits, the next in front.
  @usableFromInline var waiting: ContiguousArray<Int> = []
  /// Who holds blocks and is not in the step, in the order in which steps gave them back.
  var resident: ContiguousArray<Int> = []
  @usableFromInline package var residents = 0
  @usableFromInline var free: Int
  var parts: ContiguousArray<(slot: Int, tokens: Int)> = []
  private let watermark: Int
  @usableFromInline var marks = TokenMarks()

  /// What the last calls did.
  public private(set) var news = SchedulerNews()

  /// A scheduler without requests.
  public init(settings: PromptReservingSettings) {
    precondition(
      settings.blocks > 0 && settings.blockSize > 0 && settings.maxSequences > 0,
      "an engine has room for a token")
    self.settings = settings
    free = settings.blocks
    watermark = settings.watermarkBlocks
  }

  /// Requests that wait, those that compute again among them.
  @inlinable public var waitingCount: Int { waiting.count }
  /// Requests that hold blocks.
  @inlinable public var runningCount: Int { residents }
  /// Whether a request waits or holds blocks.
  @inlinable public var hasRequests: Bool { residents > 0 || !waiting.isEmpty }
  /// Blocks that can be had.
  @inlinable public var freeBlocks: Int { free }

  /// Adds a request behind those that wait; requests are added in the order of their arrival.
  ///
  /// - Returns: the number by which news name it, until it is completed.
  @discardableResult
  public mutating func add(_ request: TokenRequest) -> Int {
    let row = Row(
      id: request.id, arrival: request.arrival, prompt: request.promptTokens,
      asked: request.promptTokens,
      total: request.promptTokens + request.outputTokens)
    let slot = rows.add(row)
    waiting.append(slot)
    return slot
  }

  /// Schedules a step.
  ///
  /// - Precondition: none is in flight.
  /// - Returns: what the step does; empty where nothing can be done.
  /// - Complexity: O(requests that hold blocks + admitted).
  public mutating func schedule() -> StepShape {
    precondition(parts.isEmpty, "one step is in flight at a time")
    news.admitted.removeAll(keepingCapacity: true)
    news.preempted.removeAll(keepingCapacity: true)
    switch settings.kind {
    case .sarathi(let chunk): scheduleChunks(chunk)
    case .vllm0(let most): schedulePromptsOrDecodes(most)
    }
    var shape = StepShape()
    for part in parts {
      let row = rows[part.slot]
      if row.isPrefilled {
        shape.addDecode(context: row.processed)
      } else {
        shape.addPrefill(tokens: part.tokens, context: row.processed)
      }
    }
    return shape
  }

  private mutating func scheduleChunks(_ chunk: Int) {
    var tokens = 0
    var prefills: ContiguousArray<Int> = []
    var kept: ContiguousArray<Int> = []
    var visited = 0
    while visited < resident.count, parts.count < settings.maxSequences {
      let slot = resident[visited]
      visited += 1
      guard rows[slot].isPrefilled else {
        prefills.append(slot)
        continue
      }
      if decode(slot, visited: visited) { tokens += 1 }
    }
    resident.removeSubrange(0..<min(visited, resident.count))
    for slot in prefills {
      let share = min(rows[slot].prompt - rows[slot].processed, chunk - tokens)
      guard share > 0 else {
        kept.append(slot)
        continue
      }
      tokens += share
      parts.append((slot, share))
    }
    resident = kept + resident
    sortResidents()
    while let slot = waiting.first, hasRoom(for: slot), tokens < chunk {
      let share = min(rows[slot].prompt, chunk - tokens)
      admit(slot)
      tokens += share
      parts.append((slot, share))
    }
  }

  private mutating func schedulePromptsOrDecodes(_ most: Int) {
    var longest = 0
    while let slot = waiting.first, hasRoom(for: slot) {
      let padded = max(longest, rows[slot].prompt)
      guard (parts.count + 1) * padded <= most else { break }
      longest = padded
      admit(slot)
      parts.append((slot, rows[slot].prompt))
    }
    guard parts.isEmpty else { return }
    sortResidents()
    var visited = 0
    while visited < resident.count, parts.count < settings.maxSequences {
      visited += 1
      _ = decode(resident[visited - 1], visited: visited)
    }
    resident.removeSubrange(0..<min(visited, resident.count))
  }

  /// Puts the residents that no step has into the order of their arrival; those of one instant keep theirs.
  private mutating func sortResidents() {
    let places = resident.indices.sorted {
      (rows[resident[$0]].arrival, $0) < (rows[resident[$1]].arrival, $1)
    }
    resident = ContiguousArray(places.map { resident[$0] })
  }

  private func hasRoom(for slot: Int) -> Bool {
    residents < settings.maxSequences && parts.count < settings.maxSequences
      && free - blocksFor(rows[slot].prompt) >= watermark
  }

  private func blocksFor(_ tokens: Int) -> Int {
    (tokens + settings.blockSize - 1) / settings.blockSize
  }

  private mutating func admit(_ slot: Int) {
    waiting.removeFirst()
    let blocks = blocksFor(rows[slot].prompt)
    free -= blocks
    residents += 1
    rows[slot].blocks = blocks
    rows[slot].place = .running
    news.admitted.append(
      SchedulerNews.Admission(slot: slot, cachedTokens: 0, isFirst: !rows[slot].hasRun))
    rows[slot].hasRun = true
  }

  /// Puts a request's next token into the step; where no block is free, the last resident that was not visited makes
  /// room, or else the request itself, and then it is not in the step.
  private mutating func decode(_ slot: Int, visited: Int) -> Bool {
    while free < 1 {
      if resident.count > visited {
        restart(resident.removeLast())
      } else {
        restart(slot)
        return false
      }
    }
    if rows[slot].processed > rows[slot].blocks * settings.blockSize {
      rows[slot].blocks += 1
      free -= 1
    }
    parts.append((slot, 1))
    return true
  }

  private mutating func restart(_ slot: Int) {
    free += rows[slot].blocks
    residents -= 1
    rows[slot].blocks = 0
    rows[slot].place = .waiting
    rows[slot].isPrefilled = false
    rows[slot].prompt = rows[slot].processed
    rows[slot].processed = 0
    rows[slot].restarts += 1
    waiting.insert(slot, at: 0)
    news.preempted.append(slot)
    if marks.isOn { marks.preempt(slot) }
  }

  /// Takes in the result of the step.
  ///
  /// - Complexity: O(requests of the step).
  public mutating func finish() {
    news.firstTokens.removeAll(keepingCapacity: true)
    news.completed.removeAll(keepingCapacity: true)
    if marks.isOn { marks.begin() }
    for (slot, tokens) in parts where slot >= 0 {
      rows[slot].processed += tokens
      if !rows[slot].isPrefilled, rows[slot].processed == rows[slot].prompt {
        rows[slot].isPrefilled = true
        rows[slot].processed += 1
        if !rows[slot].hasFirstToken { news.firstTokens.append(slot) }
        rows[slot].hasFirstToken = true
      }
      if rows[slot].produce(), marks.isOn { noteToken(slot) }
      if rows[slot].processed == rows[slot].total { complete(slot) } else { resident.append(slot) }
    }
    parts.removeAll(keepingCapacity: true)
    if marks.isOn { endTokens() }
  }

  private mutating func complete(_ slot: Int) {
    free += rows[slot].blocks
    residents -= 1
    news.completed.append(
      SchedulerNews.Completion(
        slot: slot, id: rows[slot].id, preemptions: rows[slot].restarts, cachedTokens: 0))
    forget(slot)
  }

  /// Gives the number of a request to whoever comes next.
  mutating func forget(_ slot: Int) {
    marks.leave(rows[slot].lastToken)
    rows[slot].lastToken = -1
    rows[slot].blocks = 0
    rows[slot].place = .none
    rows.free(slot)
  }
}
