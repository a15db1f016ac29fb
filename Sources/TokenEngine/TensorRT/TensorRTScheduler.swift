// SPDX-License-Identifier: Apache-2.0

/// TensorRT-LLM's scheduler: first who may hold KV blocks, then whose tokens run.
///
/// Requests stay in the order in which they came, whatever happens to them. A request takes the blocks of its whole
/// prompt with the first part of it.
///
/// Source: the TensorRT-LLM project, NVIDIA/TensorRT-LLM commit 002f3cc (2026),
/// `tensorrt_llm/_torch/pyexecutor/scheduler/scheduler.py`. See ``TensorRTSettings`` for what is not built.
public struct TensorRTScheduler {
  enum Place: UInt8 { case none, queued, active }

  /// What is known of one request.
  struct Row {
    var id = 0
    /// Tokens that are computed before the next token of the answer; after a pause also the answer so far.
    var context = 0
    /// Tokens of prompt and answer in the end.
    var total = 0
    var output = 0
    /// Tokens of the answer that are there.
    var produced = 0
    /// Tokens whose keys and values are there.
    var computed = 0
    var blocks = 0
    var pauses = 0
    var hasRun = false
    var place = Place.none
    /// The number of the result that brought its last token; -1 for none.
    var lastToken = -1
    /// Its tokens in the step that is being scheduled.
    var chunk = 0

    /// Whether it holds blocks.
    var isStarted: Bool { blocks > 0 }
    /// Whether its context is computed.
    var isGenerating: Bool { isStarted && computed >= context }
    /// Tokens of its context that are not computed.
    var contextLeft: Int { context - computed }
  }

  /// One request of a step.
  struct Part {
    /// Which request; -1 where it has been cancelled.
    var slot: Int
    let tokens: Int
    let isDecode: Bool
  }

  /// The settings.
  public let settings: TensorRTSettings

  var rows = SlotTable<Row>()
  /// Requests that the engine looks at, at most `max_batch_size`, in the order in which they came.
  @usableFromInline var active: ContiguousArray<Int> = []
  /// Requests behind those, and where the first of them stands.
  @usableFromInline var queue: ContiguousArray<Int> = []
  @usableFromInline var queueStart = 0
  private var parts: ContiguousArray<Part> = []
  @usableFromInline var marks = TokenMarks()

  /// Blocks that can be had.
  public package(set) var freeBlocks: Int
  /// Requests that hold blocks.
  public package(set) var runningCount = 0
  /// What the last calls did.
  public internal(set) var news = SchedulerNews()

  /// A scheduler without requests.
  ///
  /// - Precondition: the settings have no ``TensorRTSettings/problem``.
  public init(settings: TensorRTSettings) {
    precondition(settings.problem == nil, "an engine can run")
    self.settings = settings
    freeBlocks = settings.blocks
  }

  @inlinable var queued: Int { queue.count - queueStart }

  /// The first request that the engine does not look at yet.
  var firstInQueue: Int? { queued > 0 ? queue[queueStart] : nil }
  /// Whether the result of every step is there.
  var hasNoStepInFlight: Bool { parts.isEmpty }

  /// Whether a request waits or runs.
  @inlinable public var hasRequests: Bool { !active.isEmpty || queued > 0 }
  /// Requests that wait, those that were paused among them.
  @inlinable public var waitingCount: Int { active.count + queued - runningCount }

  /// Adds a request behind the others.
  ///
  /// - Precondition: the settings do not refuse it.
  @discardableResult
  public mutating func add(_ request: TokenRequest) -> Int {
    precondition(
      settings.refusal(promptTokens: request.promptTokens, outputTokens: request.outputTokens)
        == nil, "a request fits in the engine")
    var row = Row()
    row.id = request.id
    row.context = request.promptTokens
    row.total = request.promptTokens + request.outputTokens
    row.output = request.outputTokens
    row.place = .queued
    let slot = rows.add(row)
    queue.append(slot)
    return slot
  }

  // MARK: A step

  /// Schedules a step.
  ///
  /// - Precondition: none is in flight.
  /// - Returns: what the step does; empty where nothing can be done.
  /// - Complexity: O(requests that the engine looks at), where prompts progress in turn also O(units of the step).
  public mutating func schedule() -> StepShape {
    precondition(parts.isEmpty, "one step is in flight at a time")
    news.admitted.removeAll(keepingCapacity: true)
    news.preempted.removeAll(keepingCapacity: true)
    fetch()
    let fitting = requestsThatFit()
    let (contexts, decodes) = requestsOfStep(fitting)
    var shape = StepShape()
    for slot in contexts {
      let row = rows[slot]
      shape.addPrefill(tokens: row.chunk, context: row.computed)
      if !row.isStarted { start(slot) }
      parts.append(Part(slot: slot, tokens: row.chunk, isDecode: false))
    }
    for slot in decodes {
      shape.addDecode(context: rows[slot].computed)
      hold(slot, through: rows[slot].computed + 1)
      parts.append(Part(slot: slot, tokens: 1, isDecode: true))
    }
    return shape
  }

