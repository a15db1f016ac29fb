// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything that decides which requests arrive when.
package struct WorkloadModel: Sendable, Equatable {
  /// When requests arrive.
  package let arrivals: ArrivalProcess
  /// What they are like.
  package let mix: RequestMix

  /// A model of those two.
  package init(arrivals: ArrivalProcess, mix: RequestMix) {
    self.arrivals = arrivals
    self.mix = mix
  }
}
