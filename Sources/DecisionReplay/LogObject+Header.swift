// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

extension DecisionHeader {
  /// Reads the first line of a log.
  init(line: [UInt8]) throws(DecisionLogError) {
    let first = try LogObject(line: line, start: UTCDate(nanosecondsSince1970: 0))
    guard try first.text("plimsoll") == "decisions" else {
      throw first.fail("plimsoll", allowed: "decisions")
    }
    let version: Int = try first.integer("version")
    guard version == DecisionHeader.version else {
      throw DecisionLogError(
        line: 0, key: "version",
        problem: "is \(version), which this version of Plimsoll does not read; allowed: "
          + "\(DecisionHeader.version), so record the log again")
    }
    guard let start = try? UTCDate(parsing: try first.text("start")) else {
      throw first.fail("start", allowed: "a time in UTC, such as 2024-12-09T00:00:00Z")
    }
    self.init(start: start, source: try first.text("source"))
    spot = try first.optional("spot") { key throws(DecisionLogError) in
      try first.object(key).spot()
    }
    autoscaler = try first.optional("autoscaler") { key throws(DecisionLogError) in
      try first.object(key).autoscaler()
    }
    router = try first.optional("router") { key throws(DecisionLogError) in
      try first.object(key).router()
    }
    cache = try first.optional("cache") { key throws(DecisionLogError) in
      try first.object(key).cache()
    }
    deduplicator = try first.optional("dedup") { key throws(DecisionLogError) in
      try first.object(key).deduplicator()
    }
    ledger = try first.optional("ledger") { key throws(DecisionLogError) in
      try first.object(key).ledger()
    }
    cooldown = try first.optional("cooldown") { key throws(DecisionLogError) in
      try first.object(key).cooldown()
    }
    path = try first.optional("path") { key throws(DecisionLogError) in
      try first.object(key).path()
    }
    for replica in try first.objects("replicas") {
      let time = try replica.span("nanoseconds_per_request").nanoseconds
      replicas.append(
        ReplicaObservation(
          model: try replica.model(), acceptsRequests: false, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: time))
    }
    try first.hold(
      replicas.count <= ReplicaBoard.mostReplicas, "replicas",
      "at most \(ReplicaBoard.mostReplicas) replicas")
    guard path != nil else { return }
    path?.replicas = try first.object("path").states(of: replicas)
  }
}

extension LogObject {
  /// The number of a model; a board has a place for each up to the highest.
  func model() throws(DecisionLogError) -> ModelID {
    let number: Int = try integer("model")
    try hold((0..<256).contains(number), "model", "a number from 0 to 255")
    return ModelID(number)
  }

  fileprivate func spot() throws(DecisionLogError) -> SpotManager.Configuration {
    var pools: [SpotManager.Configuration.Pool] = []
    for pool in try objects("pools") {
      pools.append(
        SpotManager.Configuration.Pool(
          market: try pool.oneOf("market"), wanted: try pool.count("wanted"),
          maximum: try pool.count("maximum"), zone: try pool.text("zone"),
          price: try pool.price("price_nanodollars_per_hour"),
          throughput: try pool.throughput(), minimum: try pool.count("minimum"),
          interruptionCost: try pool.price("interruption_nanodollars_per_hour")))
    }
    try hold(pools.count <= Self.mostPools, "pools", "at most \(Self.mostPools) pools")
    var spot = SpotManager.Configuration(
      pools: pools, fallsBackToOnDemand: try flag("falls_back"),
      fallbackHold: try span("fallback_hold_ns"), failbackAfter: try span("failback_after_ns"),
      initialBackOff: try span("initial_back_off_ns"),
      maximumBackOff: try span("maximum_back_off_ns"), overprovision: try count("overprovision"),
      zoneCap: try share("zone_cap_billionths"),
      backsOffAfterInterruption: try flag("backs_off_after_interruption"),
      expectedStart: try span("expected_start_ns"), rule: try oneOf("rule"))
    spot.budget = try optional("budget_nanodollars_per_hour", price)
    spot.coveredMachines = try count("covered_machines", upTo: 10_000_000)
    spot.commitmentRate = try price("commitment_nanodollars_per_hour")
    spot.drainGuard = try span("drain_guard_ns")
    spot.replacesAtRisk = try flag("replaces_at_risk")
    spot.zoneLossFloor = try count("zone_loss_floor")
    spot.longestThrottle = try span("longest_throttle_ns")
    spot.launchTimeOut = try optional("launch_time_out_ns", span)
    spot.startTimeOut = try optional("start_time_out_ns", span)
    if let most = try optional("most_unhealthy_billionths", share) { spot.mostUnhealthy = most }
    return spot
  }

