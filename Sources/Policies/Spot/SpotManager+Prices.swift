// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Takes in what a machine of a pool costs from now on.
  ///
  /// Machines that run stay where they are, and new ones go where they are cheap now. A spot pool that has become
  /// dearer than on demand keeps the machines that it has until they end or a lower target lets them go.
  mutating func reprice(_ pool: PoolID, at price: HourlyPrice) {
    guard pools.indices.contains(pool.index) else { return }
    terms[pool.index].price = HourlyPrice(nanodollarsPerHour: max(0, price.nanodollarsPerHour))
    let worth = Self.acceptable(terms)
    for pool in order.acceptable where !worth.contains(pool) && own(pool) > 0 {
      pools[pool].isTooDear = true
    }
    forgiveTooDear()
    orderPools()
    if goal.target != nil { layOut() }
  }

  /// Lays out anew as machines of pools that have become too dear come to their ends.
  ///
  /// - Complexity: O(pools) while no pool has become too dear, else O(pools · (pools + spot machines)).
  mutating func giveUpTooDear() {
    guard pools.contains(where: \.isTooDear) else { return }
    forgiveTooDear()
    orderPools()
    if goal.target != nil { layOut() }
  }

  /// Takes back that a pool is too dear where it is cheap again or has no machine left.
  private mutating func forgiveTooDear() {
    let worth = Self.acceptable(terms)
    for pool in pools.indices where pools[pool].isTooDear {
      if worth.contains(pool) || own(pool) == 0 { pools[pool].isTooDear = false }
    }
  }

  /// Orders the pools by what they cost now.
  mutating func orderPools() {
    order.onDemand = Self.byCost(terms, .onDemand)
    order.spot = Self.byCost(terms, .spot)
    let worth = Self.acceptable(terms)
    order.acceptable = order.spot.filter { worth.contains($0) || pools[$0].isTooDear }
    order.firm = order.onDemand + order.spot.filter { !order.acceptable.contains($0) }
  }

  /// How many machines a pool may have; one that has become too dear no more than it has.
  func ceiling(of pool: Int) -> Int {
    guard pools[pool].isTooDear else { return pools[pool].maximum }
    return min(pools[pool].maximum, max(own(pool), pools[pool].minimum))
  }
}
