// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Serving

/// A pool as the cloud sees it: machines of one type, zone and market.
package struct PoolModel: Sendable, Equatable {
  /// The name of the pool in the scenario.
  package let name: String
  /// The machine type.
  package let type: String
  /// The zone.
  package let zone: String
  /// The market.
  package let market: Market
  /// When each place can be had; as many as the pool may have machines.
  package let places: [CapacityLaw]
  /// How long before it takes a machine back the cloud says so; `nil` for without notice.
  package let notice: TimeSpan?
  /// How long it takes to get a machine that serves.
  package let launch: LaunchLaw
  /// What a machine costs an hour.
  package let prices: PriceSeries

  /// A pool of those values.
  package init(
    name: String, type: String, zone: String, market: Market, places: [CapacityLaw],
    notice: TimeSpan?, launch: LaunchLaw, prices: PriceSeries
  ) {
    self.name = name
    self.type = type
    self.zone = zone
    self.market = market
    self.places = places
    self.notice = notice
    self.launch = launch
    self.prices = prices
  }

  /// The number that names the random draws of one of its places.
  ///
  /// It follows from the names of the pool and not from the pools beside it, so that one pool more shifts
  /// nobody's draws.
  package func entity(ofPlace number: Int) -> UInt32 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for byte in name.utf8 { hash = mixed(hash ^ UInt64(byte)) }
    return UInt32(truncatingIfNeeded: mixed(hash ^ UInt64(number) << 8))
  }
}
