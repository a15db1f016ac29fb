// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

/// Schedulers whose own counts are made wrong, as a mistake in them would: the law that holds them has to say so.
@Suite("A scheduler whose sums are wrong")
struct BrokenSumsTests {
  /// Lets three requests run, and says what the law finds before and after a count is made wrong.
  private func problem<Scheduler: TokenScheduler>(
    _ scheduler: Scheduler, _ change: (inout Scheduler) -> Void
  ) -> String? {
    var scheduler = scheduler
    for _ in 0..<3 { scheduler.ask(20, 100) }
    _ = scheduler.toldSteps(3)
    #expect(scheduler.runningCount == 3)
    #expect(scheduler.conservation == nil)
    change(&scheduler)
    return scheduler.conservation
  }

  @Test("is told by vLLM's law, where one request too few is listed as running")
  func vLLM() {
    let found = problem(VLLMScheduler(settings: VLLMSettings())) { $0.runningCount -= 1 }
    #expect(found == "3 requests are listed as running")
  }

  @Test("is told by SGLang's law, where one too many is counted as running")
  func sglang() {
    let found = problem(SGLangScheduler(settings: SGLangSettings())) { $0.runningCount += 1 }
    #expect(found == "3 requests run, and 4 are counted")
  }

  @Test("is told by TensorRT-LLM's law, where a block is lost or a request counted twice")
  func tensorRT() {
    let scheduler = TensorRTScheduler(settings: TensorRTSettings())
    #expect(problem(scheduler) { $0.freeBlocks -= 1 }?.contains("blocks free and") == true)
    #expect(problem(scheduler) { $0.runningCount += 1 } == "3 requests run, and 4 are counted")
  }

  @Test("is told by the law of the older schedulers, where one request is forgotten")
  func promptReserving() {
    let settings = PromptReservingSettings(
      kind: .sarathi(chunk: 64), maxSequences: 8, blockSize: 16, blocks: 1_000, watermark: 0.01)
    let found = problem(PromptReservingScheduler(settings: settings)) { $0.residents -= 1 }
    #expect(found == "3 requests run, and 2 are counted")
  }
}
