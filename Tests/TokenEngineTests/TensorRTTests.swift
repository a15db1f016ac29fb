// SPDX-License-Identifier: GPL-3.0-or-later

import EngineFiles
import Inputs
import Testing
import TokenEngine

extension TokenScheduler {
  /// Does a step and tells it: tokens of prompts and how many prompts, decodes, admitted requests with the tokens that
  /// were found (+), those that lost their blocks (-), those that are complete (=).
  mutating func toldStep() -> String {
    let shape = schedule()
    var words: [String] = []
    if shape.prefillParts > 0 {
      words.append("prefill \(shape.prefillTokens)/\(shape.prefillParts)")
    }
    if shape.decodes > 0 { words.append("decode \(shape.decodes)") }
    for admission in news.admitted { words.append("+\(admission.slot):\(admission.cachedTokens)") }
    for slot in news.preempted { words.append("-\(slot)") }
    finish()
    for completion in news.completed { words.append("=\(completion.slot)") }
    return words.joined(separator: " ")
  }

  /// Tells so many steps.
  mutating func toldSteps(_ count: Int) -> [String] { (0..<count).map { _ in toldStep() } }

  /// Does steps until a request is complete, and tells how many.
  mutating func stepsToCompletion(of slot: Int) -> Int {
    for count in 1...10_000 {
      _ = toldStep()
      if news.completed.contains(where: { $0.slot == slot }) { return count }
    }
    return -1
  }

  /// Adds a request; its blocks are numbered from those of the ranges on.
  @discardableResult
  mutating func ask(_ prompt: Int, _ output: Int, _ blocks: [ClosedRange<Int64>] = []) -> Int {
    var chain = BlockChain()
    for range in blocks { chain.append(range.lowerBound, count: range.count) }
    return add(
      TokenRequest(
        id: 0, arrival: 0, promptTokens: prompt, outputTokens: output, blocks: chain))
  }
}

@Suite("TensorRT-LLM's scheduler")
struct TensorRTTests {
  /// Blocks of 4 tokens and much room, unless something else is asked for.
  private func scheduler(
    _ capacity: TensorRTSettings.Capacity = .guaranteedNoEvict, blocks: Int = 1_000,
    _ change: (inout TensorRTSettings) -> Void = { _ in }
  ) -> TensorRTScheduler {
    var settings = TensorRTSettings()
    settings.capacity = capacity
    settings.blockSize = 4
    settings.chunkUnit = 8
    settings.blocks = blocks
    change(&settings)
    return TensorRTScheduler(settings: settings)
  }

  // MARK: T1

