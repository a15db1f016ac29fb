// SPDX-License-Identifier: Apache-2.0

/// SGLang's scheduler: a batch of prompts if one can be formed, else a batch of decodes.
///
/// The part of an answer that running requests have yet to write is not reserved in full but by a share, which falls as
/// decode steps go by without trouble. When a decode step finds no page, requests with the fewest tokens are retracted and
/// compute again later.
///
/// Differs from SGLang in one place: where SGLang would run out of memory in a prefill batch and end, the prompt is cut to
/// the pages that are there, and where it would abort the last request of a decode batch, the request is retracted.
///
/// Source: the SGLang project, package `sglang` 0.5.23 (2026), `managers/scheduler.py:3894` (the turn of the loop), `:4052`
/// and `:4079` (prefill first), `managers/schedule_policy.py:785–1683` (admission), `managers/schedule_batch.py:3432–3580`
/// (retraction), `scheduler_components/new_token_ratio_tracker.py:23–46`. See ``SGLangSettings`` for what is not built.
public struct SGLangScheduler {
  enum Place: UInt8 { case none, waiting, running }

  /// What is known of one request.
  struct Row {
    var id = 0
    var prompt = 0
    var output = 0
    /// Tokens of the answer that are there.
    var produced = 0
    /// Tokens whose keys and values are there.
    var computed = 0
    /// Pages that it holds outside of the tree.
    var ownPages = 0
    var retractions = 0
    /// Tokens found in the tree at its first admission; -1 before.
    var cached = -1
    /// Tokens found in the tree when the waiting requests were ordered.
    var matched = 0
    /// Whether it was found then to wait better for another one that begins alike.
    var isLater = false
    /// When it began to wait, among those that did.
    var entry = 0
    var place = Place.none
    /// The number of the result that brought its last token; -1 for none.
    var lastToken = -1

    /// Tokens of prompt and answer that are known.
    var known: Int { prompt + produced }
    /// Tokens that admission expects of it, at most 4096 (`CLIP_MAX_NEW_TOKENS`).
    var expected: Int { min(output - produced, 4_096) }
  }

  /// One request of a step.
  struct Part {
    /// Which request; -1 where it has been cancelled.
    var slot: Int
    let tokens: Int
    let isDecode: Bool
  }

  /// The settings.
  public let settings: SGLangSettings

  var rows = SlotTable<Row>()
  var chains: ContiguousArray<BlockChain> = []
  /// The pages of the tree that each request locks.
  var treePages: ContiguousArray<ContiguousArray<Int32>> = []
  /// Who waits, in the order of the last attempt to admit.
  @usableFromInline var waiting: ContiguousArray<Int> = []
  /// The decode batch, in its order.
  @usableFromInline var running: ContiguousArray<Int> = []
  /// The last batch if it had prompts: joins the decode batch at the next turn, without a prompt that is cut.
  var fresh: ContiguousArray<Int> = []
  /// Whose prompt is computed in parts; -1 for nobody.
  @usableFromInline var chunked = -1
  /// Whether nobody is admitted before somebody leaves (`batch_is_full`).
  @usableFromInline var isBatchFull = false
  /// The share of expected tokens that admission reserves (`new_token_ratio`).
  public internal(set) var newTokenRatio: Double
  @usableFromInline var pool: RadixPages
  var parts: ContiguousArray<Part> = []
  @usableFromInline var marks = TokenMarks()
  var entries = 0
  var orderings = 0

  /// Requests that hold pages.
  public package(set) var runningCount = 0
  /// What the last calls did.
  public internal(set) var news = SchedulerNews()

  /// A scheduler without requests.
  ///
  /// - Precondition: the settings have no ``SGLangSettings/problem``.
  public init(settings: SGLangSettings) {
    precondition(settings.problem == nil, "an engine can run")
    self.settings = settings
    pool = RadixPages(count: settings.pages, cachesPrefixes: settings.cachesPrefixes)
    newTokenRatio = settings.initialNewTokenRatio
  }

  /// Whether a request waits or runs.
  @inlinable public var hasRequests: Bool { runningCount > 0 || !waiting.isEmpty }
  /// Requests that wait, those that were retracted among them.
  @inlinable public var waitingCount: Int { waiting.count }
  /// Pages that can be had.
  @inlinable public var freeBlocks: Int { pool.available }

  /// Adds a request behind those that wait.
  ///
  /// The share of reserved tokens starts anew where nobody was there (`scheduler.py:5318`).
  ///
  /// - Precondition: the settings do not refuse it.
  @discardableResult
  public mutating func add(_ request: TokenRequest) -> Int {
    precondition(
      settings.refusal(promptTokens: request.promptTokens, outputTokens: request.outputTokens)
        == nil, "a request fits in the engine")
    if !hasRequests { newTokenRatio = settings.initialNewTokenRatio }
    var row = Row()
    row.id = request.id
    row.prompt = request.promptTokens
    row.output = request.outputTokens
    let slot = rows.add(row)
    if slot == chains.count {
      chains.append(request.blocks)
      treePages.append([])
    } else {
      chains[slot] = request.blocks
    }
    wait(slot)
    return slot
  }

