// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// A server that makes one token for each running request in every step; requests join at any time.
///
/// Poisson arrivals, any law of the number of tokens, steps of `fixedTime` + n `timePerRequest` with
/// n running, short beside a request, and no limit on n. Processor sharing with a total speed of n
/// over the step's time, so that the number running has a negative binomial law. Source: Cohen, "The
/// multiple phase service network with generalized processor sharing", Acta Informatica 12 (1979),
/// DOI 10.1007/BF00264581.
package struct ContinuousBatching: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The time that a step takes besides that for its requests.
  package let fixedTime: Double
  /// The further time for each request that runs.
  package let timePerRequest: Double
  /// The mean number of tokens of a request.
  package let tokensMean: Double

  /// The server with these times of its steps.
  ///
  /// - Precondition: all are positive, the fixed time may be 0; the product of the rate, the time per
  ///   request and the tokens is below 1.
  package init(
    arrivalRate: Double, fixedTime: Double, timePerRequest: Double, tokensMean: Double
  ) {
    precondition(arrivalRate > 0 && tokensMean > 0, "requests arrive and want tokens")
    precondition(fixedTime >= 0 && timePerRequest > 0, "steps take time")
    precondition(
      arrivalRate * timePerRequest * tokensMean < 1,
      "a queue settles only if it serves more than arrives")
    self.arrivalRate = arrivalRate
    self.fixedTime = fixedTime
    self.timePerRequest = timePerRequest
    self.tokensMean = tokensMean
  }

  /// Arrivals over what ever larger batches would serve.
  package var load: Double { arrivalRate * timePerRequest * tokensMean }

  /// The mean number running.
  package var requestsInSystemMean: Double { shape * load / (1 - load) }

  /// The variance of the number running.
  package var requestsInSystemVariance: Double { requestsInSystemMean / (1 - load) }

  /// The share of time in which nothing runs.
  package var emptyProbability: Double { decay(-shape * logarithm(onePlus: -load)) }

  /// The share of time in which something runs.
  package var utilization: Double { 1 - emptyProbability }

  /// The mean time in the system.
  package var sojournTimeMean: Double { tokensMean * stepTimeMean }

  /// The mean time of a step as tokens see it.
  package var stepTimeMean: Double { (fixedTime + timePerRequest) / (1 - load) }

  /// The share of time in which at least `count` are running.
  ///
  /// - Complexity: linear in the number that is hardly ever reached.
  package func probability(ofAtLeast count: Int) -> Double {
    min(1, stateProbabilities(beyond: count).dropFirst(max(0, count)).reversed().reduce(0, +))
  }

  /// The least number that is exceeded for a share of at most 1 - `p` of the time.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  /// - Complexity: linear in the number that is hardly ever reached.
  package func requestsInSystemQuantile(_ p: Double) -> Int {
    precondition(p > 0 && p < 1, "a quantile is asked for a probability strictly between 0 and 1")
    var sum = 0.0
    for (number, probability) in stateProbabilities(beyond: 0).enumerated() {
      sum += probability
      if sum >= p { return number }
    }
    return stateProbabilities(beyond: 0).count - 1
  }

  /// The parameter of the negative binomial law beside the load.
  private var shape: Double { fixedTime / timePerRequest + 1 }

  /// The probabilities of 0, 1, … up to one that is negligible beside that of `count`.
  private func stateProbabilities(beyond count: Int) -> [Double] {
    var last = max(64, 2 * count, 2 * Int(requestsInSystemMean))
    while true {
      let weights = BirthDeath.weights(
        births: [Double](repeating: arrivalRate, count: last),
        deaths: (1...last).map {
          Double($0) / ((fixedTime + Double($0) * timePerRequest) * tokensMean)
        })
      if weights[last] <= 1e-20 * max(1e-280, weights[min(count, last)]) {
        let sum = weights.reversed().reduce(0, +)
        return weights.map { $0 / sum }
      }
      last *= 2
    }
  }
}
