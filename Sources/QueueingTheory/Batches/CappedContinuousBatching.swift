// SPDX-License-Identifier: GPL-3.0-or-later

/// As `ContinuousBatching`, with at most so many running and the rest in a line before them.
///
/// Poisson arrivals, first come first served, exponential (for whole tokens geometric) numbers of
/// tokens, steps of `fixedTime` + n `timePerRequest` with n running, short beside a request. A
/// birth-death chain. Source: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory,
/// 4th ed. (2008), DOI 10.1002/9781118625651, chapter 2 (state-dependent service).
package struct CappedContinuousBatching: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The most requests that run.
  package let largestBatch: Int
  /// Requests per unit of time that the largest batch serves.
  package let maximumThroughput: Double
  /// The share of time with 0, 1, … in the system, up to one less than the largest batch, and last
  /// that with the largest batch or more.
  package let stateProbabilities: [Double]

  /// The server with these times of its steps and this largest batch.
  ///
  /// - Precondition: all are positive, one of the times may be 0; the largest batch serves more than
  ///   arrives.
  /// - Complexity: linear in the largest batch.
  package init(
    arrivalRate: Double, fixedTime: Double, timePerRequest: Double, tokensMean: Double,
    largestBatch: Int
  ) {
    precondition(arrivalRate > 0 && tokensMean > 0, "requests arrive and want tokens")
    precondition(
      fixedTime >= 0 && timePerRequest >= 0 && fixedTime + timePerRequest > 0, "steps take time")
    precondition(largestBatch >= 1, "a request can run")
    let rates = (1...largestBatch).map {
      Double($0) / ((fixedTime + Double($0) * timePerRequest) * tokensMean)
    }
    maximumThroughput = rates[largestBatch - 1]
    precondition(
      arrivalRate < maximumThroughput, "a queue settles only if it serves more than arrives")
    self.arrivalRate = arrivalRate
    self.largestBatch = largestBatch
    var weights = BirthDeath.weights(
      births: [Double](repeating: arrivalRate, count: largestBatch), deaths: rates)
    // From the largest batch on the weights are a geometric series.
    weights[largestBatch] /= 1 - arrivalRate / maximumThroughput
    let sum = weights.reversed().reduce(0, +)
    stateProbabilities = weights.map { $0 / sum }
  }

  /// Arrivals over what the largest batch serves.
  package var load: Double { arrivalRate / maximumThroughput }

  /// The share of time in which nothing runs.
  package var emptyProbability: Double { stateProbabilities.first ?? 0 }

  /// The share of arrivals that wait in the line.
  package var waitingProbability: Double { stateProbabilities.last ?? 0 }

  /// The mean number running.
  package var runningMean: Double { stateProbabilities.mean { Double($0) } }

  /// The mean number in the line.
  package var queueLengthMean: Double { waitingProbability * load / (1 - load) }

  /// The mean number in the line or running.
  package var requestsInSystemMean: Double { runningMean + queueLengthMean }

  /// The mean time in the line.
  package var waitingTimeMean: Double { queueLengthMean / arrivalRate }

  /// The mean time in the line and running.
  package var sojournTimeMean: Double { requestsInSystemMean / arrivalRate }
}
