// SPDX-License-Identifier: Apache-2.0

import Quantities

extension SpotManager {
  /// Lays the target out: every pool to its minimum, then spot as far as it goes, then on demand, then spot
  /// pools that are dearer than that.
  ///
  /// - Complexity: O(spot machines · pools).
  mutating func layOut() {
    for pool in pools.indices { pools[pool].wanted = pools[pool].minimum }
    let floor = order.firm.reduce(0) { $0 + pools[$1].wanted }
    let least = order.acceptable.reduce(0) { $0 + pools[$1].minimum }
    let rest = max(least, (goal.target ?? 0) - floor)
    let kept = rest > 0 ? rest + configuration.overprovision : 0
    goal.plan.perZone = zoneLimit(of: kept)
    goal.plan.lossLimit =
      configuration.zoneLossFloor > 0
      ? max(0, floor + kept - configuration.zoneLossFloor) : .max
    let reachable = min(kept, placeable(perPool: kept))
    goal.plan.kept = max(least, reachable)
    goal.plan.target = min(rest, goal.plan.kept)
    goal.plan.perPool = 0
    if !order.acceptable.isEmpty {
      goal.plan.perPool = (reachable + order.acceptable.count - 1) / order.acceptable.count
      while placeable(perPool: goal.plan.perPool) < reachable { goal.plan.perPool += 1 }
    }
    var left = rest - goal.plan.target
    for pool in order.firm {
      let added = min(left, max(0, pools[pool].maximum - pools[pool].wanted))
      pools[pool].wanted += added
      left -= added
    }
  }

  /// Has every pool at its usual number, and the cheapest spot pools at the spares more, as far as there is room.
  mutating func addSpares() {
    for pool in pools.indices { pools[pool].wanted = pools[pool].usual }
    var left = configuration.overprovision
    for pool in order.acceptable {
      let added = min(left, max(0, pools[pool].maximum - pools[pool].wanted))
      pools[pool].wanted += added
      left -= added
    }
    goal.spare = configuration.overprovision - left
  }

  /// How many of that many spot machines one zone may hold.
  private func zoneLimit(of machines: Int) -> Int {
    let cap = configuration.zoneCap.billionths
    let (quotient, remainder) = machines.quotientAndRemainder(dividingBy: 1_000_000_000)
    return quotient * Int(cap) + (remainder * Int(cap) + 999_999_999) / 1_000_000_000
  }

  /// How many spot machines a zone may hold: its share, and no more than may be lost with it.
  func limit(ofZone zone: Int) -> Int {
    guard goal.plan.lossLimit < .max else { return goal.plan.perZone }
    let onDemand = order.onDemand.reduce(0) {
      pools[$1].zone == zone ? $0 + pools[$1].minimum : $0
    }
    return min(goal.plan.perZone, max(0, goal.plan.lossLimit - onDemand))
  }

  /// How many machines the acceptable pools hold, if each may have so many, and no zone too many.
  private func placeable(perPool: Int) -> Int {
    var sum = 0
    for (place, pool) in order.acceptable.enumerated() {
      guard let zone = pools[pool].zone else {
        sum += min(perPool, ceiling(of: pool))
        continue
      }
      guard !order.acceptable[..<place].contains(where: { pools[$0].zone == zone }) else {
        continue
      }
      let inZone = order.acceptable[place...].reduce(0) {
        pools[$1].zone == zone ? $0 + min(perPool, ceiling(of: $1)) : $0
      }
      sum += min(limit(ofZone: zone), inZone)
    }
    return sum
  }
}
