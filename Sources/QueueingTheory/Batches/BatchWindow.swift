// SPDX-License-Identifier: GPL-3.0-or-later

/// Batches that open at their first request and close at a largest size or after a timeout.
///
/// Poisson arrivals and as many servers as it takes. By renewal reward: after the first request the
/// number of further ones within the timeout is Poisson. Source: Ross, Stochastic Processes,
/// 2nd ed. (Wiley, 1996), ISBN 978-0-471-12062-9, sections 2.2 and 3.6.
package struct BatchWindow: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The size at which a batch closes.
  package let largestBatch: Int
  /// The time after its first request at which a batch closes.
  package let timeout: Double
  /// The share of batches that close because they are full.
  package let fullProbability: Double
  /// The mean time for which a batch is open.
  package let windowMean: Double
  /// The mean time from a request's arrival to the close of its batch.
  package let waitingTimeMean: Double

  /// The batches with this arrival rate, this largest size and this timeout.
  ///
  /// - Precondition: the rate is positive, the timeout not negative, and a batch holds a request.
  /// - Complexity: the largest batch times the square root of the arrivals in a timeout.
  package init(arrivalRate: Double, largestBatch: Int, timeout: Double) {
    precondition(arrivalRate > 0 && timeout >= 0, "requests arrive, and time does not run back")
    precondition(largestBatch >= 1, "a batch holds at least one request")
    self.arrivalRate = arrivalRate
    self.largestBatch = largestBatch
    self.timeout = timeout
    let further = PoissonTerms(mean: arrivalRate * timeout)
    fullProbability = further.probability(ofAtLeast: largestBatch - 1)
    // The window until the next request or the end, with k requests, lasts P(N ≥ k)/λ on average.
    let steps = (1..<largestBatch).map { further.probability(ofAtLeast: $0) / arrivalRate }
    windowMean = steps.reduce(0, +)
    let waited = steps.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    waitingTimeMean = waited / (1 + arrivalRate * windowMean)
  }

  /// The mean number of requests in a batch.
  package var batchSizeMean: Double { 1 + arrivalRate * windowMean }

  /// Batches per unit of time.
  package var batchRate: Double { arrivalRate / batchSizeMean }
}
