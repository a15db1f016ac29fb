// SPDX-License-Identifier: GPL-3.0-or-later

/// A server that takes whoever waits, up to a largest batch, for a time that the batch's size fixes.
///
/// Poisson arrivals; a batch starts as soon as the server is free and somebody waits, and nobody
/// joins a batch that runs. A chain of the number left behind at the end of a batch gives the
/// means. Source: Neuts, "A general class of bulk queues with Poisson input", Annals of
/// Mathematical Statistics 38 (1967), DOI 10.1214/aoms/1177698869; Inoue, "Queueing analysis of
/// GPU-based inference servers with dynamic batching: a closed-form characterization", Performance
/// Evaluation 147 (2021), DOI 10.1016/j.peva.2020.102183.
package struct BatchQueue: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// At each index n, the time that a batch of n + 1 takes.
  package let batchTimes: [Double]
  /// The share of batches that leave 0, 1, … waiting at their end.
  package let leftBehindProbabilities: [Double]

  /// The queue with this arrival rate and these times of batches of 1, 2, … requests.
  ///
  /// - Precondition: the rate and the times are positive, the times do not fall, and full batches
  ///   serve more than arrives, which may be at most 0.999 of what they could.
  /// - Complexity: the number of states up to one of probability below 1e-17, times the largest
  ///   batch, times the arrivals that a batch may see.
  package init(arrivalRate: Double, batchTimes: [Double]) {
    guard let fullTime = batchTimes.last, let first = batchTimes.first else {
      preconditionFailure("a batch holds at least one request")
    }
    precondition(arrivalRate > 0 && first > 0, "requests arrive and take time")
    precondition(
      zip(batchTimes, batchTimes.dropFirst()).allSatisfy { $0 <= $1 },
      "a larger batch takes at least as long")
    let largest = batchTimes.count
    precondition(
      arrivalRate * fullTime <= 0.999 * Double(largest),
      "the steady state is worked out up to 0.999 of load")
    self.arrivalRate = arrivalRate
    self.batchTimes = batchTimes
    let arrivals = batchTimes.map { PoissonTerms(mean: arrivalRate * $0) }
    let reach = arrivals[largest - 1].last
    leftBehindProbabilities = EmbeddedChain.stationary(startingWith: largest + reach) { state in
      let batch = min(max(state, 1), largest)
      return EmbeddedChain.Row(kept: max(state, 1) - batch, arrivals: arrivals[batch - 1])
    }
  }

  /// The queue whose batches of n requests take `fixedTime` + n `timePerRequest`.
  ///
  /// - Precondition: neither time is negative nor both zero; else as for `batchTimes`.
  package init(arrivalRate: Double, fixedTime: Double, timePerRequest: Double, largestBatch: Int) {
    precondition(fixedTime >= 0 && timePerRequest >= 0, "no time is negative")
    precondition(largestBatch >= 1, "a batch holds at least one request")
    self.init(
      arrivalRate: arrivalRate,
      batchTimes: (1...largestBatch).map { fixedTime + Double($0) * timePerRequest })
  }

  /// Requests per unit of time that full batches would serve.
  package var maximumThroughput: Double {
    Double(batchTimes.count) / (batchTimes.last ?? .infinity)
  }

  /// Arrivals over what full batches would serve.
  package var load: Double { arrivalRate / maximumThroughput }

  /// The share of batches at whose end nobody waits.
  package var leftEmptyProbability: Double { leftBehindProbabilities.first ?? 0 }

  /// The mean number of requests in a batch.
  package var batchSizeMean: Double { batchMean { size, _ in Double(size) } }

  /// Batches per unit of time.
  package var batchRate: Double {
    // A cycle is a batch and, where nobody was left, the wait for the next arrival before it.
    1 / (batchMean { _, time in time } + leftEmptyProbability / arrivalRate)
  }

  /// The share of time in which a batch runs.
  package var utilization: Double { batchRate * batchMean { _, time in time } }

  /// The share of time in which none runs.
  package var idleProbability: Double { batchRate * leftEmptyProbability / arrivalRate }

  /// The mean time that a request's batch takes.
  package var serviceTimeMean: Double {
    batchMean { size, time in Double(size) * time } / batchSizeMean
  }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double {
    // The area under the number in the system during a batch: those there at its start for all of
    // it, those that come for half of it.
    batchRate
      * leftBehindProbabilities.mean { state in
        let time = batchTimes[min(max(state, 1), batchTimes.count) - 1]
        return time * (Double(max(state, 1)) + arrivalRate * time / 2)
      }
  }

  /// The mean number waiting.
  package var queueLengthMean: Double { arrivalRate * waitingTimeMean }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { requestsInSystemMean / arrivalRate }

  /// The mean time before service.
  package var waitingTimeMean: Double { sojournTimeMean - serviceTimeMean }

  /// The mean over batches of a function of size and time.
  private func batchMean(_ value: (Int, Double) -> Double) -> Double {
    leftBehindProbabilities.mean { state in
      let batch = min(max(state, 1), batchTimes.count)
      return value(batch, batchTimes[batch - 1])
    }
  }
}
