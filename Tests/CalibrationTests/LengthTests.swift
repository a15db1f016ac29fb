// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import Inputs
import Numerics
import RandomStreams
import Testing

@Suite("Lengths of prompts and answers")
struct LengthTests {
  private static func draw(_ law: Distribution, _ count: Int, entity: UInt32) -> [Int] {
    let stream = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: entity)
    return (0..<count).map { index in
      var draws = stream.draws(of: UInt64(index))
      return max(1, Int(law.quantile(draws.nextUniform()).rounded()))
    }
  }

  @Test(
    "of known laws come out again, and say what drawing them apart changes: nothing where they are apart"
  )
  func laws() throws {
    let data = LengthMeasurements(
      prompts: Self.draw(try .lognormal(median: 400, p99: 3_000), 6_000, entity: 1),
      outputs: Self.draw(try .gamma(mean: 180, cv: 0.9), 6_000, entity: 2))
    let fit = LengthCalibration(data)
    #expect(fit.prompts.fits.first?.family == .lognormal)
    #expect(fit.outputs.fits.first?.family == .gamma)
    #expect(abs(fit.rankCorrelation) < 0.05)
    #expect(abs(fit.independent.occupied / fit.recorded.occupied - 1) < 0.05)
    let laws = try #require(fit.byLaws)
    #expect(abs(laws.tokens / fit.recorded.tokens - 1) < 0.03)
    let report = fit.report()
    #expect(report.place == "workload")
    #expect(report.fragment[0].hasPrefix("prompt_tokens: { lognormal: { median: "))
    #expect(report.fragment[1].hasPrefix("output_tokens: { gamma: { mean: "))
    // The nearest is not taken where another is asked for.
    let other = LengthCalibration(data, promptFamily: .weibull)
    #expect(other.report().fragment[0].hasPrefix("prompt_tokens: { weibull: "))
  }

  @Test("that depend on each other say how wrong independence is, as by hand")
  func dependence() {
    // Half of the requests have 10 and 10, half 1,000 and 1,000: P·O + O²/2 is 150 and 1,500,000. Apart, a quarter each
    // has 10 and 10, 10 and 1,000 (510,000), 1,000 and 10 (10,050), 1,000 and 1,000.
    let lengths = (0..<1_000).map { $0 % 2 == 0 ? 10 : 1_000 }
    let fit = LengthCalibration(LengthMeasurements(prompts: lengths, outputs: lengths))
    #expect(fit.rankCorrelation == 1)
    #expect(fit.recorded.occupied == 750_075)
    let apart = (150 + 510_000 + 10_050 + 1_500_000) / 4.0
    #expect(abs(fit.independent.occupied / apart - 1) < 0.02)
    #expect(fit.report().doubts[0].contains("-3"), "\(fit.report().doubts[0])")
  }

  @Test(
    "are found under the names of traces",
    arguments: [
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.68,374,44\r\n2023-11-16 18:15:47.68,9,0",
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,374,44,418,x\n6,y,9,0,9,x\n",
      "{\"input_length\": 374, \"output_length\": 44}\n{\"input_length\": 9, \"output_length\": 0}",
    ])
  func names(text: String) throws {
    let data = try LengthMeasurements(Array(text.utf8))
    #expect(data.prompts == [374] && data.outputs == [44] && data.omitted == 1)
  }

  @Test(
    "that are none are refused with their place",
    arguments: [
      ("ContextTokens,GeneratedTokens\n3,4\n3.5,4\n", 3, 1), ("ContextTokens,Tokens\n3,4\n", 1, 1),
      ("{\"input_length\": 3}", 1, 1), ("ContextTokens,GeneratedTokens\n3,0\n", 1, 1),
    ])
  func refusals(text: String, line: Int, column: Int) {
    do {
      _ = try LengthMeasurements(Array(text.utf8))
      Issue.record("it is read")
    } catch {
      #expect(error.errors.first?.line == line && error.errors.first?.column == column, "\(error)")
    }
  }
}
