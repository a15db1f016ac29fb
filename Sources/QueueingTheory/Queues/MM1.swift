// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The M/M/1 queue: Poisson arrivals, exponential service, one server, first come first served.
///
/// Rates are per any unit of time, and times are in that unit. Source unless said otherwise: Gross,
/// Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008),
/// DOI 10.1002/9781118625651, chapter 2.
package struct MM1: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// Services per unit of time while the server is busy.
  package let serviceRate: Double

  /// The queue with these rates.
  ///
  /// - Precondition: the rates are positive and the arrival rate is the smaller.
  package init(arrivalRate: Double, serviceRate: Double) {
    precondition(arrivalRate > 0, "requests arrive")
    precondition(arrivalRate < serviceRate, "a queue settles only if it serves more than arrives")
    self.arrivalRate = arrivalRate
    self.serviceRate = serviceRate
  }

  /// The share of time in which the server is busy.
  package var utilization: Double { arrivalRate / serviceRate }

  /// The share of time in which nobody is there.
  package var emptyProbability: Double { 1 - utilization }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { utilization / (1 - utilization) }

  /// The variance of the number waiting or in service.
  package var requestsInSystemVariance: Double {
    utilization / ((1 - utilization) * (1 - utilization))
  }

  /// The mean number waiting.
  package var queueLengthMean: Double { utilization * requestsInSystemMean }

  /// The mean time before service.
  package var waitingTimeMean: Double { utilization / drain }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { 1 / drain }

  /// The variance of the time before and in service.
  package var sojournTimeVariance: Double { 1 / (drain * drain) }

  /// The mean length of a time in which the server is busy without a break.
  package var busyPeriodMean: Double { 1 / drain }

  /// The variance of the length of such a time.
  ///
  /// Source: Takács, Introduction to the Theory of Queues (Oxford, 1962), chapter 1.
  package var busyPeriodVariance: Double {
    (1 + utilization) / (serviceRate * serviceRate * cube(1 - utilization))
  }

  /// The mean number served in such a time.
  package var servedPerBusyPeriodMean: Double { 1 / (1 - utilization) }

  /// The time in which the queue forgets its start by a factor e: a warm-up takes several.
  ///
  /// Source: Abate and Whitt, "Transient behavior of the M/M/1 queue: starting at the origin",
  /// Queueing Systems 2 (1987), DOI 10.1007/BF01182933.
  package var relaxationTime: Double {
    let difference = serviceRate.squareRoot() - arrivalRate.squareRoot()
    return 1 / (difference * difference)
  }

  /// What time T times the variance of the time average of the number in the system tends to.
  ///
  /// Source: Whitt, "Planning queueing simulations", Management Science 35 (1989),
  /// DOI 10.1287/mnsc.35.11.1341.
  package var requestsInSystemAsymptoticVariance: Double {
    2 * utilization * (1 + utilization) / (serviceRate * cube(1 - utilization) * (1 - utilization))
  }

  /// What n times the variance of the mean wait of n successive arrivals tends to.
  ///
  /// Source: Daley, "The serial correlation coefficients of waiting times in a stationary single
  /// server queue", Journal of the Australian Mathematical Society 8 (1968) 683–699.
  package var waitingTimeAsymptoticVariance: Double {
    let rho = utilization
    let numerator = rho * (2 + 5 * rho - 4 * rho * rho + cube(rho))
    return numerator / (serviceRate * serviceRate * cube(1 - rho) * (1 - rho))
  }

  /// The share of time in which at least `count` are waiting or in service.
  package func probability(ofAtLeast count: Int) -> Double {
    (0..<count).reduce(1) { product, _ in product * utilization }
  }

  /// The share of arrivals that wait longer than `t`.
  package func waitingTimeSurvival(_ t: Double) -> Double { utilization * decay(drain * t) }

  /// The share of arrivals whose wait and service together take longer than `t`.
  package func sojournTimeSurvival(_ t: Double) -> Double { decay(drain * t) }

  /// The wait that a share `p` of arrivals does not exceed; 0 where fewer than 1 - p wait at all.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func waitingTimeQuantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a quantile is asked for a probability strictly between 0 and 1")
    return max(0, ElementaryFunctions.log(utilization / (1 - p)) / drain)
  }

  /// The time before and in service that a share `p` of arrivals does not exceed.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func sojournTimeQuantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a quantile is asked for a probability strictly between 0 and 1")
    return -ElementaryFunctions.log(1 - p) / drain
  }

  /// By how much the server could serve more than arrives.
  private var drain: Double { serviceRate - arrivalRate }

  private func cube(_ x: Double) -> Double { x * x * x }
}