  /// Puts a request behind those that wait.
  mutating func wait(_ slot: Int) {
    entries += 1
    rows[slot].entry = entries
    rows[slot].place = .waiting
    waiting.append(slot)
  }

  // MARK: A step

  /// Schedules a step (`get_next_batch_to_run`, `scheduler.py:3894`).
  ///
  /// - Precondition: none is in flight.
  /// - Returns: what the step does; empty where nothing can be done.
  /// - Complexity: O(requests that run + looked at), with a radix cache also O(pages looked at).
  public mutating func schedule() -> StepShape {
    precondition(parts.isEmpty, "one step is in flight at a time")
    news.admitted.removeAll(keepingCapacity: true)
    news.preempted.removeAll(keepingCapacity: true)
    mergeLastBatch()
    if running.isEmpty { isBatchFull = false }
    if !schedulePrefill() { scheduleDecode() }
    var shape = StepShape()
    for part in parts {
      let row = rows[part.slot]
      if part.isDecode {
        shape.addDecode(context: row.computed)
      } else {
        shape.addPrefill(tokens: part.tokens, context: row.computed)
      }
    }
    return shape
  }

  /// Lets the requests of the last prefill batch decode; a prompt that was cut stays out.
  private mutating func mergeLastBatch() {
    guard !fresh.isEmpty else { return }
    if fresh.contains(chunked) {
      fresh.removeAll { $0 == chunked }
      isBatchFull = false
    }
    if running.isEmpty { isBatchFull = false }
    running += fresh
    fresh.removeAll(keepingCapacity: true)
  }

  // MARK: Its result

  /// Takes in the result of the step.
  ///
  /// - Complexity: O(requests of the step), with a radix cache also O(pages of prompts that were computed).
  public mutating func finish() {
    news.firstTokens.removeAll(keepingCapacity: true)
    news.completed.removeAll(keepingCapacity: true)
    if marks.isOn { marks.begin() }
    for part in parts where part.slot >= 0 {
      let slot = part.slot
      rows[slot].computed += part.tokens
      if rows[slot].computed == rows[slot].known {
        rows[slot].produced += 1
        if rows[slot].produced == 1 { news.firstTokens.append(slot) }
        if marks.isOn { noteToken(slot, before: marks.result - 1) }
      }
      let isComplete = rows[slot].produced == rows[slot].output
      // Pages of an answer enter the tree only with its end.
      if !part.isDecode || isComplete { keepPages(slot) }
      if isComplete { complete(slot) }
    }
    parts.removeAll(keepingCapacity: true)
    if marks.isOn { endTokens(before: marks.result - 1) }
    guard !news.completed.isEmpty else { return }
    running.removeAll { rows[$0].place != .running }
    fresh.removeAll { rows[$0].place != .running }
    isBatchFull = false
  }

  private mutating func complete(_ slot: Int) {
    news.completed.append(
      SchedulerNews.Completion(
        slot: slot, id: rows[slot].id, preemptions: rows[slot].retractions,
        cachedTokens: max(0, rows[slot].cached)))
    letGo(slot)
    marks.leave(rows[slot].lastToken)
    rows[slot].lastToken = -1
    rows[slot].place = .none
    rows.free(slot)
  }

  // MARK: Pages

  /// The pages that so many tokens fill or begin.
  func pagesFor(_ tokens: Int) -> Int {
    (tokens + settings.pageSize - 1) / settings.pageSize
  }

  /// Takes the pages that a request lacks for so many tokens.
  mutating func hold(_ slot: Int, through tokens: Int) {
    let needed = pagesFor(tokens) - treePages[slot].count - rows[slot].ownPages
    guard needed > 0 else { return }
    pool.take(needed)
    rows[slot].ownPages += needed
  }

  /// Puts the full pages of a request into the tree, and gives back those that are there already.
  mutating func keepPages(_ slot: Int) {
    guard settings.cachesPrefixes else { return }
    let full = min(rows[slot].computed / settings.pageSize, chains[slot].count)
    while treePages[slot].count < full {
      let identity = chains[slot][treePages[slot].count]
      let page = pool.page(of: identity)
      rows[slot].ownPages -= 1
      if page >= 0 {
        pool.lock(page)
        pool.giveBack(1)
        treePages[slot].append(page)
      } else {
        treePages[slot].append(pool.insert(identity))
      }
    }
    pool.look(chains[slot], treePages[slot].count)
  }

  /// Gives up all pages of a request; those of the tree stay there.
  mutating func letGo(_ slot: Int) {
    while let page = treePages[slot].popLast() { pool.unlock(page) }
    pool.giveBack(rows[slot].ownPages)
    rows[slot].ownPages = 0
    rows[slot].computed = 0
    runningCount -= 1
  }
}

extension SGLangSettings {
  /// `new_token_ratio` at the start (`environ.py:646`).
  var initialNewTokenRatio: Double { min(0.7 * conservativeness, 1) }
  /// The least it falls to.
  var leastNewTokenRatio: Double { min(initialNewTokenRatio * 0.14, 1) }
  /// What a decode step takes off it.
  var newTokenRatioDecay: Double { (initialNewTokenRatio - leastNewTokenRatio) / 600 }
}
