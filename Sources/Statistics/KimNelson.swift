// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// Picks the system with the smallest mean out of many, by as few observations as it takes.
///
/// All systems are observed side by side, and one leaves as soon as another is so much smaller that chance
/// does not explain it. The one that is left is the best with the stated confidence wherever the best is
/// better than every other by the indifference zone. Variances may differ, and observations of one number
/// may depend on each other between systems (common random numbers): variances are those of differences.
/// Source: Kim and Nelson, "A fully sequential procedure for indifference-zone selection in simulation",
/// ACM Transactions on Modeling and Computer Simulation 11 (2001), DOI 10.1145/502109.502111, with c = 1.
package struct KimNelson: Sendable {
  /// η = ½((2α/(k - 1))^(-2/(n₀ - 1)) - 1).
  package let eta: Double
  /// h² = 2η(n₀ - 1).
  package let hSquared: Double
  /// The observations of each system that variances are taken from.
  package let firstStage: Int
  /// The smallest difference worth finding.
  package let indifference: Double

  /// A procedure for that many systems.
  ///
  /// - Precondition: there are two observations in the first stage and the indifference is positive.
  package init(systems: Int, firstStage: Int, confidence: Double, indifference: Double) {
    precondition(firstStage >= 2 && indifference > 0, "a variance takes two observations")
    let degrees = Double(firstStage - 1)
    let base = 2 * (1 - confidence) / Double(max(1, systems - 1))
    eta =
      (ElementaryFunctions.exp(-2 / degrees * ElementaryFunctions.log(min(1, base))) - 1) / 2
    hSquared = 2 * eta * degrees
    self.firstStage = firstStage
    self.indifference = indifference
  }

  /// How much smaller the mean of one system has to be for the other to leave, after `count` observations
  /// of each: W = max(0, (h²S²/δ - δr) / 2r).
  package func allowance(_ first: [Double], _ second: [Double], after count: Int) -> Double {
    let variance = variance(first, second)
    return max(
      0, (hSquared * variance / indifference - indifference * Double(count)) / (2 * Double(count)))
  }

  /// The systems that no other has beaten after `count` observations of each, of those in `alive`.
  ///
  /// - Complexity: O(systems² · observations).
  package func survivors(of samples: [[Double]], among alive: [Int], after count: Int) -> [Int] {
    let means = samples.map {
      $0.prefix(count).reduce(0, +) / Double(max(1, $0.prefix(count).count))
    }
    return alive.filter { one in
      alive.allSatisfy { other in
        means[one] <= means[other] + allowance(samples[one], samples[other], after: count)
      }
    }
  }

  /// Whether more observations would say no more: all allowances are used up.
  package func isExhausted(_ samples: [[Double]], among alive: [Int], after count: Int) -> Bool {
    alive.allSatisfy { one in
      alive.allSatisfy { allowance(samples[one], samples[$0], after: count) == 0 }
    }
  }

  /// The variance of the difference in the first stage.
  private func variance(_ first: [Double], _ second: [Double]) -> Double {
    precondition(
      first.count >= firstStage && second.count >= firstStage, "the first stage is complete")
    let differences = (0..<firstStage).map { first[$0] - second[$0] }
    let mean = differences.reduce(0, +) / Double(firstStage)
    return differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(firstStage - 1)
  }
}
