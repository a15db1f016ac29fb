// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

/// Small systems whose steps are worked out by hand.
@Suite("vLLM's scheduler by hand")
struct VLLMByHandTests {
  /// 10 ns a step, 1 ns a request, 2 ns a token of a prompt.
  private static let law = AffineStepLaw(
    perStep: 10_000_000, perSequence: 1_000_000, perContextToken: 0, perPrefillToken: 2_000_000)

  private static func settings(
    blocks: Int, _ change: (inout VLLMSettings) -> Void = { _ in }
  ) -> VLLMSettings {
    var settings = VLLMSettings()
    settings.blockSize = 4
    settings.blocks = blocks
    settings.maxBatchedTokens = 8
    settings.maxSequences = 4
    change(&settings)
    return settings
  }

  private func run(
    _ settings: VLLMSettings, _ requests: [TokenRequest]
  ) throws -> [[Int64]] {
    var run = TokenRun(
      scheduler: VLLMScheduler(settings: settings), law: Self.law, requests: requests)
    return try run.run().map {
      [
        $0.firstScheduled, $0.firstToken, $0.completed, Int64($0.preemptions),
        Int64($0.cachedTokens),
      ]
    }
  }

  private func request(
    _ id: Int, at arrival: Int64 = 0, _ prompt: Int, _ output: Int, priority: Int = 0,
    blocks: [Int64] = []
  ) -> TokenRequest {
    var chain = BlockChain()
    for block in blocks { chain.append(block, count: 1) }
    return TokenRequest(
      id: id, arrival: arrival, promptTokens: prompt, outputTokens: output, priority: priority,
      blocks: chain)
  }

