// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The GI/M/1 queue: independent gaps of any law between arrivals, exponential service, one server.
///
/// First come first served; times are in the unit of the gaps. One of k servers in turns sees
/// Erlang-k gaps. Source: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory,
/// 4th ed. (2008), DOI 10.1002/9781118625651, section 5.3.
package struct GIM1: Hashable, Sendable {
  /// The law of the time from one arrival to the next.
  package let gaps: Distribution
  /// Services per unit of time while the server is busy.
  package let serviceRate: Double
  /// The probability that an arrival finds the server free: 1 - σ.
  package let freeProbability: Double

  /// The queue with these gaps and this rate of service.
  ///
  /// 1 - σ is the root of μ (1 - E e^(-μ(1-σ)A))/(μ(1-σ)) = 1 for a gap A.
  ///
  /// - Precondition: the mean gap is finite and the rate of service above one over it.
  /// - Complexity: about 60 transforms of the gaps.
  package init(gaps: Distribution, serviceRate: Double) {
    precondition(gaps.mean > 0 && gaps.mean.isFinite, "requests arrive at some rate")
    precondition(
      serviceRate * gaps.mean > 1, "a queue settles only if it serves more than arrives")
    self.gaps = gaps
    self.serviceRate = serviceRate
    freeProbability = root(from: 0, to: 1) { free in
      serviceRate * gaps.survivalTransform(serviceRate * free) - 1
    }
  }

  /// Arrivals per unit of time.
  package var arrivalRate: Double { 1 / gaps.mean }

  /// The share of time in which the server is busy.
  package var utilization: Double { arrivalRate / serviceRate }

  /// The share of arrivals that wait: σ.
  package var waitingProbability: Double { 1 - freeProbability }

  /// The variance of the gaps over their squared mean.
  package var gapSquaredVariation: Double { gaps.variance / (gaps.mean * gaps.mean) }

  /// The mean time before service.
  package var waitingTimeMean: Double { waitingProbability / drain }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { 1 / drain }

  /// The mean number waiting.
  package var queueLengthMean: Double { arrivalRate * waitingTimeMean }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { arrivalRate * sojournTimeMean }

  /// What the mean time before service never exceeds: λ (Var A + Var S)/(2(1 - ρ)).
  ///
  /// Source: Kingman, "Some inequalities for the queue GI/G/1", Biometrika 49 (1962),
  /// DOI 10.1093/biomet/49.3-4.315.
  package var waitingTimeMeanBound: Double {
    arrivalRate * (gaps.variance + 1 / (serviceRate * serviceRate)) / (2 * (1 - utilization))
  }

  /// An approximation of the mean time before service, for contrast.
  ///
  /// Source: Allen, Probability, Statistics, and Queueing Theory, 2nd ed. (Academic Press, 1990),
  /// ISBN 978-0-12-051051-1, chapter 5.
  package var waitingTimeMeanApproximation: Double {
    utilization / (1 - utilization) / serviceRate * (gapSquaredVariation + 1) / 2
  }

  /// The share of arrivals that wait longer than `t`.
  package func waitingTimeSurvival(_ t: Double) -> Double { waitingProbability * decay(drain * t) }

  /// The share of arrivals whose wait and service together take longer than `t`.
  package func sojournTimeSurvival(_ t: Double) -> Double { decay(drain * t) }

  /// The wait that a share `p` of arrivals does not exceed; 0 where fewer than 1 - p wait at all.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func waitingTimeQuantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a quantile is asked for a probability strictly between 0 and 1")
    if waitingProbability <= 1 - p { return 0 }
    return ElementaryFunctions.log(waitingProbability / (1 - p)) / drain
  }

  /// The time before and in service that a share `p` of arrivals does not exceed.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func sojournTimeQuantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a quantile is asked for a probability strictly between 0 and 1")
    return -ElementaryFunctions.log(1 - p) / drain
  }

  /// The rate at which the times of those who wait fall off: μ(1 - σ).
  private var drain: Double { serviceRate * freeProbability }
}
