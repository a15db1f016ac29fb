// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// Arrivals whose rate swings as a sine, all served at once: M(t)/G/∞ in its periodic regime.
///
/// The rate at time t is mean + amplitude sin(2πt/period). The number in service is Poisson at any
/// time, and its mean swings with a smaller amplitude and later. Source: Eick, Massey and Whitt,
/// "M(t)/G/∞ queues with sinusoidal arrival rates", Management Science 39 (1993),
/// DOI 10.1287/mnsc.39.2.241.
package struct SinusoidalMGInf: Hashable, Sendable {
  /// The mean of the arrivals per unit of time.
  package let arrivalRateMean: Double
  /// How far the rate swings from its mean.
  package let arrivalRateAmplitude: Double
  /// The time from one peak of the rate to the next.
  package let period: Double
  /// The law of the time of service.
  package let service: Distribution
  /// The integrals of P(S > t) cos(2πt/period) and P(S > t) sin(2πt/period) over all t.
  private let (inPhase, behind): (Double, Double)

  /// The queue with this rate and this law of service.
  ///
  /// - Precondition: the service is constant, exponential or hyperexponential; the amplitude is not
  ///   negative and at most the mean rate, which is positive like the period.
  package init(
    arrivalRateMean: Double, arrivalRateAmplitude: Double, period: Double, service: Distribution
  ) {
    precondition(arrivalRateMean > 0 && period > 0, "requests arrive")
    precondition(
      arrivalRateAmplitude >= 0 && arrivalRateAmplitude <= arrivalRateMean,
      "the arrival rate is never negative")
    self.arrivalRateMean = arrivalRateMean
    self.arrivalRateAmplitude = arrivalRateAmplitude
    self.period = period
    self.service = service
    let frequency = 2 * .pi / period
    switch service.law {
    case .constant(let value):
      let half = sine(turns: value / (2 * period))
      inPhase = sine(turns: value / period) / frequency
      behind = 2 * half * half / frequency
    case .exponential(let mean):
      (inPhase, behind) = Self.exponential(mean, frequency)
    case .hyperexponential(let probabilities, let means):
      (inPhase, behind) = zip(probabilities, means).reduce((0, 0)) { sums, term in
        let part = Self.exponential(term.1, frequency)
        return (sums.0 + term.0 * part.0, sums.1 + term.0 * part.1)
      }
    default: preconditionFailure("the swing is known for constant and exponential service")
    }
  }

  /// The mean over a period of the number in service.
  package var requestsInServiceMean: Double { arrivalRateMean * service.mean }

  /// How far the mean number in service swings.
  package var requestsInServiceAmplitude: Double {
    arrivalRateAmplitude * (inPhase * inPhase + behind * behind).squareRoot()
  }

  /// The greatest mean number in service.
  package var requestsInServicePeak: Double {
    requestsInServiceMean + requestsInServiceAmplitude
  }

  /// How long after the arrival rate the number in service peaks.
  package var peakLag: Double {
    let angle = arctangent(behind / abs(inPhase))
    return (inPhase < 0 ? .pi - angle : angle) * period / (2 * .pi)
  }

  /// The mean number in service at time `t`, which is also its variance.
  package func requestsInServiceMean(at t: Double) -> Double {
    let swing =
      sine(turns: t / period) * inPhase
      - ElementaryFunctions.cosine(turns: t / period) * behind
    return requestsInServiceMean + arrivalRateAmplitude * swing
  }

  private static func exponential(_ mean: Double, _ frequency: Double) -> (Double, Double) {
    let x = frequency * mean
    return (mean / (1 + x * x), mean * x / (1 + x * x))
  }
}

/// The sine of so many whole turns.
func sine(turns: Double) -> Double {
  ElementaryFunctions.cosine(turns: turns - 0.25)
}
