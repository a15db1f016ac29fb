// SPDX-License-Identifier: GPL-3.0-or-later

/// Requests drawn at random into tiers that queue on their own, each M/M/c.
///
/// Splitting a Poisson stream at random leaves independent ones. A quantile of all requests is that
/// of the mixture, not a mean of the tiers' quantiles. Source: Gross, Shortle, Thompson and Harris,
/// Fundamentals of Queueing Theory, 4th ed. (2008), DOI 10.1002/9781118625651, chapters 1 and 2.
package struct RoutedTiers: Hashable, Sendable {
  /// The tiers; each arrival rate is the tier's own.
  package let tiers: [MMC]

  /// The tiers as they are.
  ///
  /// - Precondition: there is one.
  package init(tiers: [MMC]) {
    precondition(!tiers.isEmpty, "requests go somewhere")
    self.tiers = tiers
  }

  /// Arrivals at all tiers per unit of time.
  package var arrivalRate: Double { tiers.reduce(0) { $0 + $1.arrivalRate } }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { mean(\.sojournTimeMean) }

  /// The mean time before service.
  package var waitingTimeMean: Double { mean(\.waitingTimeMean) }

  /// The share of requests whose wait and service together take longer than `t`.
  package func sojournTimeSurvival(_ t: Double) -> Double {
    mean { $0.sojournTimeSurvival(t) }
  }

  /// The time before and in service that a share `p` of requests does not exceed.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func sojournTimeQuantile(_ p: Double) -> Double {
    quantile(p, from: sojournTimeMean) { 1 - sojournTimeSurvival($0) }
  }

  private func mean(_ value: (MMC) -> Double) -> Double {
    tiers.reduce(0) { $0 + $1.arrivalRate * value($1) } / arrivalRate
  }
}
