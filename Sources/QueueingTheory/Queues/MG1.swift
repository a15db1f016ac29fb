// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The M/G/1 queue: Poisson arrivals, any law of service, one server, first come first served.
///
/// Source: Pollaczek, "Über eine Aufgabe der Wahrscheinlichkeitstheorie I", Mathematische
/// Zeitschrift 32 (1930), DOI 10.1007/BF01194620, and Khinchine (1932); as in Gross, Shortle,
/// Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008), DOI 10.1002/9781118625651,
/// chapter 5.
package struct MG1: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The mean of the service time.
  package let serviceMean: Double
  /// The mean of the square of the service time.
  package let serviceSecondMoment: Double
  /// The mean of the cube of the service time.
  package let serviceThirdMoment: Double

  /// The queue with this arrival rate and these moments of the service time.
  ///
  /// - Precondition: rate and mean are positive and their product is below 1.
  package init(
    arrivalRate: Double, serviceMean: Double, serviceSecondMoment: Double,
    serviceThirdMoment: Double
  ) {
    precondition(arrivalRate > 0 && serviceMean > 0, "requests arrive and take time")
    precondition(
      arrivalRate * serviceMean < 1, "a queue settles only if it serves more than arrives")
    self.arrivalRate = arrivalRate
    self.serviceMean = serviceMean
    self.serviceSecondMoment = serviceSecondMoment
    self.serviceThirdMoment = serviceThirdMoment
  }

  /// The queue with this arrival rate and this law of the service time.
  ///
  /// - Precondition: as for the moments.
  package init(arrivalRate: Double, service: Distribution) {
    self.init(
      arrivalRate: arrivalRate, serviceMean: service.mean,
      serviceSecondMoment: service.secondMoment, serviceThirdMoment: service.moment(3))
  }

  /// The share of time in which the server is busy.
  package var utilization: Double { arrivalRate * serviceMean }

  /// The variance of the service time over its squared mean.
  package var serviceSquaredVariation: Double {
    serviceSecondMoment / (serviceMean * serviceMean) - 1
  }

  /// The mean time before service; infinite with an infinite second moment.
  package var waitingTimeMean: Double {
    arrivalRate * serviceSecondMoment / (2 * (1 - utilization))
  }

  /// The variance of the time before service; infinite with an infinite third moment.
  ///
  /// Source: Takács, "A single-server queue with Poisson input", Operations Research 10 (1962),
  /// DOI 10.1287/opre.10.3.388.
  package var waitingTimeVariance: Double {
    arrivalRate * serviceThirdMoment / (3 * (1 - utilization)) + waitingTimeMean * waitingTimeMean
  }

  /// The variance of the time before service if the last to come is the next to be served.
  ///
  /// The mean is the same; the mean square is larger by 1/(1 - ρ). Source: Takács, "Delay
  /// distributions for one line with Poisson input, general holding times, and various orders of
  /// service", Bell System Technical Journal 42 (1963) 487–503.
  package var waitingTimeVarianceLastComeFirstServed: Double {
    let square = waitingTimeVariance + waitingTimeMean * waitingTimeMean
    return square / (1 - utilization) - waitingTimeMean * waitingTimeMean
  }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { waitingTimeMean + serviceMean }

  /// The mean number waiting.
  package var queueLengthMean: Double { arrivalRate * waitingTimeMean }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { arrivalRate * sojournTimeMean }
}
