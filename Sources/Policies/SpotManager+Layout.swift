// SPDX-License-Identifier: Apache-2.0

import Quantities

extension SpotManager {
  /// Lays the target out: on demand to its minimum, then spot as far as it goes, then on demand.
  ///
  /// - Complexity: O(spot machines · pools).
  mutating func layOut() {
    for pool in onDemandByCost { pools[pool].wanted = configuration.pools[pool].minimum }
    let floor = onDemandByCost.reduce(0) { $0 + pools[$1].wanted }
    let rest = max(0, (target ?? 0) - floor)
    let kept = rest > 0 ? rest + configuration.overprovision : 0
    plan.perZone = zoneLimit(of: kept)
    plan.lossLimit =
      configuration.zoneLossFloor > 0
      ? max(0, floor + kept - configuration.zoneLossFloor) : .max
    plan.kept = min(kept, placeable(perPool: kept))
    plan.target = min(rest, plan.kept)
    plan.perPool = 0
    if !acceptable.isEmpty {
      plan.perPool = (plan.kept + acceptable.count - 1) / acceptable.count
      while placeable(perPool: plan.perPool) < plan.kept { plan.perPool += 1 }
    }
    var left = rest - plan.target
    for pool in onDemandByCost {
      let added = min(left, max(0, configuration.pools[pool].maximum - pools[pool].wanted))
      pools[pool].wanted += added
      left -= added
    }
  }

  /// Raises what the cheapest spot pools should have by the spares, as far as there is room.
  mutating func addSpares() {
    var left = configuration.overprovision
    for pool in acceptable {
      let added = min(left, max(0, configuration.pools[pool].maximum - pools[pool].wanted))
      pools[pool].wanted += added
      left -= added
    }
    spare = configuration.overprovision - left
  }

  /// How many of that many spot machines one zone may hold.
  private func zoneLimit(of machines: Int) -> Int {
    let cap = configuration.zoneCap.billionths
    let (quotient, remainder) = machines.quotientAndRemainder(dividingBy: 1_000_000_000)
    return quotient * Int(cap) + (remainder * Int(cap) + 999_999_999) / 1_000_000_000
  }

  /// How many spot machines a zone may hold: its share, and no more than may be lost with it.
  func limit(ofZone zone: Int) -> Int {
    guard plan.lossLimit < .max else { return plan.perZone }
    let onDemand = onDemandByCost.reduce(0) {
      pools[$1].zone == zone ? $0 + configuration.pools[$1].minimum : $0
    }
    return min(plan.perZone, max(0, plan.lossLimit - onDemand))
  }

  /// How many machines the acceptable pools hold, if each may have so many, and no zone too many.
  private func placeable(perPool: Int) -> Int {
    var sum = 0
    for (place, pool) in acceptable.enumerated() {
      guard let zone = pools[pool].zone else {
        sum += min(perPool, configuration.pools[pool].maximum)
        continue
      }
      guard !acceptable[..<place].contains(where: { pools[$0].zone == zone }) else { continue }
      let inZone = acceptable[place...].reduce(0) {
        pools[$1].zone == zone ? $0 + min(perPool, configuration.pools[$1].maximum) : $0
      }
      sum += min(limit(ofZone: zone), inZone)
    }
    return sum
  }
}
