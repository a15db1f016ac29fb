// SPDX-License-Identifier: GPL-3.0-or-later

/// A machine with exponential times up and down that is up at the start.
///
/// Source: Barlow and Proschan, Statistical Theory of Reliability and Life Testing (Holt, Rinehart
/// and Winston, 1975), ISBN 978-0-03-085853-6, chapter 7.
package struct TransientAvailability: Hashable, Sendable {
  /// Failures per unit of time up.
  package let failureRate: Double
  /// One over the mean time down.
  package let repairRate: Double

  /// The machine with these rates.
  ///
  /// - Precondition: the rates are positive.
  package init(failureRate: Double, repairRate: Double) {
    precondition(failureRate > 0 && repairRate > 0, "a machine fails and is repaired")
    self.failureRate = failureRate
    self.repairRate = repairRate
  }

  /// The share of time in which the machine is up in the long run.
  package var stationary: Double { repairRate / (failureRate + repairRate) }

  /// The probability that it is up at time `t`.
  package func probability(at t: Double) -> Double {
    stationary + (1 - stationary) * decay((failureRate + repairRate) * t)
  }

  /// The mean share of the time from the start to `t` in which it is up.
  ///
  /// - Precondition: `t` is positive.
  package func meanShare(until t: Double) -> Double {
    precondition(t > 0, "a share is one of some time")
    return stationary + (1 - stationary) * decayIntegral(rate: failureRate + repairRate, t) / t
  }
}