  fileprivate func autoscaler() throws(DecisionLogError) -> (
    configuration: CostAwareAutoscaler.Configuration, machines: Int
  ) {
    var scaling = CostAwareAutoscaler.Configuration(
      minimum: try count("minimum"), maximum: try count("maximum"),
      throughput: try throughput(), startTime: try span("start_time_ns"),
      latencyTarget: try span("latency_target_ns"),
      longestQueueWait: try span("longest_queue_wait_ns"),
      budget: try price("budget_nanodollars_per_hour"),
      worstPrice: try price("worst_nanodollars_per_hour"),
      spotPrice: try price("spot_nanodollars_per_hour"))
    scaling.rule = try oneOf("rule")
    scaling.safeUtilization = try double("safe_utilization", in: 0...1_000)
    scaling.period = try span("period_ns")
    scaling.floorPeriod = try span("floor_period_ns")
    scaling.monthlyBudget = try optional("monthly_budget_nanodollars", money)
    scaling.scaleDownWindow = try span("scale_down_window_ns")
    scaling.scaleDownPeriod = try span("scale_down_period_ns")
    scaling.toleratedMisses = try count("tolerated_misses", upTo: 1_000_000_000)
    try hold(scaling.latencyTarget > .zero, "latency_target_ns", "nanoseconds above 0")
    try hold(scaling.period > .zero, "period_ns", "nanoseconds above 0")
    let looks =
      max(scaling.scaleDownWindow, scaling.startTime).nanoseconds / scaling.period.nanoseconds
    try hold(
      looks <= Self.mostLooks, "period_ns",
      "at most \(Self.mostLooks) looks in scale_down_window_ns and in start_time_ns")
    return (scaling, try count("machines"))
  }

  /// Requests a second that a machine serves.
  private func throughput() throws(DecisionLogError) -> Double {
    let throughput = try double("throughput", in: 0...1e15)
    try hold(throughput >= 1e-15, "throughput", "a number above 0")
    return throughput
  }

  /// Pools that a spot manager takes in: it compares all with all.
  private static var mostPools: Int { 256 }
  /// Looks that an autoscaler remembers: it goes through them at each.
  private static var mostLooks: Int64 { 1_000_000 }

  fileprivate func router() throws(DecisionLogError) -> Router.Configuration {
    var models: [Router.Model] = []
    for model in try objects("models") {
      models.append(
        Router.Model(
          id: try model.model(),
          qualityByClass: try model.doubles("quality_by_class"),
          contextWindow: try model.integer("context_window"),
          nanosecondsPerRequest: try model.span("nanoseconds_per_request").nanoseconds))
    }
    try hold((1...8).contains(models.count), "models", "one to eight models")
    let rule: Router.Rule
    switch try text("rule") {
    case "fixed": rule = .fixed(try model())
    case "reference": rule = .reference
    case "difficulty":
      let table = try rows("classes_at_least")
      let classes = table.first?.count ?? 0
      try hold(
        classes > 0 && table.allSatisfy { $0.count == classes }
          && models.allSatisfy { $0.qualityByClass.count == classes }, "classes_at_least",
        "as many shares for each bin as there are classes")
      rule = .difficulty(
        Router.QualityRule(
          calibration: DifficultyCalibration(table: table),
          qualityFloor: try double("quality_floor", in: -1e9...1e9),
          uncertaintyBand: try double("uncertainty_band", in: 0...1e9)))
    default: throw fail("rule", allowed: "fixed, reference, difficulty")
    }
    return Router.Configuration(
      models: models, rule: rule, longestWait: try span("longest_wait_ns"),
      sessionSlots: try count("session_slots", upTo: 1 << 22),
      sessionLifetime: try span("session_lifetime_ns"))
  }

