// SPDX-License-Identifier: GPL-3.0-or-later

/// How much of a tail was really seen, given that long requests come in clusters.
///
/// Exceedances of a quantile are not independent: behind one slow request come others. With the
/// integrated autocorrelation time τ of the exceedance indicator, n requests hold (1 - p)·n/τ effective
/// exceedances. τ follows from how the share of exceedances varies between sections of the run:
/// τ = n·Var/(α·(1 - α)), the ratio of that variance to the one of independent requests. Source: Asmussen
/// and Glynn, Stochastic Simulation (2007), DOI 10.1007/978-0-387-69033-9, section IV.1 (time-average
/// variance constant) and section IV.5 (batch means).
package struct TailDependence: Sendable, Equatable {
  /// What one section holds: its requests and those of them beyond the quantile.
  package struct Count: Sendable {
    /// Requests, by weight.
    package let requests: Double
    /// Of these, the ones beyond the quantile.
    package let beyond: Double

    /// A count of those values.
    package init(requests: Double, beyond: Double) {
      self.requests = requests
      self.beyond = beyond
    }
  }

  /// Effective exceedances of one replication.
  package let exceedances: Double
  /// Requests of one replication that would tell as much if they were independent.
  package let requests: Double

  /// Below this many effective exceedances a replication the interval of sectioning is not printed.
  ///
  /// Measured with this very estimator on M/M/1 at loads 0.5 and 0.8 with 5, 10 and 20 replications
  /// (`Documentation/Decisions/0005-insufficient.md`): whatever the length of the run, at most 7 % of all
  /// experiments then print an interval that misses, where the promise is 5 %.
  package static var fewest: Double { 3 }

  /// The dependence seen in the sections of each of several replications.
  ///
  /// - Parameters:
  ///   - replications: the sections of each replication.
  /// - Returns: `nil` with fewer than two sections in all, or where nothing lies beyond.
  /// - Complexity: O(sections).
  package init?(_ replications: [[Count]]) {
    let all = replications.flatMap(\.self)
    let requests = all.reduce(0) { $0 + $1.requests }
    let beyond = all.reduce(0) { $0 + $1.beyond }
    guard all.count >= 2, requests > 0, beyond > 0, beyond < requests else { return nil }
    let share = beyond / requests
    let each = requests / Double(replications.count)
    // The variance of a replication's share is the sum over its sections.
    var variance = 0.0
    for sections in replications {
      let whole = sections.reduce(0) { $0 + $1.requests }
      guard whole > 0 else { continue }
      variance += sections.reduce(0) { sum, section in
        let excess = (section.beyond - share * section.requests) / whole
        return sum + excess * excess
      }
    }
    variance *= Double(all.count) / Double(all.count - 1) / Double(replications.count)
    let independent = variance > 0 ? share * (1 - share) / variance : each
    self.requests = min(each, independent)
    exceedances = share * self.requests
  }
}
