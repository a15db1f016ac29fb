// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// How many machines of a pool are there to stay or on their way without being a fallback.
  func own(_ pool: Int) -> Int {
    pools[pool].ready + pools[pool].starting - pools[pool].atRisk - fallbacks(in: pool)
      + pools[pool].requested
  }

  /// How many fallback machines are there or start in a pool.
  func fallbacks(in pool: Int) -> Int {
    fallbacksOfPool[pool]
  }

  /// Asks for the machines that the fleet lacks.
  mutating func replace(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    for pool in pools.indices
    where target == nil || firm.contains(pool) {
      let lacking = pools[pool].wanted - own(pool)
      guard lacking > 0 else { continue }
      let keeps = target != nil || pools[pool].isScheduled
      let left = lacking - (keeps ? keepFallbacks(lacking, in: pool) : 0)
      guard left > 0 else { continue }
      if now < pools[pool].unavailableUntil {
        wake(at: pools[pool].unavailableUntil, into: &effects)
        continue
      }
      for _ in 0..<left where affords(pool) { launch(in: pool, at: now, into: &effects) }
    }
    if target != nil { replaceSpot(at: now, into: &effects) }
  }

  /// Counts fallback machines as the pool's own for good where it has no room for both.
  private mutating func keepFallbacks(_ lacking: Int, in pool: Int) -> Int {
    let taken = own(pool) + fallbacks(in: pool) + pools[pool].fallbackRequested
    var kept = 0
    while kept < lacking, taken + lacking - kept > pools[pool].maximum,
      fallbacksOfPool[pool] > 0,
      let id = fallbackMachines.first(where: {
        isFallback($0) && self[$0]?.pool.index == pool
      })
    {
      machines.update(id) { $0.isFallback = false }
      noteFallbackLeft(pool)
      kept += 1
    }
    while kept < lacking, taken + lacking - kept > pools[pool].maximum,
      keepFallbackLaunch(in: pool)
    {
      kept += 1
    }
    return kept
  }

  /// Asks for the spot machines that the plan lacks: every pool's minimum, then each in the cheapest pool that
  /// has room.
  private mutating func replaceSpot(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    for pool in acceptable {
      let lacking = pools[pool].minimum - own(pool)
      guard lacking > 0 else { continue }
      if now < pools[pool].unavailableUntil {
        wake(at: pools[pool].unavailableUntil, into: &effects)
        continue
      }
      for _ in 0..<lacking where affords(pool) { launch(in: pool, at: now, into: &effects) }
    }
    var lacking = plan.kept - ownSpot
    while lacking > 0 {
      let open = acceptable.filter { hasRoom($0) }
      guard let pool = open.first(where: { now >= pools[$0].unavailableUntil }) else {
        let ends = open.map { pools[$0].unavailableUntil }
        if let next = ends.min() { wake(at: next, into: &effects) }
        return
      }
      // What is dearer than the cheapest open pool is not affordable either, or not wanted.
      guard affords(pool) else { return }
      launch(in: pool, at: now, into: &effects)
      lacking -= 1
    }
  }

  /// How many spot machines of the plan are there or on their way.
  var ownSpot: Int { acceptable.reduce(0) { $0 + own($1) } }

  /// Whether the plan lets a spot pool have one more machine.
  private func hasRoom(_ pool: Int) -> Bool {
    guard own(pool) < min(plan.perPool, ceiling(of: pool)) else { return false }
    guard let zone = pools[pool].zone else { return true }
    return spotByCost.reduce(0) { pools[$1].zone == zone ? $0 + own($1) : $0 } < limit(ofZone: zone)
  }
}
