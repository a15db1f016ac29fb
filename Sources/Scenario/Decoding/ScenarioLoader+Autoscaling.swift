// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities
import ReplicaModel
import Serving

/// The autoscaler as it was read, with what is odd about it.
struct DecodedAutoscaling {
  let autoscaling: Autoscaling?
  let warnings: [String]
}

extension ScenarioLoader {
  /// The autoscaler of a fleet; none when the scenario names none.
  func autoscaling(
    _ policies: inout MappingReader, _ fleet: ScalingContext, into diagnostics: inout Diagnostics
  ) -> DecodedAutoscaling {
    let none = DecodedAutoscaling(autoscaling: nil, warnings: [])
    guard var reader = policies.mapping("autoscaler", .optional, into: &diagnostics) else {
      return none
    }
    let rule = reader.oneOf(
      "policy", [("production", CostAwareAutoscaler.Rule.production), ("reference", .reference)],
      .optional, into: &diagnostics)
    _ = reader.oneOf("kind", [("cost-aware", 0)], .optional, into: &diagnostics)
    let budget = reader.required("budget", into: &diagnostics) { try hourlyAmount($0) }
    let monthly = reader.optional("monthly_budget", into: &diagnostics) { try monthlyAmount($0) }
    let target = reader.required("p99", into: &diagnostics) { try positiveSpan($0) }
    let wait = reader.optional("longest_wait", into: &diagnostics) { try positiveSpan($0) }
    let every = reader.optional("every", into: &diagnostics) {
      try span($0, from: .seconds(1), to: .hours(1))
    }
    let utilization = reader.optional("utilization", into: &diagnostics) { try shareOfWhole($0) }
    if rule == .reference {
      for (key, isGiven) in [
        ("monthly_budget", monthly != nil), ("longest_wait", wait != nil),
        ("utilization", utilization != nil),
      ] where isGiven {
        reader.report(
          .rule(
            .conflict,
            "has no effect under policy: reference, which knows no such thing; leave it out"),
          of: key, into: &diagnostics)
      }
    }
    reader.finish(into: &diagnostics)
    guard let budget, let target, let costs = fleet.costOfModel else { return none }
    var configuration = CostAwareAutoscaler.Configuration(
      minimum: fleet.minimum, maximum: fleet.maximum, throughput: fleet.throughput,
      startTime: fleet.startTime, latencyTarget: target,
      longestQueueWait: wait ?? TimeSpan(nanoseconds: target.nanoseconds / 2), budget: budget,
      worstPrice: fleet.worstPrice, spotPrice: fleet.spotPrice)
    configuration.rule = rule ?? .production
    configuration.monthlyBudget = monthly
    configuration.period = every ?? configuration.period
    configuration.safeUtilization = utilization?.fraction ?? configuration.safeUtilization
    var warnings: [String] = []
    if !fleet.canScale {
      warnings.append(
        "\(reader.location): \(reader.keyPath): no pool has machines: { min, max } with max above min, so "
          + "it launches and releases nothing")
    }
    if let complaint = configuration.complaint(floorRate: fleet.floorRate) {
      if configuration.rule == .reference {
        warnings.append("policies.autoscaler: \(complaint)")
      } else {
        reader.report(.rule(.limit, complaint), of: "budget", into: &diagnostics)
      }
    }
    return DecodedAutoscaling(
      autoscaling: Autoscaling(
        configuration: configuration, costOfModel: costs,
        committedMachines: fleet.committedMachines,
        commitmentRate: fleet.commitmentRate, effectiveness: fleet.effectiveness),
      warnings: warnings)
  }
}

/// What the autoscaler's reader needs to know of the fleet.
struct ScalingContext {
  private let pools: [DecodedPool]
  private let commitments: Commitments
  private let strongest: Int
  private let models: Int
  private let launch: LaunchLaw?
  private let fallsBack: Bool
  private let spotRule: SpotManager.Rule

  init(
    pools: [DecodedPool], commitments: Commitments, strongest: Int, models: Int,
    launch: LaunchLaw?, policies: DecodedPolicies
  ) {
    self.pools = pools
    self.commitments = commitments
    self.strongest = strongest
    self.models = models
    self.launch = launch
    fallsBack = policies.fallsBack
    spotRule = policies.rule
  }

