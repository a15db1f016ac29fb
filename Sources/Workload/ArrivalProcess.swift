// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// When requests arrive.
package enum ArrivalProcess: Sendable, Equatable {
  /// A Poisson process whose rate follows a profile.
  case poisson(RateProfile)
  /// A renewal process: gaps of mean 1 in the time in which the expected number of arrivals runs, so that
  /// bursts are as strong at every rate. It starts afresh, in equilibrium, with each cell of some thousand
  /// requests.
  case renewal(RateProfile, gaps: Distribution)
  /// The times and lengths of a recorded trace.
  case replay(ReplayTrace)

  /// The rate of a process that is synthesised; `nil` for a trace.
  package var profile: RateProfile? {
    switch self {
    case .poisson(let profile), .renewal(let profile, _): profile
    case .replay: nil
    }
  }
}
