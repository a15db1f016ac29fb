// SPDX-License-Identifier: GPL-3.0-or-later

/// A server that takes whoever waits, up to a largest batch, for an exponential time: M/M[1,b]/1.
///
/// Poisson arrivals; a batch starts as soon as the server is free and somebody waits, and its time
/// does not depend on its size. Source: Medhi, Stochastic Models in Queueing Theory, 2nd ed.
/// (Academic Press, 2003), ISBN 978-0-12-487462-6, section 4.3; Gross, Shortle, Thompson and
/// Harris, Fundamentals of Queueing Theory, 4th ed. (2008), DOI 10.1002/9781118625651,
/// section 3.2.
package struct MM1Batch: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// Batches per unit of time while the server is busy.
  package let batchRate: Double
  /// The most requests in a batch.
  package let largestBatch: Int
  /// While the server is busy, the probability of each further request waiting: r.
  package let root: Double

  /// The queue with these rates and this largest batch; r solves μ (r + r² + … + r^b) = λ.
  ///
  /// - Precondition: the rates are positive and full batches serve more than arrives.
  /// - Complexity: linear in the largest batch.
  package init(arrivalRate: Double, batchRate: Double, largestBatch: Int) {
    precondition(arrivalRate > 0 && batchRate > 0, "requests arrive and are served")
    precondition(largestBatch >= 1, "a batch holds at least one request")
    precondition(
      arrivalRate < Double(largestBatch) * batchRate,
      "a queue settles only if it serves more than arrives")
    self.arrivalRate = arrivalRate
    self.batchRate = batchRate
    self.largestBatch = largestBatch
    root = QueueingTheory.root(from: 0, to: 1) { r in
      let sum = (0..<largestBatch).reduce(0) { sum, _ in (sum + 1) * r }
      return arrivalRate - batchRate * sum
    }
  }

  /// The share of time in which no batch runs.
  package var idleProbability: Double { 1 / (1 + arrivalRate / batchRate / (1 - root)) }

  /// The mean number waiting.
  package var queueLengthMean: Double {
    arrivalRate / batchRate * idleProbability * root / ((1 - root) * (1 - root))
  }

  /// The mean time before service.
  package var waitingTimeMean: Double { queueLengthMean / arrivalRate }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { waitingTimeMean + 1 / batchRate }

  /// The mean number of requests in a batch.
  package var batchSizeMean: Double { arrivalRate / (batchRate * (1 - idleProbability)) }
}
