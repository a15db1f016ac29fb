// SPDX-License-Identifier: Apache-2.0

import Serving

extension SpotManager {
  /// The pools of a market, cheapest per request first and the lower number first among equals.
  static func byCost(_ pools: [Configuration.Pool], _ market: Market) -> [Int] {
    pools.indices.filter { pools[$0].market == market }.sorted {
      (pools[$0].costPerRequest, $0) < (pools[$1].costPerRequest, $1)
    }
  }

  /// The spot pools that are worth their risk: none is dearer per request than on demand.
  ///
  /// On-demand pools without a price set no ceiling.
  static func acceptable(_ pools: [Configuration.Pool]) -> [Int] {
    let ceiling = byCost(pools, .onDemand).lazy.map { pools[$0].costPerRequest }.first { $0 > 0 }
    return byCost(pools, .spot).filter { pools[$0].costPerRequest <= ceiling ?? .infinity }
  }
}
