// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities
import Serving

/// What a scenario says of its policies.
struct DecodedPolicies {
  var queue: Int
  var fallsBack: Bool
  var hold: TimeSpan
  var failbackAfter: TimeSpan
  var initialBackOff: TimeSpan
  var maximumBackOff: TimeSpan
  var migrations: Int
  var rule = SpotManager.Rule.production
  var overprovision = 0
  var zoneCap = Share.whole
  /// How many machines the fleet should have in all, where pools share them.
  var machines: Int?
  var replacesAtRisk = true
  var drainGuard = TimeSpan.seconds(10)
  var zoneLossFloor = 0
}

extension ScenarioLoader {
  /// The settings of the policies for machines; what is left out has the production default.
  func policies(
    _ reader: inout MappingReader, isIdeal: Bool, into diagnostics: inout Diagnostics
  ) -> DecodedPolicies? {
    var queue = reader.mapping("queue", .required, into: &diagnostics)
    let limit = queue?.integer("limit", .required, into: &diagnostics)
    queue?.finish(into: &diagnostics)
    _ = reader.oneOf("dispatch", [("least-loaded", 0)], .optional, into: &diagnostics)
    // Defaults of SkyServe, Karpenter and Dynamo: hold 5 min, failback after 10 min, back-off 3 min
    // doubling to 30 min, three migrations. An ideal cloud knows no hysteresis.
    var policies = DecodedPolicies(
      queue: limit ?? 0, fallsBack: false, hold: isIdeal ? .zero : .minutes(5),
      failbackAfter: isIdeal ? .zero : .minutes(10), initialBackOff: .minutes(3),
      maximumBackOff: .minutes(30), migrations: 3)
    if let spot = reader.mapping("spot", .optional, into: &diagnostics) {
      read(spot, into: &policies, isIdeal: isIdeal, into: &diagnostics)
    }
    return limit == nil ? nil : policies
  }

  private func read(
    _ spot: MappingReader, into policies: inout DecodedPolicies, isIdeal: Bool,
    into diagnostics: inout Diagnostics
  ) {
    var spot = spot
    policies.rule =
      spot.oneOf(
        "policy",
        [("production", SpotManager.Rule.production), ("reference", .reference)],
        .optional, into: &diagnostics) ?? .production
    policies.overprovision =
      spot.integer("overprovision", .optional, into: &diagnostics) ?? 0
    policies.zoneCap =
      spot.optional("zone_cap", into: &diagnostics) { try shareOfWhole($0) } ?? .whole
    policies.machines = spot.integer("machines", .optional, into: &diagnostics)
    policies.replacesAtRisk =
      spot.oneOf(
        "rebalance", [("replace", true), ("ignore", false)], .optional, into: &diagnostics) ?? true
    policies.drainGuard =
      spot.optional("drain_guard", into: &diagnostics) { try nonNegativeSpan($0) } ?? .seconds(10)
    policies.zoneLossFloor =
      spot.integer("zone_loss_floor", .optional, into: &diagnostics) ?? 0
    policies.fallsBack =
      spot.oneOf("fallback", [("none", false), ("onDemand", true)], .required, into: &diagnostics)
      ?? false
    let hold = spot.optional("hold", into: &diagnostics) { try nonNegativeSpan($0) }
    let failback = spot.optional("failback_after", into: &diagnostics) { try nonNegativeSpan($0) }
    for (key, value) in [("hold", hold), ("failback_after", failback)] {
      guard let value else { continue }
      if isIdeal && value != .zero {
        spot.report(
          .rule(.conflict, "an ideal cloud knows no hysteresis; leave this out"), of: key,
          into: &diagnostics)
      }
    }
    policies.hold = hold ?? policies.hold
    policies.failbackAfter = failback ?? policies.failbackAfter
    policies.migrations =
      spot.integer("migrations", .optional, into: &diagnostics) ?? policies.migrations
    if var backOff = spot.mapping("back_off", .optional, into: &diagnostics) {
      let initial = backOff.required("initial", into: &diagnostics) {
        try span($0, from: .seconds(1), to: .longestStretch)
      }
      let maximum = backOff.required("max", into: &diagnostics) {
        try span($0, from: .seconds(1), to: .longestStretch)
      }
      if let initial, let maximum, initial > maximum {
        backOff.report(
          .beyond(.order, found: "\(maximum)", allowed: "\(initial) or more, as initial"),
          of: "max",
          into: &diagnostics)
      }
      backOff.finish(into: &diagnostics)
      policies.initialBackOff = initial ?? policies.initialBackOff
      policies.maximumBackOff = maximum ?? policies.maximumBackOff
    }
    spot.finish(into: &diagnostics)
  }

