// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams
import Serving

/// A pool as the cloud sees it: machines of one type, zone and market.
///
/// Two things are told apart: whether a machine can be had (its places, and the capacities they share)
/// and whether one that runs is taken back (its life, and shocks); a capacity that falls may do either.
package struct PoolModel: Sendable, Equatable {
  /// The name of the pool in the scenario.
  package let name: String
  /// The machine type.
  package let type: String
  /// The zone.
  package let zone: String
  /// The market.
  package let market: Market
  /// When its machines can be had and kept.
  package let supply: Supply
  /// How long it takes to get a machine that serves.
  package let launch: LaunchLaw
  /// What a machine costs an hour; where a law moves the price, its mean.
  package let prices: PriceSeries
  /// How the price moves at random; `nil` where it does not.
  package let priceLaw: PriceLaw?

  /// When machines of a pool can be had and kept, and what is said before they are taken back.
  package struct Supply: Sendable, Equatable {
    /// When each place can be had; as many as the pool may have machines. A place that goes takes its
    /// machine along.
    package var places: [CapacityLaw]
    /// The capacities that its places share, by their numbers in the scenario.
    package var shared: [Int] = []
    /// How long after it was launched a machine is taken back, in seconds; `nil` for never.
    package var lifetime: Distribution?
    /// When a machine that was not taken before is taken, after its launch; `nil` for never.
    package var longestLife: TimeSpan?
    /// The shocks that take machines, by their numbers in the scenario.
    package var shocks: [Int] = []
    /// What the cloud says before it takes a machine back.
    package var notice = NoticeLaw.none

    /// Places whose machines are kept for ever.
    package init(places: [CapacityLaw]) {
      self.places = places
    }
  }

  /// A pool of those values.
  package init(
    name: String, type: String, zone: String, market: Market, supply: Supply, launch: LaunchLaw,
    prices: PriceSeries, priceLaw: PriceLaw? = nil
  ) {
    self.name = name
    self.type = type
    self.zone = zone
    self.market = market
    self.supply = supply
    self.launch = launch
    self.prices = prices
    self.priceLaw = priceLaw
  }

  /// How long a machine lives from its launch, or from a moment at which nobody knows its age; `nil` when
  /// its age does not end it.
  package func life(isNew: Bool, from draws: inout RandomStream) -> TimeSpan? {
    let longest = supply.longestLife?.inSeconds
    guard let lifetime = supply.lifetime else {
      return supply.longestLife.map {
        isNew ? $0 : TimeSpan(roundingToMicroseconds: $0.inSeconds * draws.nextUniform())
      }
    }
    let seconds: Double
    if isNew {
      seconds = min(lifetime.sample(from: &draws), longest ?? 4e9)
    } else if let longest {
      seconds = lifetime.sampleEquilibriumResidual(cutAt: longest, from: &draws)
    } else {
      seconds = lifetime.sampleEquilibriumResidual(from: &draws)
    }
    return max(.microseconds(1), TimeSpan(roundingToMicroseconds: min(seconds, 4e9)))
  }

  /// The same pool at other prices.
  package func priced(at prices: PriceSeries) -> PoolModel {
    PoolModel(
      name: name, type: type, zone: zone, market: market, supply: supply, launch: launch,
      prices: prices)
  }

  /// The number that names the random draws of one of its places.
  ///
  /// It follows from the names of the pool and not from the pools beside it, so that one pool more shifts
  /// nobody's draws.
  package func entity(ofPlace number: Int) -> UInt32 { entityNumber(of: name, number) }
}
