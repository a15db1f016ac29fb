// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

@Suite("SGLang's scheduler")
struct SGLangTests {
  /// A pool of pages of one token without a radix cache; prompts are not cut.
  private func plain(
    tokens: Int = 1_000, page: Int = 1, _ change: (inout SGLangSettings) -> Void = { _ in }
  ) -> SGLangScheduler {
    var settings = SGLangSettings()
    settings.maxTotalTokens = tokens
    settings.pageSize = page
    settings.cachesPrefixes = false
    settings.chunkedPrefillSize = nil
    change(&settings)
    return SGLangScheduler(settings: settings)
  }

  /// The same with a radix cache.
  private func caching(
    tokens: Int = 1_600, page: Int = 16, _ change: (inout SGLangSettings) -> Void = { _ in }
  ) -> SGLangScheduler {
    plain(tokens: tokens, page: page) {
      $0.cachesPrefixes = true
      change(&$0)
    }
  }

  // MARK: S1

  @Test("A prompt goes before decodes, which wait for it")
  func promptsFirst() {
    var scheduler = plain()
    scheduler.ask(4, 3)
    #expect(scheduler.toldStep() == "prefill 4/1 +0:0")
    scheduler.ask(5, 2)
    // The first request has one token of three and waits for the prompt of the second. Then both decode: the second has
    // its two tokens; one more step, and the first has its three.
    #expect(scheduler.toldSteps(3) == ["prefill 5/1 +1:0", "decode 2 =1", "decode 1 =0"])
    #expect(scheduler.freeBlocks == 1_000 && !scheduler.hasRequests)
  }

