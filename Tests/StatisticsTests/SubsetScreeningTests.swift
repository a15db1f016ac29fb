// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Statistics
import Testing

@Suite("Screening of systems")
struct SubsetScreeningTests {
  @Test("lets a system go by the allowance of a worked example")
  func worked() {
    // Differences 1, 2 and 3: S = 1. Three systems at 90 %: t at 0.95 for two degrees of freedom, which is
    // (2·0.95 - 1)·√(2/(1 - (2·0.95 - 1)²)) = 2.919986, over √3.
    let rule = SubsetScreening(systems: 3, observations: 3, confidence: 0.9)
    #expect(abs(rule.allowance([1, 2, 3], [0, 0, 0]) - 1.685854) < 1e-5)
    #expect(rule.survivors(of: [[0, 0, 0], [0.6, 1.6, 2.6]], among: [0, 1]) == [0, 1])
    #expect(rule.survivors(of: [[0, 0, 0], [0.8, 1.8, 2.8]], among: [0, 1]) == [0])
    #expect(rule.survivors(of: [[5], [0.8, 1.8, 2.8]], among: [1]) == [1])
    // What is exact needs no allowance.
    #expect(rule.survivors(of: [[1, 1, 1], [1, 1, 1], [2, 2, 2]], among: [0, 1, 2]) == [0, 1])
  }

  @Test(
    "keeps the best at least as often as promised, with and without common luck, and loses the bad",
    arguments: [0.0, 0.8])
  func promise(common: Double) {
    let runs = 1_000
    let means = [1.0, 1.0, 1.0, 1.0, 6.0]
    let deviations = [1.2, 1.0, 0.7, 1.5, 1.0]
    let rule = SubsetScreening(systems: 5, observations: 6, confidence: 0.9)
    var (kept, bad) = (0, 0)
    for run in 0..<runs {
      var draws = RandomStream(
        seed: 6, replication: UInt32(run), purpose: .testing, entity: UInt32(common * 10))
      var samples = means.map { _ in [Double]() }
      for _ in 0..<6 {
        let shared = Normal.quantile(draws.nextUniform())
        for system in means.indices {
          let own = Normal.quantile(draws.nextUniform())
          let noise = common * shared + (1 - common * common).squareRoot() * own
          samples[system].append(means[system] + deviations[system] * noise)
        }
      }
      let survivors = rule.survivors(of: samples, among: Array(means.indices))
      if survivors.contains(0) { kept += 1 }
      if survivors.contains(4) { bad += 1 }
    }
    // The first is as good as the three beside it, the case in which it is lost most often.
    #expect(kept >= 900)
    #expect(bad < 100)
  }
}
