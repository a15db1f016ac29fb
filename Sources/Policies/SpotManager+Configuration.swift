// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// What to keep and how patiently.
  public struct Configuration: Sendable {
    /// One pool of the fleet.
    public struct Pool: Sendable {
      /// The terms on which it rents.
      public var market: Market
      /// How many machines it should have.
      public var wanted: Int
      /// How many machines it may have; on demand, beyond `wanted` only as a fallback.
      public var maximum: Int
      /// What an hour of a machine costs.
      public var price: HourlyPrice
      /// Requests a second that a machine answers at full batches.
      public var throughput: Double
      /// How often a machine is expected to be interrupted, in times an hour.
      public var hazardPerHour: Double
      /// How long a machine takes from its launch to its first request: what an interruption wastes.
      public var startTime: TimeSpan

      /// A pool with those numbers; one that is as good as any other when only the first are told.
      public init(
        market: Market, wanted: Int, maximum: Int,
        price: HourlyPrice = HourlyPrice(nanodollarsPerHour: 0), throughput: Double = 1,
        hazardPerHour: Double = 0, startTime: TimeSpan = .zero
      ) {
        self.market = market
        self.wanted = wanted
        self.maximum = maximum
        self.price = price
        self.throughput = throughput
        self.hazardPerHour = hazardPerHour
        self.startTime = startTime
      }

      /// Dollars for a request a second and hour, with what interruptions waste: each costs the start of
      /// the machine that takes over, once more.
      ///
      /// - Precondition: the throughput is positive.
      public var score: Double {
        let hourly = Double(price.nanodollarsPerHour) / 1e9
        let wasted = hazardPerHour * startTime.inSeconds / 3_600
        return hourly * (1 + wasted) / throughput
      }
    }

    /// By which rules it keeps the fleet.
    public enum Rule: Sendable {
      /// The rules of the type's own description.
      case production
      /// The reference design's: a machine is replaced once it is gone, and what stands in stays.
      case reference
    }

    /// By which rules it keeps the fleet.
    public var rule = Rule.production
    /// How many spot machines more than wanted are kept, where any is wanted.
    public var overprovision = 0
    /// Whether a pool that took a machine back is left alone for a back-off too.
    public var backsOffAfterInterruption = false
    /// The pools, by number.
    public var pools: [Pool]
    /// Whether missing spot machines are rented on demand.
    public var fallsBackToOnDemand: Bool
    /// For how long machines must be missing before on-demand ones are rented for them.
    public var fallbackHold: TimeSpan
    /// For how long spot must be whole before on-demand replacements are given back.
    public var failbackAfter: TimeSpan
    /// How long a pool that could not sell is left alone at first; doubles on each repetition.
    public var initialBackOff: TimeSpan
    /// The longest back-off.
    public var maximumBackOff: TimeSpan

    /// A configuration of those values.
    public init(
      pools: [Pool], fallsBackToOnDemand: Bool, fallbackHold: TimeSpan, failbackAfter: TimeSpan,
      initialBackOff: TimeSpan, maximumBackOff: TimeSpan
    ) {
      self.pools = pools
      self.fallsBackToOnDemand = fallsBackToOnDemand
      self.fallbackHold = fallbackHold
      self.failbackAfter = failbackAfter
      self.initialBackOff = initialBackOff
      self.maximumBackOff = maximumBackOff
    }
  }
}
