// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

/// For how long so many machines of a fleet served at once, and how often the cloud took the last one.
struct ServingCounts {
  /// At each number, for how long so many served, inside the horizon.
  private(set) var times: [TimeSpan] = [.zero]
  /// How often the last one that served was interrupted, inside the horizon.
  private(set) var losses: Int64 = 0

  /// The counts of machines.
  ///
  /// - Complexity: O(n log n) for n machines.
  init(_ machines: [Machine], until horizon: Instant) {
    var changes: [(time: Instant, step: Int, isLoss: Bool)] = []
    for machine in machines {
      guard let from = machine.servesFrom else { continue }
      changes.append((from, 1, false))
      if machine.rental.to != .never {
        changes.append((machine.rental.to, -1, machine.rental.wasInterrupted))
      }
    }
    // At one instant a machine comes before another goes, so that a replacement leaves no gap.
    changes.sort { ($0.time, -$0.step) < ($1.time, -$1.step) }
    var serving = 0
    var since = Instant.start
    for change in changes where change.time < horizon {
      if change.time > since {
        times[serving] += change.time - since
        since = change.time
      }
      serving += change.step
      if serving == times.count { times.append(.zero) }
      if serving == 0, change.isLoss, change.time >= .start { losses += 1 }
    }
    if horizon > since { times[serving] += horizon - since }
  }
}
