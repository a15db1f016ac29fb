// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The M/G/∞ queue: Poisson arrivals that are served at once. The number in service is Poisson.
///
/// Source: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008),
/// DOI 10.1002/9781118625651, sections 2.6 and 5.2.
package struct MGInf: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The law of the time of service.
  package let service: Distribution

  /// The queue with this arrival rate and this law of service.
  ///
  /// - Precondition: the rate is positive.
  package init(arrivalRate: Double, service: Distribution) {
    precondition(arrivalRate > 0, "requests arrive")
    self.arrivalRate = arrivalRate
    self.service = service
  }

  /// The mean number in service in the long run, which is also its variance.
  package var requestsInServiceMean: Double { arrivalRate * service.mean }

  /// The mean number in service a time `t` after there was none, which is also its variance.
  ///
  /// - Precondition: the time is not negative.
  /// - Complexity: some hundred probabilities, except for exponential service.
  package func requestsInServiceMean(at t: Double) -> Double {
    t == 0 ? 0 : arrivalRate * service.moments(cutAt: t).mean
  }
}
