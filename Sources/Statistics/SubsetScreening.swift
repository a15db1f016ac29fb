// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// Keeps of many systems those that may have the smallest mean, by as many observations of each.
///
/// The best is kept with the stated confidence, however close the others are. A system leaves where another
/// is smaller by more than a one-sided paired t interval allows at 1 - α/(k - 1) (Bonferroni), so
/// observations of one number may depend on each other between systems (common random numbers). Source: the
/// first stage of Nelson, Swann, Goldsman and Song, "Simple procedures for selecting the best simulated system
/// when the number of alternatives is large", Operations Research 49 (2001),
/// DOI 10.1287/opre.49.6.950.10019, with the variance of differences.
package struct SubsetScreening: Sendable {
  /// The observations of each system that are looked at.
  package let observations: Int
  /// Student's quantile at 1 - α/(k - 1) for n₀ - 1 degrees of freedom.
  package let quantile: Double

  /// A screening of that many systems.
  ///
  /// - Precondition: there are two observations.
  package init(systems: Int, observations: Int, confidence: Double) {
    precondition(observations >= 2, "a variance takes two observations")
    self.observations = observations
    quantile = StudentT.quantile(
      1 - (1 - confidence) / Double(max(1, systems - 1)), degreesOfFreedom: observations - 1)
  }

  /// How much smaller the mean of one system has to be for the other to leave: t·S/√n₀.
  package func allowance(_ first: [Double], _ second: [Double]) -> Double {
    precondition(
      first.count >= observations && second.count >= observations, "the stage is complete")
    let count = Double(observations)
    let differences = (0..<observations).map { first[$0] - second[$0] }
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return quantile * (squares / (count - 1) / count).squareRoot()
  }

  /// The systems that no other beats, of those in `alive`.
  ///
  /// - Complexity: O(systems² · observations).
  package func survivors(of samples: [[Double]], among alive: [Int]) -> [Int] {
    func mean(_ system: Int) -> Double {
      samples[system].prefix(observations).reduce(0, +) / Double(observations)
    }
    return alive.filter { one in
      alive.allSatisfy { other in
        mean(one) <= mean(other) + allowance(samples[one], samples[other])
      }
    }
  }
}
