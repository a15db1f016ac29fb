// SPDX-License-Identifier: GPL-3.0-or-later

/// Machines that are lost alone and in shocks that strike many at once, within a window of time.
///
/// None is replaced. Given how often each kind of shock strikes, the machines are lost
/// independently, so that the number left is found by thinning, without a subtraction. Source:
/// Marshall and Olkin, "A multivariate exponential distribution", Journal of the American
/// Statistical Association 62 (1967), DOI 10.1080/01621459.1967.10482885.
package struct CommonShocks: Hashable, Sendable {
  /// A kind of shock.
  package struct Shock: Hashable, Sendable {
    /// Shocks per unit of time.
    package let rate: Double
    /// The probability of each machine to be lost in one.
    package let probability: Double

    /// Shocks at this rate that each machine falls to with this probability.
    package init(rate: Double, probability: Double) {
      self.rate = rate
      self.probability = probability
    }
  }

  /// The number of machines at the start.
  package let machines: Int
  /// Losses of one machine alone per unit of time.
  package let individualRate: Double
  /// The kinds of shock.
  package let shocks: [Shock]
  /// The length of the window.
  package let window: Double
  /// At each index, the probability that so many machines are left.
  private let leftProbabilities: [Double]

  /// So many machines with these rates, over a window.
  ///
  /// - Precondition: rates are not negative, probabilities lie in 0...1, the window is positive.
  /// - Complexity: the shocks that the window may see times the square of the machines.
  package init(machines: Int, individualRate: Double, shocks: [Shock], window: Double) {
    precondition(machines >= 1 && window > 0, "there is a machine and some time")
    precondition(
      individualRate >= 0 && shocks.allSatisfy { $0.rate >= 0 && (0...1).contains($0.probability) },
      "rates are not negative and probabilities lie between 0 and 1")
    self.machines = machines
    self.individualRate = individualRate
    self.shocks = shocks
    self.window = window
    let individual = individualRate * window
    var left = Self.thinned(
      [Double](repeating: 0, count: machines) + [1], lost: decayIntegral(rate: 1, individual),
      kept: decay(individual))
    for shock in shocks {
      let strikes = PoissonTerms(mean: shock.rate * window)
      var struck = left
      var mixed = [Double](repeating: 0, count: machines + 1)
      for number in 0...strikes.last {
        let weight = strikes.probability(of: number)
        for count in mixed.indices { mixed[count] += weight * struck[count] }
        struck = Self.thinned(struck, lost: shock.probability, kept: 1 - shock.probability)
      }
      left = mixed
    }
    leftProbabilities = left
  }

  /// The probability of a machine to be lost.
  package var lossProbability: Double {
    decayIntegral(
      rate: 1,
      window * shocks.reduce(individualRate) { $0 + $1.rate * $1.probability })
  }

  /// The mean number of machines lost.
  package var lostMean: Double { Double(machines) * lossProbability }

  /// The probability that at least `count` are lost.
  ///
  /// - Complexity: linear in the machines.
  package func probability(ofLosingAtLeast count: Int) -> Double {
    leftProbabilities.prefix(max(0, machines - count + 1)).reduce(0, +)
  }

  /// The same if machines with as great a risk were lost independently.
  ///
  /// - Complexity: linear in the machines.
  package func independentProbability(ofLosingAtLeast count: Int) -> Double {
    BinomialTerms(trials: machines, success: lossProbability, failure: 1 - lossProbability)
      .probability(ofAtLeast: count)
  }

  private static func thinned(_ law: [Double], lost: Double, kept: Double) -> [Double] {
    var thinned = [Double](repeating: 0, count: law.count)
    for (count, probability) in law.enumerated() where probability > 0 {
      let left = BinomialTerms(trials: count, success: kept, failure: lost)
      for (number, share) in left.probabilities.enumerated() {
        thinned[number] += probability * share
      }
    }
    return thinned
  }
}
