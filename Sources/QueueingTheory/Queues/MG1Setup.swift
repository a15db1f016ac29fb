// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The M/G/1 queue whose server is off when nobody is there and then needs time to come up.
///
/// First come first served; the setup starts with the next arrival. Source: Welch, "On a generalized
/// M/G/1 queuing process in which the first customer of each busy period receives exceptional
/// service", Operations Research 12 (1964), DOI 10.1287/opre.12.5.736; Takagi, Queueing Analysis 1
/// (North-Holland, 1991), ISBN 978-0-444-88910-2, section 2.2.
package struct MG1Setup: Hashable, Sendable {
  /// The queue if the server were always up.
  package let queue: MG1
  /// The mean time to come up.
  package let setupMean: Double
  /// The mean of the square of that time.
  package let setupSecondMoment: Double

  /// The queue with this law of the time to come up.
  ///
  /// - Precondition: the law has a finite mean.
  package init(queue: MG1, setup: Distribution) {
    precondition(setup.mean.isFinite, "the server comes up")
    self.queue = queue
    setupMean = setup.mean
    setupSecondMoment = setup.secondMoment
  }

  /// The share of time in which the server is off, and of arrivals that find it so.
  package var offProbability: Double {
    (1 - queue.utilization) / (1 + queue.arrivalRate * setupMean)
  }

  /// The share of time in which it comes up.
  package var setupProbability: Double { setupRate * setupMean }

  /// Setups per unit of time.
  package var setupRate: Double { queue.arrivalRate * offProbability }

  /// The mean time before service.
  package var waitingTimeMean: Double {
    queue.waitingTimeMean
      + (2 * setupMean + queue.arrivalRate * setupSecondMoment)
      / (2 * (1 + queue.arrivalRate * setupMean))
  }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { waitingTimeMean + queue.serviceMean }
}