  @Test("First the blocks decide, then the tokens of the step")
  func twoStages() {
    var scheduler = scheduler(blocks: 5) { $0.maxTokens = 8 }
    scheduler.ask(8, 8)
    scheduler.ask(2, 2)
    scheduler.ask(2, 2)
    // To their ends they need 4, 1 and 1 of 5 blocks: the third waits for a block. The prompt of the first takes all tokens
    // of a step: the second waits for tokens. When it ends, the third has its block.
    #expect(
      scheduler.toldSteps(3) == ["prefill 8/1 +0:0", "prefill 2/1 decode 1 +1:0", "decode 2 =1"])
    #expect(scheduler.toldStep() == "prefill 2/1 decode 1 +2:0")
  }

  // MARK: T2

  @Test(
    "Without eviction a request starts when its blocks to its end are free, and nobody overtakes it"
  )
  func guaranteedNoEvict() {
    var scheduler = scheduler(blocks: 10)
    scheduler.ask(8, 8)
    scheduler.ask(8, 12)
    scheduler.ask(4, 4)
    scheduler.ask(2, 2)
    // To their ends they need 4, 5, 2 and 1 blocks. The third does not fit, and the fourth, which would, waits behind it,
    // though prompts alone take only 2 + 2 blocks.
    #expect(scheduler.toldStep() == "prefill 16/2 +0:0 +1:0")
    #expect(scheduler.freeBlocks == 6)
    // The first has one token of eight. When it ends, its four blocks serve both.
    #expect(scheduler.stepsToCompletion(of: 0) == 7)
    #expect(scheduler.toldStep() == "prefill 6/2 decode 1 +2:0 +3:0")
    // The second has 9 of its 12 tokens, the third 1 of 4, the fourth 1 of 2.
    #expect(scheduler.toldSteps(3) == ["decode 3 =3", "decode 2", "decode 2 =1 =2"])
    #expect(scheduler.freeBlocks == 10 && !scheduler.hasRequests)
  }

  // MARK: T3

  @Test(
    "At full utilisation the last request that started is paused, and computes its answer so far again"
  )
  func pausesItself() {
    var scheduler = scheduler(.maxUtilization, blocks: 5)
    scheduler.ask(8, 8)
    scheduler.ask(8, 8)
    // Both prompts take 2 blocks. Then each needs a third, and one is there: the second gives up its own.
    #expect(scheduler.toldSteps(2) == ["prefill 16/2 +0:0 +1:0", "decode 1 -1"])
    #expect(scheduler.freeBlocks == 2 && scheduler.waitingCount == 1)
    // It needs 3 blocks for 8 + 1 tokens. The first has 2 of 8 tokens and ends before that.
    #expect(scheduler.stepsToCompletion(of: 0) == 6)
    #expect(scheduler.toldStep() == "prefill 9/1 +1:0")
    #expect(scheduler.stepsToCompletion(of: 1) == 6)
    #expect(scheduler.news.completed.first?.preemptions == 1)
    #expect(scheduler.freeBlocks == 5)
  }

  @Test(
    "At full utilisation a request that needs a block takes those of the last that started behind it"
  )
  func pausesLast() {
    var scheduler = scheduler(.maxUtilization, blocks: 7)
    scheduler.ask(8, 8)
    scheduler.ask(5, 8)
    scheduler.ask(4, 8)
    // Blocks: 2 + 2 + 1. In the second step the first and the third begin a block. Four steps later 11, 8 and 7 tokens are
    // computed: the second begins a block and finds none, and the third, with 4 tokens of its answer, gives up two.
    #expect(
      scheduler.toldSteps(5) == [
        "prefill 17/3 +0:0 +1:0 +2:0", "decode 3", "decode 3", "decode 3", "decode 2 -2",
      ])
    #expect(scheduler.freeBlocks == 1)
    // The first begins its last block; the third needs two and waits for the others, which have 5 of 8 tokens. They end
    // together, and it computes 4 + 4 tokens.
    #expect(
      scheduler.toldSteps(4) == [
        "decode 2", "decode 2", "decode 2 =0 =1", "prefill 8/1 +2:0",
      ])
    #expect(scheduler.stepsToCompletion(of: 2) == 3)
    #expect(scheduler.freeBlocks == 7)
  }

  @Test("With look-ahead the blocks of two steps have to be free")
  func lookAhead() {
    for (looksAhead, second) in [(false, "decode 2"), (true, "decode 1 -1")] {
      var scheduler = scheduler(.maxUtilization, blocks: 5) { $0.looksTwoStepsAhead = looksAhead }
      scheduler.ask(8, 8)
      scheduler.ask(7, 8)
      // One block is free and the first takes it. The second has room for its 8th token, but not for the 9th.
      #expect(scheduler.toldSteps(2) == ["prefill 15/2 +0:0 +1:0", second])
    }
  }

  // MARK: T4

  @Test("Decodes cost a token each and go before prompts that can be cut")
  func decodesFirst() {
    var scheduler = scheduler {
      $0.maxTokens = 2
      $0.chunkUnit = 1
    }
    for _ in 0..<3 { scheduler.ask(1, 3) }
    #expect(
      scheduler.toldSteps(4) == [
        "prefill 2/2 +0:0 +1:0", "decode 2", "decode 2 =0 =1", "prefill 1/1 +2:0",
      ])
  }

  @Test("A step has at most max_batch_size requests")
  func batchSize() {
    var scheduler = scheduler { $0.maxBatchSize = 2 }
    for output in [3, 1, 1] { scheduler.ask(1, output) }
    #expect(scheduler.toldStep() == "prefill 2/2 +0:0 +1:0 =1")
    #expect(scheduler.waitingCount == 1)
    #expect(scheduler.toldSteps(2) == ["prefill 1/1 decode 1 +2:0 =2", "decode 1 =0"])
  }

  @Test("First come, first served: each prompt takes what is left, in multiples of the unit")
  func chunksInOrder() {
    var scheduler = scheduler { $0.maxTokens = 20 }
    for prompt in [30, 10, 3] { scheduler.ask(prompt, 4) }
    // Of 20 tokens the first gets 2 units. 4 are left: less than a unit for the second, and enough for the third.
    // Then a decode leaves 19: 14 for the end of the first, and again less than a unit. Then there is room for the second.
    #expect(
      scheduler.toldSteps(3) == [
        "prefill 19/2 +0:0 +2:0", "prefill 14/1 decode 1", "prefill 10/1 decode 2 +1:0",
      ])
  }

  @Test("Equal progress: each prompt takes a unit in turn")
  func chunksInTurn() {
    var scheduler = scheduler {
      $0.maxTokens = 20
      $0.chunking = .equalProgress
    }
    for prompt in [30, 10, 3] { scheduler.ask(prompt, 4) }
    // 8, 8 and 3 leave one token. Then a decode leaves 19: 8 and 2, and 8 again for the first; 6 do not fit any more.
    // Requests whose prompt ends are the last of the step.
    #expect(
      scheduler.toldSteps(3) == [
        "prefill 19/3 +0:0 +1:0 +2:0", "prefill 18/2 decode 1", "prefill 6/1 decode 2",
      ])
    // With 13 tokens a unit of the second does not fit behind one of the first, but the third does.
    scheduler = self.scheduler {
      $0.maxTokens = 13
      $0.chunking = .equalProgress
    }
    for prompt in [30, 10, 3] { scheduler.ask(prompt, 4) }
    #expect(scheduler.toldStep() == "prefill 11/2 +0:0 +2:0")
  }

  @Test("Where prompts are not cut, the first that does not fit in the step ends it")
  func withoutChunks() {
    var scheduler = scheduler {
      $0.maxTokens = 20
      $0.chunking = nil
    }
    for prompt in [12, 10, 3] { scheduler.ask(prompt, 4) }
    #expect(
      scheduler.toldSteps(2) == ["prefill 12/1 +0:0", "prefill 13/2 decode 1 +1:0 +2:0"])
    #expect(scheduler.settings.refusal(promptTokens: 21, outputTokens: 1) != nil)
  }

  // MARK: Ends

  @Test(
    "Cancelled requests free their blocks in every phase",
    arguments: TensorRTSettings.Capacity.allCases)
  func cancellation(capacity: TensorRTSettings.Capacity) {
    var scheduler = scheduler(capacity, blocks: 40) {
      $0.maxTokens = 16
      $0.maxBatchSize = 3
    }
    // One decodes, one has a part of its prompt, one waits, one is not looked at yet.
    for prompt in [4, 30, 9, 5] { scheduler.ask(prompt, 6) }
    #expect(scheduler.toldStep() == "prefill 12/2 +1:0 +0:0")
    scheduler.cancel(3)
    scheduler.cancel(2)
    #expect(scheduler.progress(of: 1).computed == 8)
    // One is cancelled while its step runs; its number goes to another at once.
    #expect(scheduler.schedule().decodes == 1)
    scheduler.cancel(0)
    scheduler.ask(7, 2)
    scheduler.finish()
    #expect(scheduler.news.firstTokens.isEmpty && scheduler.news.completed.isEmpty)
    scheduler.cancel(1)
    scheduler.cancel(0)
    #expect(scheduler.freeBlocks == 40 && !scheduler.hasRequests)
  }

  @Test("A paused request can be cancelled")
  func cancelledPause() {
    var scheduler = scheduler(.maxUtilization, blocks: 5)
    scheduler.ask(8, 8)
    scheduler.ask(8, 8)
    #expect(scheduler.toldSteps(2).last == "decode 1 -1")
    scheduler.cancel(1)
    #expect(scheduler.freeBlocks == 2)
    scheduler.cancel(0)
    #expect(scheduler.freeBlocks == 5 && !scheduler.hasRequests)
  }
}

