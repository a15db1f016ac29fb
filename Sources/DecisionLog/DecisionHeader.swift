// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// The first line of a decision log: which policies decide, as they were told at their start.
///
/// With it and the events that follow, anybody can make the decisions again.
public struct DecisionHeader: Sendable {
  /// The version of the format; readers refuse another.
  public static let version = 2

  /// The date of the instant that times count from.
  public var start: UTCDate
  /// Where the events come from, such as a scenario file with seed and replication.
  public var source: String
  /// The spot manager's settings; nil where there is none.
  public var spot: SpotManager.Configuration?
  /// The autoscaler's settings, and how many machines it is told that there are.
  public var autoscaler: (configuration: CostAwareAutoscaler.Configuration, machines: Int)?
  /// The router's settings; nil where there is none.
  public var router: Router.Configuration?
  /// What every replica serves and how fast, by number.
  public var replicas: [ReplicaObservation]
  /// The response cache's settings; nil where there is none.
  public var cache: ResponseCache.Configuration?
  /// The de-duplication's settings; nil where there is none.
  public var deduplicator: Deduplicator.Configuration?
  /// The cost ledger's settings; nil where there is none.
  public var ledger: CostLedger.Configuration?

  /// The cooldowns' settings; nil where there are none.
  public var cooldown: Cooldown.Configuration?

  /// The request path's settings; nil where the log does not tell what becomes of requests.
  public var path: PathSettings?

  /// A header with no policies.
  public init(start: UTCDate, source: String) {
    self.start = start
    self.source = source
    replicas = []
  }
}

extension JSONLine {
  /// Writes the first line of a log.
  public mutating func write(_ header: DecisionHeader) {
    begin()
    field("plimsoll", "decisions")
    field("version", DecisionHeader.version)
    field("start", header.start.description)
    field("source", header.source)
    if let spot = header.spot { write(spot) }
    if let autoscaler = header.autoscaler {
      write(autoscaler.configuration, machines: autoscaler.machines)
    }
    if let router = header.router { write(router) }
    if let cache = header.cache { write(cache) }
    if let deduplicator = header.deduplicator { write(deduplicator) }
    if let ledger = header.ledger { write(ledger) }
    if let cooldown = header.cooldown { write(cooldown) }
    if let path = header.path { write(path) }
    key("replicas")
    begin("[")
    for replica in header.replicas {
      begin()
      field("model", replica.model.index)
      field("nanoseconds_per_request", replica.nanosecondsPerRequest)
      end()
    }
    end("]")
    endLine()
  }

  private mutating func write(_ spot: SpotManager.Configuration) {
    key("spot")
    begin()
    field("rule", spot.rule.rawValue)
    key("pools")
    begin("[")
    for pool in spot.pools {
      begin()
      field("market", pool.market.rawValue)
      field("wanted", pool.wanted)
      field("maximum", pool.maximum)
      field("minimum", pool.minimum)
      field("zone", pool.zone)
      field("price_nanodollars_per_hour", pool.price.nanodollarsPerHour)
      field("interruption_nanodollars_per_hour", pool.interruptionCost.nanodollarsPerHour)
      field("throughput", pool.throughput)
      end()
    }
    end("]")
    field("falls_back", spot.fallsBackToOnDemand)
    field("fallback_hold_ns", spot.fallbackHold.nanoseconds)
    field("failback_after_ns", spot.failbackAfter.nanoseconds)
    field("initial_back_off_ns", spot.initialBackOff.nanoseconds)
    field("maximum_back_off_ns", spot.maximumBackOff.nanoseconds)
    field("overprovision", spot.overprovision)
    field("zone_cap_billionths", spot.zoneCap.billionths)
    field("backs_off_after_interruption", spot.backsOffAfterInterruption)
    field("expected_start_ns", spot.expectedStart.nanoseconds)
    field("budget_nanodollars_per_hour", spot.budget?.nanodollarsPerHour)
    field("covered_machines", spot.coveredMachines)
    field("commitment_nanodollars_per_hour", spot.commitmentRate.nanodollarsPerHour)
    field("drain_guard_ns", spot.drainGuard.nanoseconds)
    field("replaces_at_risk", spot.replacesAtRisk)
    field("zone_loss_floor", spot.zoneLossFloor)
    field("longest_throttle_ns", spot.longestThrottle.nanoseconds)
    // Left out where they are not set, as logs from before have none of them.
    if let timeOut = spot.launchTimeOut { field("launch_time_out_ns", timeOut.nanoseconds) }
    if let timeOut = spot.startTimeOut { field("start_time_out_ns", timeOut.nanoseconds) }
    let share = spot.mostUnhealthy.billionths
    if share != 500_000_000 { field("most_unhealthy_billionths", share) }
    end()
  }

