// SPDX-License-Identifier: Apache-2.0

import Quantities

extension CostAwareAutoscaler {
  /// By which rules it scales.
  public enum Rule: String, Sendable, CaseIterable {
    /// Demand first, latency as a guard, never beyond the budget.
    case production
    /// The reference design's class as it stands.
    case reference
  }

  /// What it is told at its start; machines are counted in those of the common type.
  public struct Configuration: Sendable {
    /// By which rules it scales.
    public var rule = Rule.production
    /// The fewest machines.
    public var minimum: Int
    /// The most machines.
    public var maximum: Int
    /// Requests a second that one machine answers when every batch is full.
    public var throughput: Double
    /// The part of that which a machine is planned for.
    public var safeUtilization = 0.8
    /// How long a machine takes from its launch to its first request.
    public var startTime: TimeSpan
    /// How often it looks at the fleet.
    public var period = TimeSpan.seconds(5)
    /// How often the demand is forecast.
    public var floorPeriod = TimeSpan.seconds(180)
    /// The 99th percentile of latency that is promised.
    public var latencyTarget: TimeSpan
    /// The longest that requests may wait for their batch.
    public var longestQueueWait: TimeSpan
    /// The most that may be spent an hour.
    public var budget: HourlyPrice
    /// The most that may be spent in a month of 730 h from the start; `nil` for no limit.
    public var monthlyBudget: USD?
    /// What one more machine costs an hour at the dearest market that it may end on.
    public var worstPrice: HourlyPrice
    /// What one more machine costs an hour at spot; only the reference rule believes it.
    public var spotPrice: HourlyPrice
    /// For how long the highest demand is remembered before machines go; HPA's default.
    public var scaleDownWindow = TimeSpan.seconds(300)
    /// How often at most machines go; control-plane defaults after HPA.
    public var scaleDownPeriod = TimeSpan.seconds(60)
    /// How many scrapes may fail before the fleet is kept at what it has, if that is more; KEDA's
    /// `failureThreshold`.
    public var toleratedMisses = 3

    /// A configuration of those values, with the defaults of Dynamo's planner and Kubernetes' HPA.
    public init(
      minimum: Int, maximum: Int, throughput: Double, startTime: TimeSpan, latencyTarget: TimeSpan,
      longestQueueWait: TimeSpan, budget: HourlyPrice, worstPrice: HourlyPrice,
      spotPrice: HourlyPrice
    ) {
      self.minimum = minimum
      self.maximum = maximum
      self.throughput = throughput
      self.startTime = startTime
      self.latencyTarget = latencyTarget
      self.longestQueueWait = longestQueueWait
      self.budget = budget
      self.worstPrice = worstPrice
      self.spotPrice = spotPrice
    }

    /// What is wrong with a budget that does not pay the machines that are always kept; `nil` when it
    /// pays them.
    ///
    /// - Parameters:
    ///   - floorRate: what those machines cost an hour.
    public func complaint(floorRate: HourlyPrice) -> String? {
      guard budget.nanodollarsPerHour < floorRate.nanodollarsPerHour else { return nil }
      return "the budget of \(budget) does not pay the machines that are always kept: \(floorRate)"
    }
  }
}
