// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/1 queue whose server starts when N requests wait and stops when none is left.
///
/// Source: Yadin and Naor, "Queueing systems with a removable service station", Operational Research
/// Quarterly 14 (1963), DOI 10.1057/jors.1963.63.
package struct MM1NPolicy: Hashable, Sendable {
  /// The queue if the server never stopped.
  package let queue: MM1
  /// How many requests it waits for.
  package let threshold: Int

  /// The queue whose server waits for so many requests.
  ///
  /// - Precondition: the threshold is at least 1.
  package init(queue: MM1, threshold: Int) {
    precondition(threshold >= 1, "the server starts for a request")
    self.queue = queue
    self.threshold = threshold
  }

  /// The mean time before and in service.
  package var sojournTimeMean: Double {
    queue.sojournTimeMean + Double(threshold - 1) / (2 * queue.arrivalRate)
  }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { queue.arrivalRate * sojournTimeMean }

  /// Starts of the server per unit of time.
  package var startRate: Double { queue.arrivalRate * queue.emptyProbability / Double(threshold) }

  /// The share of time in which the server runs.
  package var utilization: Double { queue.utilization }
}
