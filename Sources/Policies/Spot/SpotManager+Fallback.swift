// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Rents on demand what was missing for the hold; gives it back after the failback time.
  ///
  /// The fallback is `max(0, spot target - ready - expected soon)`, after SkyServe's dynamic
  /// fallback (github.com/skypilot-org/skypilot, sky/serve/autoscalers.py). A target that was
  /// `lowered` gives that many back at once: they are not wanted, whether or not spot is whole.
  mutating func fallBack(
    lowered: Int, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    let missing = missingSpot
    let soon = missing > 0 ? expectedSoon(at: now) : (count: 0, until: nil)
    let uncovered = max(0, missing - soon.count)
    missingSince = uncovered > 0 ? (missingSince ?? now) : nil
    if lowered > 0 { giveBack(min(lowered, heldFallbacks - missing), into: &effects) }
    let held = heldFallbacks
    if let until = soon.until, missing > held { wake(at: until, into: &effects) }
    if uncovered > held, let since = missingSince {
      let due = since + configuration.fallbackHold
      if now < due {
        wake(at: due, into: &effects)
      } else {
        rentOnDemand(uncovered - held, at: now, into: &effects)
      }
    }
    failBack(surplus: held - missing, at: now, into: &effects)
  }

  /// Gives back the fallback machines for which spot has been ready for the failback time.
  ///
  /// Each goes for itself, and spot need not be whole: what counts is for how long at least so many
  /// have been too many.
  private mutating func failBack(
    surplus: Int, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    surplusSince.removeLast(max(0, surplusSince.count - max(0, surplus)))
    while surplusSince.count < surplus { surplusSince.append(now) }
    let due = surplusSince.count { now >= $0 + configuration.failbackAfter }
    giveBack(due, into: &effects)
    surplusSince.removeFirst(due)
    if let next = surplusSince.first {
      wake(at: next + configuration.failbackAfter, into: &effects)
    }
  }

  /// How many fallback machines there are or have been asked for.
  var heldFallbacks: Int {
    fallbackMachines.count + pools.reduce(0) { $0 + $1.fallbackRequested }
  }

  /// How many spot machines are wanted and not ready.
  var missingSpot: Int {
    if target != nil {
      let dearer = firm.reduce(0) { sum, pool in
        guard configuration.pools[pool].market == .spot else { return sum }
        return sum + max(0, pools[pool].wanted - pools[pool].ready)
      }
      return dearer + max(0, plan.target - acceptable.reduce(0) { $0 + pools[$1].ready })
    }
    let lacking = spotByCost.reduce(0) { $0 + max(0, pools[$1].wanted - pools[$1].ready) }
    return max(0, lacking - spare)
  }

  /// How many spot machines start and are not overdue, and when the first of them will be.
  ///
  /// - Complexity: O(1), where the many are taken together.
  private mutating func expectedSoon(at now: Instant) -> (count: Int, until: Instant?) {
    while let first = expected.first, first.due <= now || !isStarting(first.machine) {
      expected.removeFirst(isStarting: isStarting(first.machine))
    }
    expected.pass(now)
    return (expected.count, expected.first?.due)
  }

  private func isStarting(_ id: MachineID) -> Bool { self[id]?.state == .starting }

  private mutating func rentOnDemand(
    _ count: Int, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    var left = count
    for pool in onDemandByCost {
      let taken = pools[pool].wanted + fallbacks(in: pool) + pools[pool].fallbackRequested
      let room = min(left, pools[pool].maximum - taken)
      guard room > 0 else { continue }
      if now < pools[pool].unavailableUntil {
        wake(at: pools[pool].unavailableUntil, into: &effects)
        continue
      }
      for _ in 0..<room where affords(pool, leaving: cheapestSpotPrice) {
        launch(in: pool, isFallback: true, at: now, into: &effects)
      }
      left -= room
    }
  }

  /// Withdraws open fallback launches first, then releases the youngest machines.
  private mutating func giveBack(_ count: Int, into effects: inout EffectBuffer<Effect>) {
    guard count > 0 else { return }
    var left = count - withdraw(count, fallbacks: true, into: &effects)
    while left > 0, let id = fallbackMachines.last {
      if isFallback(id) {
        release(id, because: .failback, into: &effects)
        left -= 1
      } else {
        fallbackMachines.dropLast()
      }
    }
  }
}
