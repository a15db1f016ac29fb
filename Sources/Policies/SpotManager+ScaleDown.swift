// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Gives back what the target does not ask for: on demand above its minimum first, then spot.
  ///
  /// Of spot, launches that have not been answered go first, then machines that start, then those
  /// that serve; in each of these the dearest pool first, and in a pool the youngest. Those that do
  /// not serve go first in SkyServe too (github.com/skypilot-org/skypilot,
  /// sky/serve/autoscalers.py): otherwise a smaller target could take a serving machine and keep
  /// one that starts.
  ///
  /// - Complexity: O(1) when nothing is too many, else O(pools · (machines alive + launches)).
  mutating func scaleDown(into effects: inout EffectBuffer<Effect>) {
    for pool in onDemandByCost.reversed() {
      var surplus = own(pool) - pools[pool].wanted
      guard surplus > 0 else { continue }
      surplus -= withdraw(surplus, fallbacks: false, in: pool, into: &effects)
      surplus -= release(surplus, in: pool, .starting, into: &effects)
      _ = release(surplus, in: pool, .ready, into: &effects)
    }
    var surplus = ownSpot - plan.kept
    guard surplus > 0 else { return }
    for pool in spotByCost.reversed() {
      surplus -= withdraw(surplus, fallbacks: false, in: pool, into: &effects)
    }
    for state in [MachineState.starting, .ready] {
      for pool in spotByCost.reversed() {
        surplus -= release(surplus, in: pool, state, into: &effects)
      }
    }
  }

  /// Releases up to so many of a pool's own machines in a state, youngest first; says how many.
  private mutating func release(
    _ limit: Int, in pool: Int, _ state: MachineState, into effects: inout EffectBuffer<Effect>
  ) -> Int {
    guard limit > 0 else { return 0 }
    let victims = alive.filter { id in
      guard let machine = self[id] else { return false }
      return machine.pool.index == pool && machine.state == state && !machine.isFallback
    }.suffix(limit)
    for id in victims.reversed() { release(id, because: .surplus, into: &effects) }
    return victims.count
  }
}