  @Test("Who was admitted last gives up its blocks, and computes its answer again")
  func preemption() throws {
    // Four blocks of four tokens, prompts of 4, answers of 6. 0 to 28 both prompts: 10 + 2 + 16. Then 12 ns for each of
    // four steps, with two blocks each, until both hold 8 tokens at 76. The first takes its third block, for which the
    // second gives up its two: 11 ns, and the first ends at 87. The second knows 9 tokens: 8 of them fit in a step of
    // 10 + 1 + 16 ns, to 114, the ninth is a decode of 11 ns, to 125.
    #expect(
      try run(Self.settings(blocks: 5), [request(0, 4, 6), request(1, 4, 6)]) == [
        [0, 28, 87, 0, 0], [0, 28, 125, 1, 0],
      ])
  }

  @Test("A request in the same step finds the blocks that another one computes in it")
  func sharedPrefix() throws {
    // Two equal prompts of two blocks. The second finds one block: its last token is always computed, and with it all of
    // its block. 8 + 4 tokens of prompts: 10 + 2 + 24 ns.
    let settings = Self.settings(blocks: 9) {
      $0.cachesPrefixes = true
      $0.maxBatchedTokens = 16
    }
    #expect(
      try run(settings, [request(0, 8, 1, blocks: [7, 8]), request(1, 8, 1, blocks: [7, 8])])
        == [[0, 36, 36, 0, 0], [0, 36, 36, 0, 4]])
  }

  @Test("A request that arrives as a step ends is in the next one")
  func tie() throws {
    // A prompt of 4 tokens takes 10 + 1 + 8 ns. At 19 both are there: 10 + 2 + 8 ns.
    #expect(
      try run(Self.settings(blocks: 9), [request(0, 4, 2), request(1, at: 19, 4, 1)]) == [
        [0, 19, 39, 0, 0], [19, 39, 39, 0, 0],
      ])
  }

  @Test("Under asynchronous scheduling an arrival waits for two steps")
  func asynchronous() throws {
    // Steps of the first end at 19, 30, 41, 52. The second arrives at 20: the step from 19 runs, the one from 30 was
    // scheduled at 19, and so it is in the one from 41, which takes 10 + 2 + 8 ns.
    let settings = Self.settings(blocks: 9) { $0.isAsynchronous = true }
    #expect(
      try run(settings, [request(0, 4, 4), request(1, at: 20, 4, 1)]) == [
        [0, 19, 61, 0, 0], [30, 61, 61, 0, 0],
      ])
  }

  @Test("A long prompt takes turns with others where it is bounded")
  func threshold() throws {
    // Alone the prompt of 8 would take a step. With the other it gets 3 tokens a step: 3 + 1 tokens for 10 + 2 + 8 ns, to
    // 20; the other then ends. Alone it takes the 5 tokens that are left: 10 + 1 + 10 ns, to 41.
    let settings = Self.settings(blocks: 9) { $0.longPromptThreshold = 3 }
    #expect(
      try run(settings, [request(0, 8, 1), request(1, 1, 1)]) == [
        [0, 41, 41, 0, 0], [0, 20, 20, 0, 0],
      ])
  }

  @Test("A lower number goes first, and the highest gives up its blocks")
  func priorities() throws {
    // One sequence at a time: the third arrived last and goes second.
    let settings = Self.settings(blocks: 9) {
      $0.policy = .priority
      $0.maxSequences = 1
    }
    // Each takes 10 + 1 + 8 ns.
    #expect(
      try run(
        settings,
        [
          request(0, 4, 1, priority: 5), request(1, at: 1, 4, 1, priority: 5),
          request(2, at: 2, 4, 1, priority: 1),
        ]) == [[0, 19, 19, 0, 0], [38, 57, 57, 0, 0], [19, 38, 38, 0, 0]])
  }

  @Test("A request is admitted only where all of its known tokens fit, unless that is not asked")
  func wholePrompt() throws {
    // Three blocks, parts of prompts of at most 4 tokens. The first takes two blocks for its prompt of 8, which ends after
    // two steps of 19 ns, and a third for its answer, which ends after two of 11 ns, at 60. The second needs three blocks
    // for its prompt of 12; its first part alone needs one, which is there at 0.
    func start(_ reserves: Bool) throws -> Int64 {
      let settings = Self.settings(blocks: 4) {
        $0.longPromptThreshold = 4
        $0.reservesWholePrompt = reserves
      }
      return try run(settings, [request(0, 8, 3), request(1, 12, 1)])[1][0]
    }
    #expect(try start(true) == 60)
    #expect(try start(false) == 0)
  }

  @Test("Under asynchronous scheduling the block that a last token fills is found later")
  func lastBlock() throws {
    // A prompt of 3 and an answer of 2: the fourth token, which fills the block, is computed for the last one of the answer.
    let settings = Self.settings(blocks: 9) {
      $0.cachesPrefixes = true
      $0.isAsynchronous = true
    }
    let records = try run(
      settings, [request(0, 3, 2, blocks: [7]), request(1, at: 1_000, 5, 1, blocks: [7])])
    #expect(records[1][4] == 4)
  }

  @Test("Requests that take each other's blocks without end are told, and do not hang")
  func thrashing() {
    // Each fits alone. Of equals the one that runs the longest gives up its blocks, so that neither ever gets on.
    var settings = VLLMSettings()
    settings.policy = .priority
    settings.blocks = 4
    settings.maxBatchedTokens = 16
    settings.longPromptThreshold = 8
    settings.reservesWholePrompt = false
    #expect(throws: TokenRun<VLLMScheduler, AffineStepLaw>.Failure.self) {
      _ = try run(settings, [request(0, 15, 32), request(1, 13, 31)])
    }
  }

  @Test("An engine says which request it can never answer")
  func refusals() {
    let settings = Self.settings(blocks: 4)
    // 12 tokens fit in three blocks, and the last token of an answer needs none.
    #expect(settings.refusal(promptTokens: 8, outputTokens: 5) == nil)
    #expect(settings.refusal(promptTokens: 8, outputTokens: 6) != nil)
    let whole = Self.settings(blocks: 9) { $0.chunksPrompts = false }
    #expect(whole.refusal(promptTokens: 8, outputTokens: 1) == nil)
    #expect(whole.refusal(promptTokens: 9, outputTokens: 1) != nil)
  }
}
