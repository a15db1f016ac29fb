// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Leaves a pool alone, twice as long as the last time.
  mutating func backOff(_ pool: Int, at now: Instant) {
    forget(pool, at: now)
    let doubled = max(configuration.initialBackOff, pools[pool].backOff * 2)
    pools[pool].backOff = min(doubled, configuration.maximumBackOff)
    pools[pool].unavailableUntil = now + pools[pool].backOff
    pools[pool].calmSince = nil
  }

  /// Takes in that a spot machine was taken back; many that go together are one interruption.
  mutating func interrupted(_ machine: Machine, at now: Instant) {
    let pool = machine.pool.index
    guard configuration.backsOffAfterInterruption, configuration.pools[pool].market == .spot,
      now >= pools[pool].unavailableUntil
    else { return }
    backOff(pool, at: now)
  }

  /// Takes in that a pool sold a machine.
  ///
  /// Where interruptions count, a sale alone proves little: a machine that dies in minutes would
  /// wipe out the doubling every time. There the back-off halves with calm time instead.
  mutating func granted(in pool: Int, at now: Instant) {
    if configuration.backsOffAfterInterruption {
      pools[pool].calmSince = pools[pool].calmSince ?? now
    } else {
      pools[pool].backOff = .zero
    }
  }

  /// Halves the back-off for every longest back-off that passed without trouble since a sale.
  private mutating func forget(_ pool: Int, at now: Instant) {
    guard let since = pools[pool].calmSince else { return }
    let period = configuration.maximumBackOff.nanoseconds
    let halvings = period > 0 ? (now - since).nanoseconds / period : 0
    pools[pool].backOff = TimeSpan(
      nanoseconds: pools[pool].backOff.nanoseconds >> min(62, max(0, halvings)))
  }
}