@Suite("TensorRT-LLM's settings")
struct TensorRTSettingsTests {
  private static let required = #"""
    "scheduler": "trtllm", "max_batch_size": 8, "max_num_tokens": 512, "num_blocks": 64,
    "step_law_ns": {"c0": 1, "c1": 0, "c2": 0, "c3": 0}
    """#

  private func read(_ rest: String) throws -> EngineConfiguration.TensorRT? {
    let text = "{\(Self.required), \(rest)}"
    guard case .tensorRT(let engine) = try EngineConfiguration(Array(text.utf8)) else { return nil }
    return engine
  }

  @Test("Settings have the names of the engine")
  func names() throws {
    let engine = try #require(
      try read(
        #"""
        "capacity_scheduler_policy": "MAX_UTILIZATION", "context_chunking_policy": "EQUAL_PROGRESS",
        "enable_chunked_prefill": true, "enable_block_reuse": false, "tokens_per_block": 64, "two_step_lookahead": true,
        "max_seq_len": 4096, "tensorrt_llm_version": "1.3.0"
        """#))
    var settings = TensorRTSettings()
    settings.capacity = .maxUtilization
    settings.maxBatchSize = 8
    settings.maxTokens = 512
    settings.chunking = .equalProgress
    settings.chunkUnit = 64
    settings.blockSize = 64
    settings.blocks = 64
    settings.looksTwoStepsAhead = true
    #expect(engine.settings == settings)
    #expect(engine.maxModelLength == 4_096)
    let plain = try read(#""enable_chunked_prefill": false, "enable_block_reuse": false"#)
    #expect(plain?.settings.chunking == nil && plain?.settings.capacity == .guaranteedNoEvict)
  }

  @Test(
    "What is not modelled is an error",
    arguments: [
      #""enable_chunked_prefill": true"#,
      #""enable_chunked_prefill": true, "enable_block_reuse": true"#,
      #""enable_chunked_prefill": true, "enable_block_reuse": false, "context_chunking_policy": "FORCE_CHUNK""#,
      #""enable_chunked_prefill": true, "enable_block_reuse": false, "capacity_scheduler_policy": "STATIC_BATCH""#,
      #""enable_chunked_prefill": true, "enable_block_reuse": false, "batch_wait_timeout_iters": 50"#,
      #""enable_chunked_prefill": true, "enable_block_reuse": false, "chunk_unit_size": 513"#,
    ])
  func refusals(_ rest: String) {
    #expect(throws: TraceErrors.self) { try read(rest) }
  }
}

@Suite("SGLang's settings")
struct SGLangSettingsTests {
  private static let law = #""step_law_ns": {"c0": 1, "c1": 0, "c2": 0, "c3": 0}"#
  private static let sizes =
    #""scheduler": "sglang", "max_running_requests": 8, "max_total_tokens": 1024"#

  private func read(_ rest: String) throws -> EngineConfiguration.SGLang? {
    let text = "{\(Self.sizes), \(Self.law), \(rest)}"
    guard case .sglang(let engine) = try EngineConfiguration(Array(text.utf8)) else { return nil }
    return engine
  }

  @Test("Settings have the names of the engine")
  func names() throws {
    let engine = try #require(
      try read(
        #"""
        "schedule_policy": "lpm", "disable_radix_cache": false, "page_size": 16, "chunked_prefill_size": 2048,
        "enable_mixed_chunk": true, "schedule_conservativeness": 0.3, "max_prefill_tokens": 4096, "ignore_eos": true,
        "radix_eviction_policy": "lru", "context_length": 999, "sglang_version": "0.5.23"
        """#))
    var settings = SGLangSettings()
    settings.policy = .lpm
    settings.maxRunningRequests = 8
    settings.maxTotalTokens = 1_024
    settings.pageSize = 16
    settings.maxPrefillTokens = 4_096
    settings.chunkedPrefillSize = 2_048
    settings.mixesChunks = true
    settings.conservativeness = 0.3
    settings.ignoresEndOfAnswer = true
    #expect(engine.settings == settings)
    #expect(engine.maxModelLength == 999)
    let uncut = try read(#""disable_radix_cache": true, "chunked_prefill_size": -1"#)
    #expect(uncut?.settings.chunkedPrefillSize == nil && uncut?.settings.cachesPrefixes == false)
  }

  @Test(
    "What is not modelled is an error",
    arguments: [
      #""disable_radix_cache": false"#,
      #""disable_radix_cache": false, "chunked_prefill_size": 64, "schedule_policy": "hrrn""#,
      #""disable_radix_cache": false, "chunked_prefill_size": 64, "schedule_policy": "random""#,
      #""disable_radix_cache": false, "chunked_prefill_size": 64, "radix_eviction_policy": "lfu""#,
      #""disable_radix_cache": false, "chunked_prefill_size": 64, "prefill_decode_interval": 4"#,
      #""disable_radix_cache": false, "chunked_prefill_size": 20, "page_size": 16"#,
      #""disable_radix_cache": false, "chunked_prefill_size": 0"#,
      #""disable_radix_cache": true, "chunked_prefill_size": 64, "ignore_eos": true"#,
      #""disable_radix_cache": true, "chunked_prefill_size": 64, "schedule_policy": "shortest-prefill-first""#,
    ])
  func refusals(_ rest: String) {
    #expect(throws: TraceErrors.self) { try read(rest) }
  }
}

@Suite("Schedulers under one law")
struct ScheduleOrderTests {
  /// What 60 requests see whose sizes and times are made up; every fifth is cancelled.
  private func outcomes(_ scheduler: some TokenScheduler, coalesces: Bool, seed: UInt64) -> [String]
  {
    let law = AffineStepLaw(
      perStep: 4_000_037_000_000, perSequence: 30_011_000_000, perContextToken: 61_000_001,
      perPrefillToken: 40_009_000_000)
    var replica = TokenReplica(scheduler: scheduler, law: law, coalesces: coalesces)
    var state = seed
    func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var told: [String] = []
    var time: Int64 = 0
    for id in 0..<60 {
      time += Int64(below(60_000_000))
      while replica.nextTime < time { replica.step() }
      var chain = BlockChain()
      let (prompt, output) = (1 + below(120), 1 + below(120))
      let shared = min(below(5), prompt / 16)
      if shared > 0 { chain.append(1, count: shared) }
      let own = (prompt + output) / 16 - shared
      if own > 0 { chain.append(Int64(1_000 * id + 1_000), count: own) }
      let request = TokenRequest(
        id: id, arrival: time, promptTokens: prompt, outputTokens: output, blocks: chain)
      let slot = replica.add(request, at: time)
      let isDone = replica.outcomes.contains { $0.slot == slot && $0.kind == .completed }
      if id % 5 == 4 && !isDone { told.append("\(replica.cancel(slot, at: time))") }
    }
    while replica.nextTime < .max { replica.step() }
    told += replica.outcomes.map { "\($0.slot) \($0.kind) \($0.time)" }
    return told + ["\(replica.scheduler.freeBlocks)"]
  }

  @Test("Steps that are taken together give the same to the nanosecond", arguments: 1...20)
  func coalescing(seed: UInt64) {
    var sglang = SGLangSettings()
    sglang.maxTotalTokens = 480
    sglang.pageSize = 16
    sglang.chunkedPrefillSize = 64
    sglang.conservativeness = 0.1
    var trtllm = TensorRTSettings()
    trtllm.capacity = .maxUtilization
    trtllm.blockSize = 16
    trtllm.blocks = 24
    let schedulers: [any TokenScheduler] = [
      SGLangScheduler(settings: sglang), TensorRTScheduler(settings: trtllm),
    ]
    for scheduler in schedulers {
      let whole = outcomes(scheduler, coalesces: false, seed: seed)
      #expect(whole.contains { $0.contains("preempted") })
      #expect(outcomes(scheduler, coalesces: true, seed: seed) == whole)
    }
  }

  /// A closed loop of 128 requests of 1024 tokens and answers of 1024 tokens; 1,280 in all.
  private func closedLoop(
    _ scheduler: some TokenScheduler
  ) -> (firstToken: Double, perToken: Double, tokensPerSecond: Double) {
    // 12 ms a step, 0.1 ms a request, 5 ns a token of context, 0.03 ms a token of a prompt.
    let law = AffineStepLaw(
      perStep: 12_000_000_000_000, perSequence: 100_000_000_000, perContextToken: 5_000_000,
      perPrefillToken: 30_000_000_000)
    var replica = TokenReplica(scheduler: scheduler, law: law)
    var began: [Int: Int64] = [:]
    var first: [Int: Int64] = [:]
    var (asked, done) = (0, 0)
    var (firstSum, tokenSum) = (0.0, 0.0)
    func ask(_ time: Int64) {
      let slot = replica.add(
        TokenRequest(id: asked, arrival: time, promptTokens: 1_024, outputTokens: 1_024), at: time)
      began[slot] = time
      asked += 1
    }
    for _ in 0..<128 { ask(0) }
    var end: Int64 = 0
    while done < 1_280, !replica.isStuck {
      replica.step()
      let outcomes = replica.outcomes
      replica.outcomes.removeAll()
      for outcome in outcomes {
        if outcome.kind == .firstToken {
          first[outcome.slot] = outcome.time
          firstSum += Double(outcome.time - (began[outcome.slot] ?? 0))
        } else if outcome.kind == .completed {
          tokenSum += Double(outcome.time - (first[outcome.slot] ?? 0)) / 1_023
          done += 1
          end = outcome.time
          if asked < 1_280 { ask(end) }
        }
      }
    }
    return (firstSum / 1_280, tokenSum / 1_280, 1_280 * 1_024 / (Double(end) / 1e9))
  }

  // SGLang's own scheduler (0.5.14, Qwen3-32B-FP8 on an H200, 1024/1024 tokens, closed loop of 128) has 4,472 ms to the first
  // token where a model with mixed steps has 961, ratio 4.65, at equal tokens per second. Source: ai-dynamo/aisimulate
  // (2026), the comparison of its replay with SGLang. The ratio depends on what a mixed step may carry: here it is 4.9
  // with vLLM's 2,048 tokens, 4.3 with 4,096 and 3.1 with 8,192.
  @Test("Prompts first cost first tokens and win later ones, at equal tokens per second")
  func promptsFirstAgainstMixed() {
    var settings = SGLangSettings()
    settings.maxTotalTokens = 371_587
    settings.cachesPrefixes = false
    let promptsFirst = closedLoop(SGLangScheduler(settings: settings))
    settings.mixesChunks = true
    let mixed = closedLoop(SGLangScheduler(settings: settings))
    var other = VLLMSettings()
    other.blocks = 371_587 / 16 + 1
    let vllm = closedLoop(VLLMScheduler(settings: other))
    let ratio = promptsFirst.firstToken / vllm.firstToken
    #expect(ratio > 3.7 && ratio < 5.6, "ratio \(ratio)")
    #expect(promptsFirst.perToken < vllm.perToken)
    #expect(abs(promptsFirst.tokensPerSecond / vllm.tokensPerSecond - 1) < 0.02)
    // With mixed chunks SGLang does what vLLM does with as many tokens a step.
    other.maxBatchedTokens = 8_192
    let wide = closedLoop(VLLMScheduler(settings: other))
    #expect(mixed.firstToken == wide.firstToken)
    #expect(mixed.tokensPerSecond == wide.tokensPerSecond)
  }
}
