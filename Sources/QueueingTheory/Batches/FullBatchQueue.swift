// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// A server of batches that waits until a batch is full, for an exponential time.
///
/// Poisson arrivals; full batches form at Erlang gaps and queue as in GI/M/1. Source: Gross,
/// Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008),
/// DOI 10.1002/9781118625651, section 5.3.
package struct FullBatchQueue: Hashable, Sendable {
  /// Arrivals of requests per unit of time.
  package let arrivalRate: Double
  /// Requests in each batch.
  package let batchSize: Int
  /// The queue of full batches.
  package let batches: GIM1

  /// The queue with this arrival rate of requests, this rate of service of batches and their size.
  ///
  /// - Precondition: the rates are positive and full batches serve more than arrives.
  /// - Throws: `InvalidDistribution` for a size above 1 000 000 or a rate beyond 1e±30.
  package init(
    arrivalRate: Double, batchRate: Double, batchSize: Int
  ) throws(InvalidDistribution) {
    precondition(arrivalRate > 0 && batchRate > 0, "requests arrive and are served")
    self.arrivalRate = arrivalRate
    self.batchSize = batchSize
    batches = GIM1(
      gaps: try .erlang(phases: batchSize, mean: Double(batchSize) / arrivalRate),
      serviceRate: batchRate)
  }

  /// The mean time until a request's batch is full.
  package var fillingTimeMean: Double { Double(batchSize - 1) / (2 * arrivalRate) }

  /// The mean time from then until its service.
  package var waitingTimeMean: Double { batches.waitingTimeMean }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { fillingTimeMean + batches.sojournTimeMean }
}