  /// Looks at more requests as others end.
  private mutating func fetch() {
    while active.count < settings.maxBatchSize, queueStart < queue.count {
      rows[queue[queueStart]].place = .active
      active.append(queue[queueStart])
      queueStart += 1
    }
    if queueStart > 64 && queueStart * 2 > queue.count {
      queue.removeSubrange(0..<queueStart)
      queueStart = 0
    }
  }

  /// Gives a request the blocks of its context.
  private mutating func start(_ slot: Int) {
    hold(slot, through: rows[slot].context)
    runningCount += 1
    news.admitted.append(
      SchedulerNews.Admission(slot: slot, cachedTokens: 0, isFirst: !rows[slot].hasRun))
    rows[slot].hasRun = true
  }

  /// Takes the blocks that a request lacks for so many tokens.
  mutating func hold(_ slot: Int, through tokens: Int) {
    let needed = max(0, blocksFor(tokens) - rows[slot].blocks)
    precondition(needed <= freeBlocks, "the blocks of a request that fits are free")
    freeBlocks -= needed
    rows[slot].blocks += needed
  }

  /// The blocks that so many tokens fill or begin.
  func blocksFor(_ tokens: Int) -> Int {
    (tokens + settings.blockSize - 1) / settings.blockSize
  }

  /// Gives up the blocks of a request.
  mutating func letGo(_ slot: Int) {
    guard rows[slot].isStarted else { return }
    freeBlocks += rows[slot].blocks
    rows[slot].blocks = 0
    rows[slot].computed = 0
    runningCount -= 1
  }

  // MARK: Its result

  /// Takes in the result of the step.
  ///
  /// - Complexity: O(requests of the step), and O(requests that the engine looks at) where one is completed.
  public mutating func finish() {
    news.firstTokens.removeAll(keepingCapacity: true)
    news.completed.removeAll(keepingCapacity: true)
    if marks.isOn { marks.begin() }
    for part in parts where part.slot >= 0 {
      let slot = part.slot
      rows[slot].computed += part.tokens
      guard rows[slot].isGenerating else { continue }
      rows[slot].produced += 1
      if rows[slot].produced == 1 { news.firstTokens.append(slot) }
      if marks.isOn { noteToken(slot, before: marks.result - 1) }
      if rows[slot].produced == rows[slot].output { complete(slot) }
    }
    parts.removeAll(keepingCapacity: true)
    if marks.isOn { endTokens(before: marks.result - 1) }
    if !news.completed.isEmpty { active.removeAll { rows[$0].place != .active } }
  }

  private mutating func complete(_ slot: Int) {
    news.completed.append(
      SchedulerNews.Completion(
        slot: slot, id: rows[slot].id, preemptions: rows[slot].pauses, cachedTokens: 0))
    letGo(slot)
    marks.leave(rows[slot].lastToken)
    rows[slot].lastToken = -1
    rows[slot].place = .none
    rows.free(slot)
  }
}

extension TensorRTScheduler: TokenScheduler {
  /// Ends a request before it is completed: what it held is free at once, and a step in flight brings it nothing.
  ///
  /// - Precondition: the request waits or runs.
  /// - Complexity: O(requests that wait or run).
  public mutating func cancel(_ slot: Int) {
    switch rows[slot].place {
    case .queued:
      guard let place = queue[queueStart...].firstIndex(of: slot) else {
        preconditionFailure("a queued request is in the queue")
      }
      queue.remove(at: place)
    case .active: active.removeAll { $0 == slot }
    case .none: preconditionFailure("a request is cancelled that waits or runs")
    }
    for index in parts.indices where parts[index].slot == slot { parts[index].slot = -1 }
    letGo(slot)
    marks.leave(rows[slot].lastToken)
    rows[slot].lastToken = -1
    rows[slot].place = .none
    rows.free(slot)
  }

  /// How far a request is.
  public func progress(of slot: Int) -> RequestProgress {
    RequestProgress(
      computed: rows[slot].computed, produced: rows[slot].produced, blocks: rows[slot].blocks)
  }

  /// Which of the sums over requests, tokens and blocks is wrong; `nil` where all are right.
  ///
  /// - Complexity: O(the most requests that were there at once).
  public var conservation: String? {
    var count = RequestCount()
    for row in rows.all where row.place != .none {
      count.add(isRunning: row.isStarted, blocks: row.blocks)
      if blocksFor(row.computed) > row.blocks {
        return "request \(row.id) has \(row.computed) tokens in \(row.blocks) blocks"
      }
      if row.produced >= row.output { return "request \(row.id) has all tokens and is there" }
    }
    return count.problem(
      held: rows.held, running: runningCount, waiting: waitingCount, free: freeBlocks,
      blocks: settings.blocks)
  }
}
