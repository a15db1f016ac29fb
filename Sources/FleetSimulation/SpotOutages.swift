// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

/// When a fleet had no spot machine that served, and how often the cloud took the last one.
struct SpotOutages {
  /// For how long none served, inside the horizon.
  let without: TimeSpan
  /// How often the last one that served was interrupted, inside the horizon.
  let losses: Int64

  /// The outages of spot machines.
  ///
  /// - Complexity: O(n log n) for n machines.
  init(_ machines: [Machine], until horizon: Instant) {
    var changes: [(time: Instant, step: Int, isLoss: Bool)] = []
    for machine in machines {
      guard let from = machine.servesFrom else { continue }
      changes.append((from, 1, false))
      if machine.rental.to != .never {
        changes.append((machine.rental.to, -1, machine.wasInterrupted))
      }
    }
    // At one instant a machine comes before another goes, so that a replacement leaves no gap.
    changes.sort { ($0.time, -$0.step) < ($1.time, -$1.step) }
    var (serving, losses, without) = (0, Int64(0), TimeSpan.zero)
    var since = Instant.start
    for change in changes where change.time < horizon {
      if serving == 0, change.time > since { without += change.time - max(since, .start) }
      since = max(since, change.time)
      serving += change.step
      if serving == 0, change.isLoss, change.time >= .start { losses += 1 }
    }
    if serving == 0, horizon > since { without += horizon - since }
    self.without = without
    self.losses = losses
  }
}
