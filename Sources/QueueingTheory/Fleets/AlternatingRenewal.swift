// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// A machine that is up and down in turns, for independent times of any laws.
///
/// Times are in the unit of the laws. Source: Ross, Stochastic Processes, 2nd ed. (Wiley, 1996),
/// ISBN 978-0-471-12062-9, sections 3.4 and 3.6; for the variances Takács, "On certain sojourn time
/// problems in the theory of stochastic processes", Acta Mathematica Academiae Scientiarum
/// Hungaricae 8 (1957) 169–191.
package struct AlternatingRenewal: Hashable, Sendable {
  /// The mean time up.
  package let upMean: Double
  /// The variance of the time up.
  package let upVariance: Double
  /// The mean time down.
  package let downMean: Double
  /// The variance of the time down.
  package let downVariance: Double
  /// The share of times up that last until they are cut; 0 if none is.
  package let cutProbability: Double

  /// The machine with these laws of its times, of which those up end at `longestUp` at the latest.
  ///
  /// - Precondition: the mean time up is positive and a longest one too.
  package init(up: Distribution, down: Distribution, longestUp: Double? = nil) {
    precondition(up.mean > 0, "the machine is up for some time")
    if let longestUp {
      let moments = up.moments(cutAt: longestUp)
      upMean = moments.mean
      upVariance = max(0, moments.second - moments.mean * moments.mean)
      cutProbability = up.survival(longestUp)
    } else {
      upMean = up.mean
      upVariance = up.variance
      cutProbability = 0
    }
    downMean = down.mean
    downVariance = down.variance
  }

  /// The share of time in which the machine is up.
  package var availability: Double { upMean / (upMean + downMean) }

  /// Failures per unit of time.
  package var cycleRate: Double { 1 / (upMean + downMean) }

  /// What time T times the variance of the share of T in which the machine is up tends to.
  package var availabilityAsymptoticVariance: Double {
    (upVariance * downMean * downMean + downVariance * upMean * upMean)
      * cycleRate * cycleRate * cycleRate
  }

  /// What the variance of the number of failures in time T over T tends to.
  package var cycleCountAsymptoticVariance: Double {
    (upVariance + downVariance) * cycleRate * cycleRate * cycleRate
  }
}
