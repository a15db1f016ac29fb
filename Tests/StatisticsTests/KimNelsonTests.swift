// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Statistics
import Testing

@Suite("Kim and Nelson's selection")
struct KimNelsonTests {
  @Test("has the constants that solve the paper's equations")
  func constants() throws {
    let cases = try ClosedFormCase.all(of: "kim_nelson")
    #expect(cases.count == 4)
    for known in cases {
      let rule = try KimNelson(
        systems: known.count("systems"), firstStage: known.count("n0"),
        confidence: known.number("confidence"), indifference: 1)
      #expect(abs(rule.eta / (try known.value("eta")) - 1) < 1e-12, "\(known)")
      #expect(abs(rule.hSquared / (try known.value("h2")) - 1) < 1e-12, "\(known)")
    }
  }

  @Test("lets a system go by the allowance that a worked example gives")
  func worked() {
    // Differences 1 and 3: variance 2. For two systems at 80 % and n₀ = 2: η = ½(0.4^-2 - 1) = 2.625 and
    // h² = 5.25; W(2) = (5.25·2/1 - 1·2)/4 = 2.125, W(11) = 0.
    let rule = KimNelson(systems: 2, firstStage: 2, confidence: 0.8, indifference: 1)
    #expect(abs(rule.allowance([1, 3], [0, 0], after: 2) - 2.125) < 1e-12)
    #expect(rule.allowance([1, 3], [0, 0], after: 11) == 0)
    // Means 2 and 0 lie no further apart than the allowance, 2.2 and 0 do.
    #expect(rule.survivors(of: [[1, 3], [0, 0]], among: [0, 1], after: 2) == [0, 1])
    #expect(rule.survivors(of: [[1.2, 3.2], [0, 0]], among: [0, 1], after: 2) == [1])
    #expect(!rule.isExhausted([[1, 3], [0, 0]], among: [0, 1], after: 10))
    #expect(rule.isExhausted([[1, 3], [0, 0]], among: [0, 1], after: 11))
  }

  @Test(
    "picks the best of normal systems at least as often as promised, with and without common luck",
    arguments: [0.0, 0.8])
  func promise(common: Double) {
    let runs = 400
    var right = 0
    for run in 0..<runs {
      var draws = RandomStream(
        seed: 5, replication: UInt32(run), purpose: .testing, entity: UInt32(common * 10))
      // The slippage configuration: every other system is worse by just the indifference.
      let means = [1.0, 0.5, 1.0, 1.0, 1.0]
      let deviations = [1.0, 1.2, 0.7, 1.5, 1.0]
      let rule = KimNelson(systems: 5, firstStage: 10, confidence: 0.9, indifference: 0.5)
      var samples = means.map { _ in [Double]() }
      func observe() {
        let shared = Normal.quantile(draws.nextUniform())
        for system in means.indices {
          let own = Normal.quantile(draws.nextUniform())
          let noise = common * shared + (1 - common * common).squareRoot() * own
          samples[system].append(means[system] + deviations[system] * noise)
        }
      }
      for _ in 0..<10 { observe() }
      var alive = rule.survivors(of: samples, among: Array(means.indices), after: 10)
      while alive.count > 1 {
        observe()
        alive = rule.survivors(of: samples, among: alive, after: samples[0].count)
      }
      if alive == [1] { right += 1 }
    }
    // 90 % less three standard errors.
    #expect(Double(right) / Double(runs) >= 0.9 - 3 * (0.9 * 0.1 / Double(runs)).squareRoot())
  }
}
