// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Gives back what neither the target nor a schedule asks for: pools that the plan does not lay out first, the
  /// dearest first, then spot; no pool goes below its minimum.
  ///
  /// Of spot, launches that have not been answered go first, then machines that start, then those
  /// that serve; in each of these the dearest pool first, and in a pool the youngest. Those that do
  /// not serve go first in SkyServe too (github.com/skypilot-org/skypilot,
  /// sky/serve/autoscalers.py): otherwise a smaller target could take a serving machine and keep
  /// one that starts.
  ///
  /// - Complexity: O(1) when nothing is too many, else O(pools · (machines alive + launches)).
  mutating func scaleDown(into effects: inout EffectBuffer<Effect>) {
    let firm = target == nil ? pools.indices.filter { pools[$0].isScheduled } : self.firm
    for pool in firm.reversed() {
      var surplus = own(pool) - pools[pool].wanted
      guard surplus > 0 else { continue }
      surplus -= withdraw(surplus, fallbacks: false, in: pool, into: &effects)
      surplus -= release(surplus, in: pool, .starting, into: &effects)
      _ = release(surplus, in: pool, .ready, into: &effects)
    }
    var surplus = ownSpot - plan.kept
    guard target != nil, surplus > 0 else { return }
    for pool in acceptable.reversed() {
      let most = spareable(surplus, in: pool)
      surplus -= withdraw(most, fallbacks: false, in: pool, into: &effects)
    }
    for state in [MachineState.starting, .ready] {
      for pool in acceptable.reversed() {
        surplus -= release(spareable(surplus, in: pool), in: pool, state, into: &effects)
      }
    }
  }

  /// How many of so many machines a pool can give without going below its minimum.
  private func spareable(_ surplus: Int, in pool: Int) -> Int {
    let minimum = pools[pool].minimum
    return minimum > 0 ? max(0, min(surplus, own(pool) - minimum)) : surplus
  }

  /// Releases up to so many of a pool's own machines in a state, youngest first; says how many.
  private mutating func release(
    _ limit: Int, in pool: Int, _ state: MachineState, into effects: inout EffectBuffer<Effect>
  ) -> Int {
    guard limit > 0 else { return 0 }
    let victims = alive.all { id in
      guard let machine = self[id] else { return false }
      return machine.pool.index == pool && machine.state == state && !machine.isFallback
    }.suffix(limit)
    for id in victims.reversed() { release(id, because: .surplus, into: &effects) }
    return victims.count
  }
}