  /// The spot manager's settings for these pools.
  func spotConfiguration(
    _ policies: DecodedPolicies, _ pools: [DecodedPool], _ shared: SharedParts, isIdeal: Bool,
    _ root: MappingReader, into diagnostics: inout Diagnostics
  ) -> SpotManager.Configuration {
    let canFallBack = pools.contains {
      $0.pool.cloud.market == .onDemand && $0.maximum > $0.pool.wanted
    }
    if policies.fallsBack && !canFallBack {
      root.report(
        .rule(
          .needed,
          "spot.fallback is onDemand, but no on-demand pool has machines.max above machines.min"),
        of: "policies", into: &diagnostics)
    }
    var configuration = SpotManager.Configuration(
      pools: pools.map { Self.spotPool($0, shared) },
      fallsBackToOnDemand: policies.fallsBack, fallbackHold: policies.hold,
      failbackAfter: policies.failbackAfter, initialBackOff: policies.initialBackOff,
      maximumBackOff: policies.maximumBackOff)
    configuration.rule = policies.rule
    configuration.overprovision = policies.overprovision
    configuration.zoneCap = policies.zoneCap
    configuration.replacesAtRisk = policies.replacesAtRisk
    configuration.drainGuard = policies.drainGuard
    configuration.zoneLossFloor = policies.zoneLossFloor
    // An ideal cloud has no back-off: what is back can be had at once. Elsewhere a pool that took a
    // machine back is left alone where something else can stand in for it.
    let spotPools = pools.count { $0.pool.cloud.market == .spot }
    configuration.backsOffAfterInterruption =
      !isIdeal && (spotPools > 1 || policies.fallsBack)
    configuration.expectedStart = pools.map { Self.startTime($0.pool.cloud.launch) }.max() ?? .zero
    return configuration
  }

  private static func spotPool(
    _ pool: DecodedPool, _ shared: SharedParts
  ) -> SpotManager.Configuration.Pool {
    let cloud = pool.pool.cloud
    let price = cloud.prices.price(at: .start)
    // Each interruption costs the start of the machine that takes over, once more.
    let wasted = startTime(cloud.launch).inSeconds * shared.hazard(of: cloud)
    return SpotManager.Configuration.Pool(
      market: cloud.market, wanted: pool.pool.wanted, maximum: pool.maximum, zone: cloud.zone,
      price: price, throughput: pool.pool.machineThroughput,
      minimum: pool.minimum,
      interruptionCost: HourlyPrice(
        // A cost beyond all money makes a pool the last choice, as it should be.
        nanodollarsPerHour: Int64(
          min(Double(price.nanodollarsPerHour) * wasted, 9e18).rounded(.toNearestOrEven))))
  }

  private static func startTime(_ launch: LaunchLaw) -> TimeSpan {
    guard case .staged(let stages) = launch else { return .zero }
    return TimeSpan(roundingToMicroseconds: min(stages.mean, 86_400))
  }

  /// How long a client waits; wrapped, since for ever is an answer too.
  func client(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> (span: TimeSpan?, Void)? {
    guard var reader = root.mapping("client", .required, into: &diagnostics) else { return nil }
    let value = reader.node("timeout", .required, into: &diagnostics)
    // A retry would be a new request of the same client; none is modelled, so none is accepted.
    _ = reader.integer("retries", .required, into: &diagnostics)
    reader.finish(into: &diagnostics)
    guard let value else { return nil }
    if case .scalar("none") = value.node.content { return (nil, ()) }
    let span = value.parsed(into: &diagnostics) { text in
      do {
        return try positiveSpan(text)
      } catch {
        throw (error as? UnreadableQuantity).saying(
          "a time above 0 and of at most \(TimeSpan.longestStretch), such as 2s, or none")
      }
    }
    return span.map { ($0, ()) }
  }
}