  fileprivate func cache() throws(DecisionLogError) -> ResponseCache.Configuration {
    let rule: ResponseCache.Rule = try oneOf("rule")
    let ttl = try span("ttl_ns")
    try hold(ttl > .zero, "ttl_ns", "a time above 0")
    if rule == .reference { return .reference(ttl: ttl) }
    let capacity: Int = try integer("capacity")
    try hold((1..<Int(Int32.max)).contains(capacity), "capacity", "1 to 2147483646")
    let jitter = Share(billionths: try integer("jitter_billionths"))
    try hold(jitter >= .zero && jitter < .whole, "jitter_billionths", "0 to 999999999")
    return ResponseCache.Configuration(ttl: ttl, jitter: jitter, capacity: capacity)
  }

  fileprivate func deduplicator() throws(DecisionLogError) -> Deduplicator.Configuration {
    if try oneOf("rule") == Deduplicator.Rule.reference { return .reference }
    let waiters: Int = try integer("maximum_waiters")
    try hold((1..<Int(Int32.max)).contains(waiters), "maximum_waiters", "1 to 2147483646")
    let remembered: Int = try integer("remembered")
    try hold((1..<Int(Int32.max)).contains(remembered), "remembered", "1 to 2147483646")
    let time = try span("uncoalesced_for_ns")
    try hold(time > .zero, "uncoalesced_for_ns", "a time above 0")
    return Deduplicator.Configuration(
      maximumWaiters: waiters, uncoalescedFor: time, remembered: remembered)
  }

  fileprivate func path() throws(DecisionLogError) -> PathSettings {
    let model: Int = try integer("requested_model")
    try hold((0..<256).contains(model), "requested_model", "a number from 0 to 255")
    var path = PathSettings(requestedModel: ModelID(model))
    path.asksPolicies = try flag("asks_policies")
    path.storeRule = try optional("store_rule", oneOf)
    path.budget = try optional("budget") { key throws(DecisionLogError) in
      let budget = try object(key)
      let period = try budget.span("period_ns")
      try budget.hold(period > .zero, "period_ns", "a time above 0")
      return PathSettings.Budget(
        period: period, estimate: try budget.money("estimate_nanodollars"))
    }
    path.timeout = try optional("timeout_ns", span)
    path.handOverLimit = try count("hand_over_limit", upTo: PathSettings.mostHandOvers)
    path.longestWait = try optional("longest_wait_ns", span)
    return path
  }

  /// How replicas are when a path begins: those that are not written accept nothing yet.
  fileprivate func states(
    of replicas: [ReplicaObservation]
  ) throws(DecisionLogError) -> [ReplicaObservation] {
    var replicas = replicas
    for row in try rows("replicas", width: 4) {
      guard let index = Int(exactly: row[0]), replicas.indices.contains(index),
        let outstanding = Int32(exactly: row[2])
      else { throw fail("replicas", allowed: "replicas from 0 to \(replicas.count - 1)") }
      replicas[index].acceptsRequests = row[1] != 0
      replicas[index].outstanding = outstanding
      replicas[index].hasRoom = row[3] != 0
    }
    return replicas
  }

  fileprivate func cooldown() throws(DecisionLogError) -> Cooldown.Configuration {
    Cooldown.Configuration(
      failureShare: try share("failure_share_billionths"),
      minimumCalls: try count("minimum_calls", upTo: 1_000_000_000), rest: try span("rest_ns"),
      longestRest: try span("longest_rest_ns"))
  }

  fileprivate func ledger() throws(DecisionLogError) -> CostLedger.Configuration {
    CostLedger.Configuration(
      limit: try money("limit_nanodollars"),
      tenantLimits: try optional("tenant_limits_nanodollars", amounts),
      grace: try span("grace_ns"), lateFor: try span("late_for_ns"))
  }
}
