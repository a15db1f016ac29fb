// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager.Configuration {
  /// One pool of the fleet.
  public struct Pool: Sendable {
    /// The terms on which it rents.
    public var market: Market
    /// How many machines it should have until a target says how many the fleet should have.
    public var wanted: Int
    /// How many machines it may have; beyond `wanted` only as a fallback or for a target.
    public var maximum: Int
    /// Where its machines stand; a pool whose zone is empty counts against no zone's cap.
    public var zone: String
    /// What one of its machines costs; zero when it is not known.
    public var price: HourlyPrice
    /// How many effective requests a second one of its machines serves.
    public var throughput: Double
    /// How many machines it keeps whatever the target.
    public var minimum: Int
    /// What interruptions are expected to cost for every hour that one of its machines runs.
    ///
    /// The hazard per hour times what one interruption costs: the billed start of the replacement,
    /// the tokens computed again, and the penalty of a late answer.
    public var interruptionCost: HourlyPrice

    /// A pool with those numbers; unless it is given, `minimum` is `wanted` on demand and 0 on spot.
    ///
    /// - Precondition: `throughput` is above 0.
    public init(
      market: Market, wanted: Int, maximum: Int, zone: String = "",
      price: HourlyPrice = HourlyPrice(nanodollarsPerHour: 0), throughput: Double = 1,
      minimum: Int? = nil, interruptionCost: HourlyPrice = HourlyPrice(nanodollarsPerHour: 0)
    ) {
      precondition(throughput > 0, "a pool's throughput must be above 0")
      self.market = market
      self.wanted = wanted
      self.maximum = maximum
      self.zone = zone
      self.price = price
      self.throughput = throughput
      self.minimum = minimum ?? (market == .onDemand ? wanted : 0)
      self.interruptionCost = interruptionCost
    }

    /// Dollars per effective request, the expected cost of interruptions included.
    ///
    /// Per pool `(price + interruption cost) / (3600 · throughput)`, so that machines of unequal
    /// speed compare; price-capacity-optimized fleets weigh the same two things (AWS, Amazon EC2
    /// User Guide, Allocation strategies for Spot Instances).
    public var costPerRequest: Double {
      let perHour =
        Double(price.nanodollarsPerHour) + Double(interruptionCost.nanodollarsPerHour)
      return perHour / (3_600e9 * throughput)
    }
  }
}
