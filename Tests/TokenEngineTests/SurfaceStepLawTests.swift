// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

@Suite("Step times from measured tables")
struct SurfaceStepLawTests {
  /// One layer. All operators together take a tenth of a millisecond a token; attention of decodes 1 ms a request and 10 ms
  /// for each 64 tokens of context, at most 3 requests and 128 tokens; that of prompts 100 ms a token, with no value for two
  /// tokens behind 64.
  private func law(_ hole: Double = .nan) -> SurfaceStepLaw {
    SurfaceStepLaw(
      layers: 1,
      operators: (1...16).map { tokens in
        SurfaceStepLaw.Operators(Array(repeating: Double(tokens) / 100, count: 10))
      },
      decode: SurfaceStepLaw.Table(
        contexts: 3, counts: 3, milliseconds: [1, 2, 3, 11, 12, 13, 21, 22, 23]),
      prefill: SurfaceStepLaw.Table(contexts: 2, counts: 2, milliseconds: [100, 200, 101, hole]))
  }

  private func decodes(_ count: Int, context: Int) -> StepShape {
    var shape = StepShape()
    for _ in 0..<count { shape.addDecode(context: context) }
    return shape
  }

  private func prefill(_ tokens: Int, context: Int) -> StepShape {
    var shape = StepShape()
    shape.addPrefill(tokens: tokens, context: context)
    return shape
  }

  private func milliseconds(_ step: StepShape) -> Double {
    Double(law().femtoseconds(of: step)) / 1e12
  }

  @Test("A step that was measured has its time")
  func measured() {
    // The operators of 8 tokens, but that for keys, which has those of the step, take 9 times 0.08 ms.
    #expect(law().covers(decodes(2, context: 100)))
    #expect(abs(milliseconds(decodes(2, context: 100)) - (0.74 + 1.1 * 22)) < 1e-6)
    #expect(law().seconds(of: prefill(2, context: 0)) != nil)
  }

  @Test("One beside the tables has that of the nearest edge, never none")
  func outside() {
    let far = decodes(5, context: 10_000)
    #expect(!law().covers(far) && law().seconds(of: far) == nil)
    #expect(abs(milliseconds(far) - (0.77 + 1.1 * 23)) < 1e-6)
    let many = decodes(100, context: 0)
    #expect(!law().covers(many))
    #expect(abs(milliseconds(many) - (1.6 + 1.1 * 3)) < 1e-6)
    let hole = prefill(2, context: 64)
    #expect(!law().covers(hole))
    #expect(abs(milliseconds(hole) - (0.74 + 101)) < 1e-6)
    let long = prefill(9, context: 1_000)
    #expect(abs(milliseconds(long) - (1.53 + 101)) < 1e-6)
  }

  @Test("Bounds are those of the tables, and equality is by their bits")
  func bounds() {
    #expect(law().largestTokens == 16)
    #expect(law().largestDecode == (3, 128))
    #expect(law().largestPrefill == (2, 64))
    #expect(law() == law() && EngineStepLaw.surface(law()) == .surface(law()))
    #expect(law() != law(101))
  }

  @Test("A replica counts the steps whose time is a guess, also in rows", arguments: [true, false])
  func counted(coalesces: Bool) {
    for isAsynchronous in [true, false] {
      var settings = VLLMSettings()
      settings.isAsynchronous = isAsynchronous
      var replica = TokenReplica(
        scheduler: VLLMScheduler(settings: settings), law: EngineStepLaw.surface(law()),
        coalesces: coalesces)
      // The prompt in one step; then steps with 2 to 200 tokens before them, of which 128 were measured.
      replica.add(TokenRequest(id: 0, arrival: 0, promptTokens: 2, outputTokens: 200), at: 0)
      while replica.nextTime < .max { replica.step() }
      #expect(replica.steps == 200 && replica.stepsOutsideMeasurements == 200 - 128)
    }
  }
}
