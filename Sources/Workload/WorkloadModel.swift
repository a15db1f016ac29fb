// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything that decides which requests arrive when.
package struct WorkloadModel: Sendable, Equatable {
  /// When requests arrive.
  package let arrivals: ArrivalProcess
  /// What they are like.
  package let mix: RequestMix
  /// Which of them belong together; `nil` when each stands alone.
  package let sessions: Sessions?

  /// A model of those values.
  package init(arrivals: ArrivalProcess, mix: RequestMix, sessions: Sessions? = nil) {
    self.arrivals = arrivals
    self.mix = mix
    self.sessions = sessions
  }
}