  @Test("With mixed chunks decodes go along with a prompt and are charged to its budget")
  func mixedChunks() {
    var scheduler = plain {
      $0.chunkedPrefillSize = 8
      $0.mixesChunks = true
    }
    scheduler.ask(4, 4)
    #expect(scheduler.toldStep() == "prefill 4/1 +0:0")
    scheduler.ask(10, 2)
    // One decode leaves 8 − 1 = 7 tokens of the prompt of 10, then 3 go with the next decode. So the first request has
    // three tokens when both decode together.
    #expect(
      scheduler.toldSteps(3) == [
        "prefill 7/1 decode 1 +1:0", "prefill 3/1 decode 1", "decode 2 =1 =0",
      ])
    // With pages of 4 tokens a new prompt is cut at a page, to 4 of the 7 tokens; what is left of it is not.
    var paged = plain(page: 4) {
      $0.chunkedPrefillSize = 8
      $0.mixesChunks = true
    }
    paged.ask(4, 4)
    _ = paged.toldStep()
    paged.ask(10, 2)
    #expect(paged.toldSteps(2) == ["prefill 4/1 decode 1 +1:0", "prefill 6/1 decode 1"])
  }

  @Test("Decodes without a page sit out a mixed step")
  func mixedWithoutRoom() {
    var scheduler = plain(tokens: 40, page: 4) {
      $0.chunkedPrefillSize = 24
      $0.mixesChunks = true
      $0.conservativeness = 0
    }
    for _ in 0..<3 { scheduler.ask(4, 5) }
    #expect(scheduler.toldStep() == "prefill 12/3 +0:0 +1:0 +2:0")
    scheduler.ask(19, 1)
    // Three of ten pages are held. The prompt needs 19 + 1 + 4 = 24 tokens of 28 − 3 and takes five pages: two are left,
    // and the decodes begin one page each.
    #expect(scheduler.toldSteps(2) == ["prefill 19/1 +3:0 =3", "decode 3"])
  }

  // MARK: S2

  @Test("Waiting requests are tried as they came, by answers, or by uncached tokens")
  func orders() {
    func order(_ policy: SGLangSettings.Policy) -> [Int] {
      var scheduler = caching { $0.policy = policy }
      for (prompt, output) in [(9, 2), (3, 5), (6, 3), (3, 5)] { scheduler.ask(prompt, output) }
      _ = scheduler.schedule()
      return scheduler.news.admitted.map(\.slot)
    }
    #expect(order(.fcfs) == [0, 1, 2, 3])
    // Answers of 2, 5, 3, 5: the longest first, of equals the first that came.
    #expect(order(.lof) == [1, 3, 2, 0])
    // Prompts of 9, 3, 6, 3: the shortest first.
    #expect(order(.shortestPrefillFirst) == [1, 3, 2, 0])
  }

  /// A scheduler whose tree has the pages 1 to 3 of 16 tokens.
  private func withThreePages(_ change: (inout SGLangSettings) -> Void) -> SGLangScheduler {
    var scheduler = caching(tokens: 16_000, change)
    let slot = scheduler.ask(48, 1, [1...3])
    #expect(scheduler.stepsToCompletion(of: slot) == 1)
    return scheduler
  }

  @Test("Under lpm who finds the most goes first")
  func longestPrefix() {
    var scheduler = withThreePages { $0.policy = .lpm }
    scheduler.ask(20, 12, [11...12])
    scheduler.ask(20, 12, [1...1, 21...21])
    scheduler.ask(52, 12, [1...3, 31...31])
    // They find 0, 16 and 48 tokens: the prompts compute 4, 4 and 20.
    #expect(scheduler.toldStep() == "prefill 28/3 +2:48 +1:16 +0:0")
  }

  @Test("Under lpm requests go as they came while more than 128 wait")
  func manyWait() {
    for (others, first) in [(127, 127), (128, 0)] {
      var scheduler = withThreePages {
        $0.policy = .lpm
        $0.maxRunningRequests = 1
      }
      // Pages of their own, and last one that finds three pages.
      for index in 0..<Int64(others) { scheduler.ask(17, 1, [100 + index...100 + index]) }
      scheduler.ask(49, 1, [1...3])
      _ = scheduler.schedule()
      #expect(scheduler.news.admitted.map(\.slot) == [first])
    }
  }

  @Test("Under shortest-prefill-first a cut prompt leaves room for shorter ones")
  func roomForShorter() {
    var scheduler = caching(tokens: 100, page: 4) {
      $0.policy = .shortestPrefillFirst
      $0.chunkedPrefillSize = 16
    }
    scheduler.ask(40, 50)
    #expect(scheduler.toldStep() == "prefill 16/1 +0:0")
    scheduler.ask(5, 20)
    scheduler.ask(9, 20)
    // 24 tokens are left of the cut prompt. 5 and 9 tokens are shorter, as pages 8 and 12; 8 fit below 16 − 4, both do
    // not: the cut prompt gets 16 − 8 = 8. Then 16 are left, 9 tokens reserve 12, and it gets 4; 12 are left then. The answer
    // of a cut prompt is not reserved yet: with 50 tokens more the others would not fit.
    #expect(
      scheduler.toldSteps(3) == ["prefill 13/2 +1:0", "prefill 13/2 +2:0", "prefill 12/1"])
  }

  // MARK: S3

  @Test("Of prompts that begin alike the first goes ahead, and the others find its pages")
  func inBatchPrefix() {
    func steps(_ policy: SGLangSettings.Policy, shared: ClosedRange<Int64>) -> [String] {
      var scheduler = caching {
        $0.policy = policy
        $0.chunkedPrefillSize = 96
      }
      let alone = 2 - shared.count
      let own: (Int64) -> [ClosedRange<Int64>] = { first in
        alone > 0 ? [shared, first...first + Int64(alone) - 1] : [shared]
      }
      scheduler.ask(40, 1, own(10))
      scheduler.ask(40, 1, own(20))
      scheduler.ask(40, 1, [31...32])
      return scheduler.toldSteps(2)
    }
    // 40 tokens are three pages; two prompts fill 96. Two shared pages are 32 tokens: the second waits, and computes 8.
    #expect(
      steps(.lpm, shared: 1...2) == [
        "prefill 80/2 +0:0 +2:0 =0 =2", "prefill 8/1 +1:32 =1",
      ])
    // One shared page is too little.
    #expect(steps(.lpm, shared: 1...1).first == "prefill 80/2 +0:0 +1:0 =0 =1")
    #expect(steps(.fcfs, shared: 1...2).first == "prefill 80/2 +0:0 +1:0 =0 =1")
  }

  // MARK: S4

  @Test(
    "Admission reserves a share of what running requests may write, and all of what new ones may")
  func admission() {
    var scheduler = plain(tokens: 100)
    scheduler.ask(20, 30)
    scheduler.ask(10, 38)
    // The first needs 20 + 30 + 1 < 100 and is charged as much: 49 are left, not more than the 10 + 38 + 1 of the second.
    // Next 80 tokens are free, and the first reserves 29 · 0.7 = 20.3 of them: 49 < 59.7.
    #expect(scheduler.toldSteps(2) == ["prefill 20/1 +0:0", "prefill 10/1 +1:0"])
  }

  @Test("With ignore_eos admission reserves all that running requests may write")
  func ignoredEnds() {
    var scheduler = caching(tokens: 100, page: 1) { $0.ignoresEndOfAnswer = true }
    scheduler.ask(20, 30)
    scheduler.ask(10, 40)
    // 80 − 29 = 51 is not more than 51; and the batch is full until the first leaves.
    #expect(scheduler.toldSteps(2) == ["prefill 20/1 +0:0", "decode 1"])
    #expect(scheduler.stepsToCompletion(of: 0) == 28)
    #expect(scheduler.toldStep() == "prefill 10/1 +1:0")
  }

  @Test("Pages that a request finds are no room for it")
  func foundPages() {
    var scheduler = caching(tokens: 40, page: 4) { $0.conservativeness = 0 }
    scheduler.ask(16, 1, [1...4])
    #expect(scheduler.toldStep() == "prefill 16/1 +0:0 =0")
    scheduler.ask(3, 3)
    #expect(scheduler.toldStep() == "prefill 3/1 +0:0")
    scheduler.ask(17, 15, [1...8])
    // Nine pages can be had, four of which it finds: 1 + 15 + 4 is not less than 20 tokens.
    #expect(scheduler.toldSteps(3) == ["decode 1", "decode 1 =0", "prefill 1/1 +1:16"])
  }

  @Test("A full batch opens when somebody leaves")
  func fullBatch() {
    var scheduler = plain { $0.maxRunningRequests = 2 }
    for output in [3, 5, 1] { scheduler.ask(1, output) }
    #expect(
      scheduler.toldSteps(4) == [
        "prefill 2/2 +0:0 +1:0", "decode 2", "decode 2 =0", "prefill 1/1 +2:0 =2",
      ])
  }

  @Test("Admission expects at most 4096 tokens of an answer")
  func clippedAnswers() {
    var scheduler = plain(tokens: 20_000)
    for _ in 0..<5 { scheduler.ask(100, 10_000) }
    // Each needs and is charged 100 + 4096 + 1 = 4197: after three 7409 are left, after four 3212.
    #expect(scheduler.toldStep() == "prefill 400/4 +0:0 +1:0 +2:0 +3:0")
  }

  // MARK: S5

  @Test("One prompt is cut at a time, and goes on first")
  func chunks() {
    var scheduler = plain(page: 4) { $0.chunkedPrefillSize = 8 }
    scheduler.ask(20, 1)
    scheduler.ask(6, 1)
    // 20 = 8 + 8 + 4; then 4 tokens of the second are left in the batch of 8, and 2 in the next.
    #expect(
      scheduler.toldSteps(4) == [
        "prefill 8/1 +0:0", "prefill 8/1", "prefill 8/2 +1:0 =0", "prefill 2/1 =1",
      ])
    #expect(scheduler.freeBlocks == 250)
  }

  @Test("Budgets are charged whole pages, and prompts are cut at pages")
  func pages() {
    var scheduler = plain(page: 4) { $0.chunkedPrefillSize = 12 }
    scheduler.ask(6, 1)
    scheduler.ask(9, 1)
    // 6 tokens are charged as 8. Of 9 tokens, 12 in pages, 4 go.
    #expect(scheduler.toldSteps(2) == ["prefill 10/2 +0:0 +1:0 =0", "prefill 5/1 =1"])
  }

  @Test("max_prefill_tokens ends a batch, and the last request may exceed it")
  func prefillTokens() {
    func first(_ chunk: Int?, _ prompts: [Int]) -> String {
      var scheduler = plain {
        $0.maxPrefillTokens = 5
        $0.chunkedPrefillSize = chunk
      }
      for prompt in prompts { scheduler.ask(prompt, 1) }
      return scheduler.toldStep()
    }
    // 5 − 4 = 1 is left for the second of 4 tokens, nothing for the third.
    #expect(first(100, [4, 4, 4]) == "prefill 8/2 +0:0 +1:0 =0 =1")
    // Where prompts are not cut, only the first may exceed it.
    #expect(first(nil, [4, 4, 4]) == "prefill 4/1 +0:0 =0")
    #expect(first(nil, [9, 4]) == "prefill 9/1 +0:0 =0")
  }

  // MARK: S6

  @Test(
    "The reserved share falls from 0.7 to 0.098 in 600 decode steps, and starts anew with the next request"
  )
  func newTokenRatio() {
    var scheduler = plain()
    scheduler.ask(1, 700)
    #expect(scheduler.newTokenRatio == 0.7)
    _ = scheduler.toldStep()
    #expect(scheduler.newTokenRatio == 0.7)
    _ = scheduler.toldStep()
    #expect(abs(scheduler.newTokenRatio - (0.7 - 0.602 / 600)) < 1e-12)
    for _ in 1..<600 { _ = scheduler.toldStep() }
    #expect(abs(scheduler.newTokenRatio - 0.098) < 1e-9)
    #expect(scheduler.stepsToCompletion(of: 0) == 99)
    #expect(abs(scheduler.newTokenRatio - 0.098) < 1e-9)
    scheduler.ask(1, 1)
    #expect(scheduler.newTokenRatio == 0.7)
    #expect(plain { $0.conservativeness = 2 }.newTokenRatio == 1)
  }

  // MARK: S7

  /// Two requests of 5 and 4 tokens with answers of 60 in a pool of 71, just before a page is missing; and, if it is asked
  /// for, one of 2 tokens with an answer of 5, which waits.
  private func beforeRetraction(caches: Bool, andOneMore: Bool = false) -> SGLangScheduler {
    var scheduler = plain(tokens: 71) {
      $0.conservativeness = 0
      $0.cachesPrefixes = caches
    }
    scheduler.ask(5, 60, caches ? [1...65] : [])
    scheduler.ask(4, 60, caches ? [101...164] : [])
    // The second needs 4 + 60 + 1 = 65: less than 71 − 5 once the first runs.
    #expect(scheduler.toldSteps(2) == ["prefill 5/1 +0:0", "prefill 4/1 +1:0"])
    // 62 tokens are free, 31 steps take them.
    for step in 0..<31 {
      // Of 2 + 5 + 1 tokens 6 are free then.
      if andOneMore && step == 28 { scheduler.ask(2, 5) }
      #expect(scheduler.toldStep() == "decode 2")
    }
    #expect(scheduler.freeBlocks == 0)
    return scheduler
  }

  @Test(
    "Of equal answers the longest prompt is retracted, and the reserved share follows what was written"
  )
  func retraction() {
    var scheduler = beforeRetraction(caches: false)
    // Both have 32 tokens. The first gives up 5 + 31 tokens, the other takes one.
    #expect(scheduler.toldStep() == "decode 1 -0")
    #expect(scheduler.newTokenRatio == (32.0 + 20) / (60 + 1))
    #expect(scheduler.freeBlocks == 35 && scheduler.waitingCount == 1)
    // It needs 37 + 28 + 1 tokens and waits for the other's end: 33 of 60 are there.
    #expect(scheduler.stepsToCompletion(of: 1) == 27)
    #expect(scheduler.toldStep() == "prefill 37/1 +0:0")
    #expect(scheduler.stepsToCompletion(of: 0) == 27)
    #expect(scheduler.news.completed.first?.preemptions == 1)
    #expect(scheduler.freeBlocks == 71)
  }

  @Test("A retraction opens the batch for who waits, and its victim waits behind them")
  func admissionAfterRetraction() {
    var scheduler = beforeRetraction(caches: false, andOneMore: true)
    // 35 tokens are free, and 27 · 52 / 61 = 23 reserved: there is room for 8 and not for the victim.
    #expect(scheduler.toldSteps(3) == ["decode 1 -0", "prefill 2/1 +2:0", "decode 2"])
  }

  @Test("The request with the shortest answer so far is retracted first")
  func shortestAnswerFirst() {
    var scheduler = plain(tokens: 40) { $0.conservativeness = 0 }
    scheduler.ask(9, 20)
    for _ in 0..<4 { _ = scheduler.toldStep() }
    // 9 + 3 tokens are held: 3 + 20 + 1 = 24 of 28 fit.
    scheduler.ask(3, 20)
    #expect(scheduler.toldStep() == "prefill 3/1 +1:0")
    // 25 are free: 12 steps take 24 of them. Then answers have 4 + 12 = 16 and 1 + 12 = 13 tokens, and the second has to
    // go although its prompt is the shorter one.
    for _ in 0..<12 { #expect(scheduler.toldStep() == "decode 2") }
    #expect(scheduler.toldStep() == "decode 1 -1")
    // Of 20 tokens 17 are there. Then the other computes 3 + 13 tokens, which gives its 14th.
    #expect(scheduler.stepsToCompletion(of: 0) == 3)
    #expect(scheduler.toldStep() == "prefill 16/1 +1:0")
    #expect(scheduler.stepsToCompletion(of: 1) == 6)
    #expect(scheduler.freeBlocks == 40)
  }

  @Test("A retracted request finds its prompt in the tree, but not its answer")
  func retractedPages() {
    var scheduler = beforeRetraction(caches: true)
    // The pages of the first prompt stay in the tree, those of its answer are free; the other needs 28 of 31.
    #expect(scheduler.toldStep() == "decode 1 -0")
    #expect(scheduler.stepsToCompletion(of: 1) == 27)
    #expect(scheduler.toldStep() == "prefill 32/1 +0:5")
    #expect(scheduler.stepsToCompletion(of: 0) == 27)
    #expect(scheduler.freeBlocks == 71)
  }

  // MARK: S8

  @Test("Pages of prompts and of complete answers are found again, all but the last token")
  func radixCache() {
    var scheduler = caching(page: 4)
    // The last token of an answer is not computed: 8 + 5 − 1 = 12 tokens, three pages.
    let first = scheduler.ask(8, 5, [1...3])
    #expect(scheduler.stepsToCompletion(of: first) == 5)
    scheduler.ask(13, 1, [1...3])
    #expect(scheduler.toldStep() == "prefill 1/1 +0:12 =0")
    scheduler.ask(12, 1, [1...3])
    #expect(scheduler.toldStep() == "prefill 4/1 +0:8 =0")
    #expect(scheduler.freeBlocks == 400)
  }

  @Test("The page that was looked at the longest ago is evicted first")
  func eviction() {
    var scheduler = caching(tokens: 32, page: 4)
    func step(_ prompt: Int, _ blocks: [ClosedRange<Int64>]) -> String {
      scheduler.ask(prompt, 1, blocks)
      return scheduler.toldStep()
    }
    #expect(step(8, [1...2]) == "prefill 8/1 +0:0 =0")
    #expect(step(8, [11...12]) == "prefill 8/1 +0:0 =0")
    #expect(step(9, [1...2]) == "prefill 1/1 +0:8 =0")
    // Four of eight pages are in the tree. Five are needed: 12 goes, the leaf of what nobody looked at since.
    #expect(step(20, [21...25]) == "prefill 20/1 +0:0 =0")
    // Two more are needed: 2 and 1 go.
    #expect(step(9, [11...12]) == "prefill 5/1 +0:4 =0")
    #expect(step(9, [1...2]) == "prefill 9/1 +0:0 =0")
    #expect(scheduler.freeBlocks == 8)
  }

  @Test("Every 32nd time pages that waiting requests will find are looked at")
  func waitingPrefixes() {
    var scheduler = caching(tokens: 32, page: 4) { $0.maxRunningRequests = 1 }
    for blocks in [1...2, 11...12] as [ClosedRange<Int64>] { scheduler.ask(8, 1, [blocks]) }
    for _ in 0..<30 { scheduler.ask(1, 1) }
    for _ in 0..<32 { #expect(scheduler.toldStep().contains("=")) }
    scheduler.ask(24, 1, [21...26])
    scheduler.ask(9, 1, [1...2])
    // Two pages have to go, and 1 and 2 are older; but this is the 33rd time, and somebody waits for them.
    #expect(scheduler.toldSteps(2).map { $0.prefix(13) } == ["prefill 24/1 ", "prefill 1/1 +"])
  }

  @Test("Equal pages that two requests computed at once are kept once")
  func equalPages() {
    var scheduler = caching(tokens: 80, page: 4)
    scheduler.ask(8, 2, [1...2])
    scheduler.ask(8, 2, [1...2])
    #expect(scheduler.toldStep() == "prefill 16/2 +0:0 +1:0")
    // Two pages of the tree, which both use.
    #expect(scheduler.freeBlocks == 18)
    #expect(scheduler.progress(of: 1).blocks == 2)
    #expect(scheduler.toldStep() == "decode 2 =0 =1")
    #expect(scheduler.freeBlocks == 20)
  }

  // MARK: S9

  @Test("Defaults follow the memory of a GPU")
  func defaults() {
    let gibibytes = [16, 24, 40, 80, 141, 192]
    let found = gibibytes.map { SGLangSettings.defaults(mebibytes: $0 * 1_024) }
    #expect(found.map(\.chunkedPrefillSize) == [2_048, 4_096, 4_096, 8_192, 8_192, 16_384])
    #expect(found.map(\.maxGraphBatch) == [8, 48, 32, 256, 256, 512])
    let wide = gibibytes.map { SGLangSettings.defaults(mebibytes: $0 * 1_024, tensorParallel: 4) }
    #expect(wide.map(\.maxGraphBatch) == [8, 160, 160, 512, 512, 512])
  }

  // MARK: Ends

  @Test("Cancelled requests free their pages in every phase", arguments: [false, true])
  func cancellation(mixes: Bool) {
    var scheduler = caching(tokens: 200, page: 4) {
      $0.chunkedPrefillSize = 8
      $0.mixesChunks = mixes
    }
    // One decodes, one has a part of its prompt, one waits, one is cancelled while its step runs.
    scheduler.ask(4, 9, [1...3])
    #expect(scheduler.toldStep() == "prefill 4/1 +0:0")
    scheduler.ask(30, 9, [11...19])
    scheduler.ask(5, 9, [21...23])
    _ = scheduler.toldStep()
    #expect(scheduler.progress(of: 0).produced == (mixes ? 2 : 1))
    #expect(scheduler.progress(of: 1).computed > 0 && scheduler.progress(of: 1).computed < 30)
    scheduler.cancel(2)
    scheduler.cancel(1)
    scheduler.ask(6, 9, [31...33])
    #expect(!scheduler.schedule().isEmpty)
    scheduler.cancel(1)
    scheduler.finish()
    #expect(scheduler.news.firstTokens.isEmpty)
    scheduler.cancel(0)
    #expect(scheduler.freeBlocks == 50 && !scheduler.hasRequests)

    var pressed = beforeRetraction(caches: true)
    #expect(pressed.toldStep() == "decode 1 -0")
    pressed.cancel(0)
    pressed.cancel(1)
    #expect(pressed.freeBlocks == 71 && !pressed.hasRequests)
  }
}