  private var spot: [DecodedPool] { pools.filter { $0.pool.cloud.market == .spot } }
  /// The pools that it can make larger or smaller; the reference rule launches spot only, whatever its range.
  private var scaled: [DecodedPool] {
    pools.filter { pool in
      spotRule == .reference
        ? pool.pool.cloud.market == .spot : pool.range != nil && pool.maximum > pool.minimum
    }
  }

  /// Whether there is any pool that it can scale.
  var canScale: Bool { !scaled.isEmpty }
  /// The machines that are always kept.
  var minimum: Int {
    pools.reduce(0) { sum, pool in
      let isScaled = spotRule == .reference && pool.pool.cloud.market == .spot
      return sum + (isScaled ? 0 : pool.minimum)
    }
  }
  /// All machines that may be wanted at a time.
  var maximum: Int {
    pools.reduce(0) { sum, pool in
      let isKept = spotRule == .reference && pool.pool.cloud.market == .onDemand
      return sum + (isKept ? pool.highestMinimum : pool.maximum)
    }
  }

  /// The replicas of the strongest model on a machine of the first pool that has them.
  private var replicas: [ReplicaService] {
    let places = pools.map { $0.pool.replicas.filter { $0.serves.index == strongest } }
    return (places.first { !$0.isEmpty } ?? []).map(\.service)
  }

  /// What a machine of each pool does of what one of the common type does.
  var effectiveness: [Double] {
    pools.map { pool in
      let own = pool.pool.replicas.reduce(0) {
        $1.serves.index == strongest ? $0 + $1.service.maximumThroughput : $0
      }
      return throughput > 0 ? own / throughput : 1
    }
  }

  var throughput: Double { replicas.reduce(0) { $0 + $1.maximumThroughput } }

  /// What a request to each model takes of a replica, in requests to the strongest; `nil` where none of
  /// these has a replica.
  var costOfModel: [Double]? {
    guard let replica = replicas.first else { return nil }
    let own = replica.timePerRequest.nanoseconds
    return (0..<models).map { model in
      let places = pools.flatMap { $0.pool.replicas.filter { $0.serves.index == model } }
      let fastest = places.map(\.service.timePerRequest.nanoseconds).min() ?? 0
      return Double(fastest) / Double(own)
    }
  }

  var startTime: TimeSpan {
    guard case .staged(let stages) = launch else { return .seconds(5) }
    return TimeSpan(roundingToMicroseconds: min(stages.mean, 86_400))
  }

  private func price(_ pool: DecodedPool) -> Int64 {
    pool.pool.cloud.prices.price(at: .start).nanodollarsPerHour
  }

  var spotPrice: HourlyPrice {
    HourlyPrice(nanodollarsPerHour: spot.map(price).max() ?? 0)
  }

  var worstPrice: HourlyPrice {
    // What stands in for spot is on demand.
    let able = fallsBack ? scaled + pools.filter { $0.pool.cloud.market == .onDemand } : scaled
    return HourlyPrice(nanodollarsPerHour: (able.isEmpty ? pools : able).map(price).max() ?? 0)
  }

  var committedMachines: Int { commitments.reservations.reduce(0) { $0 + $1.machines } }

  /// What reservations cost an hour: an amount, as in every fleet whose bill is one.
  var commitmentRate: HourlyPrice {
    HourlyPrice(
      nanodollarsPerHour: commitments.reservations.reduce(0) { sum, commitment in
        sum + commitment.price.nanodollarsPerHour * Int64(commitment.machines)
      })
  }

  /// What the machines that are always kept cost an hour, under their commitments where they have any.
  var floorRate: HourlyPrice {
    var rate = commitmentRate.nanodollarsPerHour
    var covered = committedMachines
    for pool in pools {
      let isOnDemand = pool.pool.cloud.market == .onDemand
      guard isOnDemand || spotRule == .production else { continue }
      let free = isOnDemand ? min(covered, pool.highestMinimum) : 0
      covered -= free
      rate += Int64(pool.highestMinimum - free) * price(pool)
    }
    return HourlyPrice(nanodollarsPerHour: rate)
  }
}