  private mutating func write(
    _ scaling: CostAwareAutoscaler.Configuration, machines: Int
  ) {
    key("autoscaler")
    begin()
    field("rule", scaling.rule.rawValue)
    field("machines", machines)
    field("minimum", scaling.minimum)
    field("maximum", scaling.maximum)
    field("throughput", scaling.throughput)
    field("safe_utilization", scaling.safeUtilization)
    field("start_time_ns", scaling.startTime.nanoseconds)
    field("period_ns", scaling.period.nanoseconds)
    field("floor_period_ns", scaling.floorPeriod.nanoseconds)
    field("latency_target_ns", scaling.latencyTarget.nanoseconds)
    field("longest_queue_wait_ns", scaling.longestQueueWait.nanoseconds)
    field("budget_nanodollars_per_hour", scaling.budget.nanodollarsPerHour)
    field("monthly_budget_nanodollars", scaling.monthlyBudget?.nanodollars)
    field("worst_nanodollars_per_hour", scaling.worstPrice.nanodollarsPerHour)
    field("spot_nanodollars_per_hour", scaling.spotPrice.nanodollarsPerHour)
    field("scale_down_window_ns", scaling.scaleDownWindow.nanoseconds)
    field("scale_down_period_ns", scaling.scaleDownPeriod.nanoseconds)
    field("tolerated_misses", scaling.toleratedMisses)
    end()
  }

  private mutating func write(_ router: Router.Configuration) {
    key("router")
    begin()
    key("models")
    begin("[")
    for model in router.models {
      begin()
      field("model", model.id.index)
      numbers("quality_by_class", model.qualityByClass)
      field("context_window", model.contextWindow)
      field("nanoseconds_per_request", model.nanosecondsPerRequest)
      end()
    }
    end("]")
    switch router.rule {
    case .difficulty(let rule):
      field("rule", "difficulty")
      key("classes_at_least")
      begin("[")
      for bin in rule.calibration.table {
        begin("[")
        for share in bin { value(share) }
        end("]")
      }
      end("]")
      field("quality_floor", rule.qualityFloor)
      field("uncertainty_band", rule.uncertaintyBand)
    case .reference: field("rule", "reference")
    case .fixed(let model):
      field("rule", "fixed")
      field("model", model.index)
    }
    field("longest_wait_ns", router.longestWait.nanoseconds)
    field("session_slots", router.sessionSlots)
    field("session_lifetime_ns", router.sessionLifetime.nanoseconds)
    end()
  }

  private mutating func numbers(_ name: StaticString, _ numbers: [Double]) {
    key(name)
    begin("[")
    for number in numbers { value(number) }
    end("]")
  }

  private mutating func write(_ cache: ResponseCache.Configuration) {
    key("cache")
    begin()
    field("rule", cache.rule.rawValue)
    field("ttl_ns", cache.ttl.nanoseconds)
    field("jitter_billionths", cache.jitter.billionths)
    field("capacity", cache.capacity)
    end()
  }

  private mutating func write(_ deduplicator: Deduplicator.Configuration) {
    key("dedup")
    begin()
    field("rule", deduplicator.rule.rawValue)
    field("maximum_waiters", deduplicator.maximumWaiters)
    field("uncoalesced_for_ns", deduplicator.uncoalescedFor.nanoseconds)
    field("remembered", deduplicator.remembered)
    end()
  }

  private mutating func write(_ cooldown: Cooldown.Configuration) {
    key("cooldown")
    begin()
    field("failure_share_billionths", cooldown.failureShare.billionths)
    field("minimum_calls", cooldown.minimumCalls)
    field("rest_ns", cooldown.rest.nanoseconds)
    field("longest_rest_ns", cooldown.longestRest.nanoseconds)
    end()
  }

  private mutating func write(_ ledger: CostLedger.Configuration) {
    key("ledger")
    begin()
    field("limit_nanodollars", ledger.limit.nanodollars)
    key("tenant_limits_nanodollars")
    if let limits = ledger.tenantLimits {
      begin("[")
      for limit in limits { value(limit.nanodollars) }
      end("]")
    } else {
      null()
    }
    field("grace_ns", ledger.grace.nanoseconds)
    field("late_for_ns", ledger.lateFor.nanoseconds)
    end()
  }
}
