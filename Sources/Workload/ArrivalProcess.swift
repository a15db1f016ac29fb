// SPDX-License-Identifier: GPL-3.0-or-later

/// When requests arrive.
package enum ArrivalProcess: Sendable, Equatable {
  /// A Poisson process whose rate follows a profile.
  case poisson(RateProfile)
  /// The times and lengths of a recorded trace.
  case replay(ReplayTrace)
}
