// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// How long it takes to get a machine that serves.
package enum LaunchLaw: Sendable, Equatable {
  /// A machine serves at the instant at which it can be had; a launch waits for that instant.
  ///
  /// For arithmetic only: no launch, boot, notice or capacity error exists.
  case ideal
  /// The cloud answers a launch after a while, and refuses it when the pool has no machine; boot and
  /// load, in seconds, are billed.
  case staged(answer: TimeSpan, boot: Distribution, load: Distribution)

  /// From the launch of a machine to its first request.
  ///
  /// - Parameters:
  ///   - machine: the number of the machine in its place, whose draws they are.
  package func startTime(machine: UInt64, from stream: RandomStream) -> TimeSpan {
    switch self {
    case .ideal:
      return .zero
    case .staged(_, let boot, let load):
      var draws = stream.draws(of: machine)
      let seconds = boot.sample(from: &draws) + load.sample(from: &draws)
      return TimeSpan(roundingToMicroseconds: min(seconds, 1e9))
    }
  }
}
