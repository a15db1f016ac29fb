// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import RequestPath
import Serving

/// The policies of a decision log, driven by its events: no simulator, no gateway, no clock.
///
/// Each line goes in with or without the decision that somebody made; it comes out with the decision that
/// the policies make here.
public struct PolicyHost: ~Copyable, Sendable {
  private var spot: SpotManager?
  private var autoscaler: CostAwareAutoscaler?
  private var router: Router?
  private var dispatcher = LeastLoaded()
  private var cache: ResponseCache
  private let hasCache: Bool
  private var deduplicator: Deduplicator?
  private var ledger: CostLedger?
  private var cooldowns: Cooldowns?
  private var board: ReplicaBoard
  private var plans: [RoutePlan?] = []
  /// The policies together; nil where the log is not about what becomes of requests.
  private var path: PathHost?
  private let start: UTCDate
  private var writer: DecisionWriter
  /// How many lines have been fed, the first not counted.
  private var lines = 0
  private var spotEffects = EffectBuffer<SpotManager.Effect>()
  private var scalingEffects = EffectBuffer<CostAwareAutoscaler.Effect>()

  /// The policies that a first line names, before their first event.
  public init(header line: [UInt8]) throws(DecisionLogError) {
    let header = try DecisionHeader(line: line)
    var together: RequestPath.Configuration?
    if let settings = header.path { together = try PathHost.configuration(settings, header) }
    start = header.start
    board = ReplicaBoard(header.replicas)
    spot = header.spot.map { SpotManager($0) }
    autoscaler = header.autoscaler.map {
      CostAwareAutoscaler($0.configuration, machines: $0.machines)
    }
    router = header.router.map { Router($0) }
    hasCache = header.cache != nil
    cache = ResponseCache(header.cache ?? ResponseCache.Configuration(capacity: 1))
    deduplicator = header.deduplicator.map { Deduplicator($0) }
    ledger = header.ledger.map { CostLedger($0) }
    cooldowns = header.cooldown.map { Cooldowns($0) }
    if let settings = header.path, let together {
      path = PathHost(together, settings, header)
    }
    writer = DecisionWriter(header)
  }

  /// The lines that have been decided since this was last called, the header first.
  public mutating func takeLines() -> [UInt8] {
    var bytes = writer.line.bytes
    writer.clear()
    if let more = path?.takeLines() { bytes += more }
    return bytes
  }

  /// Feeds one line's event to its policy.
  public mutating func step(_ line: [UInt8]) throws(DecisionLogError) {
    lines += 1
    let event = try LogObject(line: line, start: start)
    let now = try event.time("at")
    guard now != .never else { throw event.fail("at", allowed: "a time in UTC") }
    switch try event.oneOf("policy") as LoggedPolicy {
    case .spot: try stepSpot(event, at: now)
    case .autoscaler: try stepAutoscaler(event, at: now)
    case .router: try stepRouter(event, at: now)
    case .dispatcher: try stepDispatcher(event, at: now)
    case .cache: try stepCache(event, at: now)
    case .dedup: try stepDeduplicator(event, at: now)
    case .ledger: try stepLedger(event, at: now)
    case .cooldown: try stepCooldowns(event, at: now)
    case .path:
      guard path != nil else { throw absent(event) }
      try path?.step(event, at: now)
    }
  }

  private func absent(_ event: LogObject) -> DecisionLogError {
    DecisionLogError(line: 0, key: "policy", problem: "the first line has no such policy")
  }

  // MARK: Machines

  /// A number by which something is known.
  private func number(_ event: LogObject, _ key: String) throws(DecisionLogError) -> Int {
    try event.count(key, upTo: 1 << 24 - 1)
  }

  /// The same where a place is kept for each up to it: who counts from 0 is no farther than the lines are.
  private func place(_ event: LogObject, _ key: String) throws(DecisionLogError) -> Int {
    try event.count(key, upTo: 1 << 16 + lines)
  }

  private mutating func stepSpot(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    guard spot != nil else { throw absent(event) }
    let happened: SpotManager.Event
    switch try event.oneOf("event") as LoggedEvent.Spot {
    case .adopted:
      happened = .adopted(
        MachineID(try place(event, "machine")), pool: PoolID(try number(event, "pool")))
    case .started: happened = .started
    case .target: happened = .target(machines: try event.count("machines"))
    case .scheduled:
      happened = .scheduled(
        pool: PoolID(try number(event, "pool")), minimum: try event.count("minimum"),
        maximum: try event.count("maximum"))
    case .launched:
      happened = .launched(
        LaunchID(try number(event, "launch")), MachineID(try place(event, "machine")))
    case .launchFailed:
      happened = .launchFailed(LaunchID(try number(event, "launch")), try event.oneOf("why"))
    case .ready: happened = .ready(MachineID(try number(event, "machine")))
    case .rebalanceRecommended:
      happened = .rebalanceRecommended(MachineID(try number(event, "machine")))
    case .noticed:
      happened = .noticed(
        MachineID(try number(event, "machine")), deadline: try event.time("deadline"))
    case .found:
      happened = .found(MachineID(try place(event, "machine")), try found(event))
    case .priced:
      happened = .priced(
        pool: PoolID(try number(event, "pool")), try event.price("price_nanodollars_per_hour"))
    case .unhealthy: happened = .unhealthy(MachineID(try number(event, "machine")))
    case .gone: happened = .gone(MachineID(try number(event, "machine")))
    case .wake: happened = .wake
    }
    spotEffects.removeAll()
    spot?.step(happened, at: now, into: &spotEffects)
    if let spot { writer.write(happened, at: now, spotEffects.effects, by: spot) }
  }

  private func found(_ event: LogObject) throws(DecisionLogError) -> FoundMachine {
    let standing: FoundMachine.Standing
    switch try event.text("standing") {
    case "starting": standing = .starting
    case "ready": standing = .ready
    case "at_risk": standing = .atRisk
    case "noticed": standing = .noticed(deadline: try event.time("deadline"))
    case "draining": standing = .draining
    default:
      throw event.fail("standing", allowed: "starting, ready, at_risk, noticed, draining")
    }
    return FoundMachine(
      pool: PoolID(try number(event, "pool")), standing: standing,
      isFallback: try event.flag("is_fallback"), since: try event.time("since"))
  }

  private mutating func stepAutoscaler(
    _ event: LogObject, at now: Instant
  ) throws(DecisionLogError) {
    guard autoscaler != nil else { throw absent(event) }
    let happened: CostAwareAutoscaler.Event
    switch try event.oneOf("event") as LoggedEvent.Autoscaler {
    case .missed: happened = .missed
    case .observed:
      happened = .observed(
        FleetObservation(
          time: try event.time("true_at"),
          engineRate: Rate(nanoPerSecond: try engineRate(event)),
          queueWait: try event.optional("queue_wait_ns", event.span),
          p99: try event.optional("p99_ns", event.span), readyMachines: try event.count("ready"),
          startingMachines: try event.count("starting"),
          committedRate: try event.price("committed_nanodollars_per_hour"),
          effectiveMachines: try event.optional("effective") {
            key throws(DecisionLogError) in try event.double(key, in: 0...1e9)
          }))
    }
    scalingEffects.removeAll()
    autoscaler?.step(happened, at: now, into: &scalingEffects)
    writer.write(happened, at: now, scalingEffects.effects)
  }

  private func engineRate(_ event: LogObject) throws(DecisionLogError) -> Int64 {
    let rate: Int64 = try event.integer("engine_nanohertz")
    guard rate >= 0 else { throw event.fail("engine_nanohertz", allowed: "a number from 0 on") }
    return rate
  }

  // MARK: Requests

  private mutating func see(_ event: LogObject) throws(DecisionLogError) {
    for row in try event.rows("replicas", width: 4) {
      guard let index = Int(exactly: row[0]), (0..<board.count).contains(index) else {
        throw event.fail("replicas", allowed: "replicas from 0 to \(board.count - 1)")
      }
      board.update(index) {
        $0.acceptsRequests = row[1] != 0
        $0.outstanding = Int32(exactly: row[2]) ?? .max
        $0.hasRoom = row[3] != 0
      }
    }
  }

  private mutating func stepRouter(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    // Taken out, as a copy of its sessions would be made for each request.
    guard var router = router.take() else { throw absent(event) }
    defer { self.router = router }
    let text = try place(event, "text")
    switch try event.oneOf("event") as LoggedEvent.Router {
    case .plan:
      while plans.count <= text { plans.append(nil) }
      let plan = try event.plan(by: router)
      plans[text] = plan
      writer.write(plan: plan, of: text, at: now)
    case .route:
      guard plans.indices.contains(text), let plan = plans[text] else {
        throw event.fail("text", allowed: "a text that has been planned")
      }
      try see(event)
      var request = RouteRequest(
        plan: plan, promptTokens: try event.integer("prompt_tokens"),
        outputTokens: try event.integer("output_tokens"),
        session: try event.words("session", count: 1)[0])
      request.goesDown = try event.flag("goes_down")
      let decision = router.intended(request, at: now, among: &board)
      writer.write(request, text: text, at: now, among: board, decision)
    }
  }

  private mutating func stepDispatcher(
    _ event: LogObject, at now: Instant
  ) throws(DecisionLogError) {
    switch try event.oneOf("event") as LoggedEvent.Dispatcher {
    case .choose: try choose(event, at: now)
    case .added:
      try event.hold(
        board.count < ReplicaBoard.mostReplicas, "event",
        "at most \(ReplicaBoard.mostReplicas) replicas")
      try see(event)
      let added = board.add(
        ReplicaObservation(
          model: try event.model(), acceptsRequests: false, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: try event.span("nanoseconds_per_request").nanoseconds))
      cooldowns?.forget(added)
      writer.write(added: added, at: now, among: board)
    case .retired:
      let replica = try replica(event)
      try see(event)
      board.retire(replica)
      writer.write(retired: replica, at: now, among: board)
    }
  }

  /// The number of a replica on the board.
  private func replica(_ event: LogObject) throws(DecisionLogError) -> ReplicaID {
    let number: Int = try event.integer("replica")
    try event.hold(
      (0..<board.count).contains(number), "replica", "a number from 0 to \(board.count - 1)")
    return ReplicaID(number)
  }

  private mutating func stepCooldowns(
    _ event: LogObject, at now: Instant
  ) throws(DecisionLogError) {
    guard cooldowns != nil else { throw absent(event) }
    let replica = try replica(event)
    switch try event.oneOf("event") as LoggedEvent.Cooldown {
    case .ended:
      try see(event)
      let outcome = try event.outcome()
      let until = cooldowns?.step(outcome, of: replica, among: board, at: now)
      writer.write(ended: outcome, of: replica, at: now, among: board, restsUntil: until ?? nil)
    case .forgotten:
      cooldowns?.forget(replica)
      writer.write(forgotten: replica, at: now)
    }
  }

  private mutating func choose(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    try see(event)
    let model = ModelID(try number(event, "model"))
    let longest = try event.optional("longest_wait_ns", event.span)
    let choice = dispatcher.choose(of: model, within: longest, among: &board)
    writer.write(choiceOf: model, within: longest, at: now, among: board, choice)
  }

  private func key(_ event: LogObject) throws(DecisionLogError) -> CacheKey {
    let words = try event.words("key", count: 2)
    return CacheKey(high: words[0], low: words[1])
  }

  private mutating func stepCache(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    guard hasCache else { throw absent(event) }
    switch try event.oneOf("event") as LoggedEvent.Cache {
    case .lookUp:
      let (key, isDeterministic) = (try key(event), try event.flag("is_deterministic"))
      let answer = cache.lookUp(key, isDeterministic: isDeterministic, at: now)
      writer.write(lookUp: key, isDeterministic: isDeterministic, at: now, answer)
    case .answered:
      let key = try key(event)
      let response = try event.response()
      let admission = cache.keep(key, response, at: now)
      writer.write(answered: key, response, at: now, admission, cache: cache)
    case .primed:
      let (key, storedAt) = (try key(event), try event.time("stored_at"))
      guard storedAt != .never else { throw event.fail("stored_at", allowed: "a time in UTC") }
      cache.prime(key, storedAt: storedAt)
      writer.write(primed: key, storedAt: storedAt, at: now, cache: cache)
    case .cleared:
      cache.removeAll()
      writer.write(clearedAt: now, cache: cache)
    }
  }

  private mutating func stepDeduplicator(
    _ event: LogObject, at now: Instant
  ) throws(DecisionLogError) {
    guard deduplicator != nil else { throw absent(event) }
    switch try event.oneOf("event") as LoggedEvent.Dedup {
    case .join:
      let (key, isDeterministic) = (try key(event), try event.flag("is_deterministic"))
      let (waiter, deadline): (UInt32, Instant) = (
        try event.integer("waiter"), try event.time("deadline")
      )
      guard
        let answer = deduplicator?.join(
          key, isDeterministic: isDeterministic, waiter: waiter, deadline: deadline, at: now)
      else { return }
      writer.write(
        join: key, isDeterministic: isDeterministic, waiter: waiter, deadline: deadline, at: now,
        answer)
    case .land:
      let flight = FlightID(rawValue: try event.words("flight", count: 1)[0])
      let outcome: FlightOutcome
      switch try event.text("outcome") {
      case "success": outcome = .success(isCacheable: try event.flag("is_cacheable"))
      case "retryable_failure": outcome = .retryableFailure
      case "failure": outcome = .failure
      default: throw event.fail("outcome", allowed: "success, retryable_failure, failure")
      }
      guard let landing = deduplicator?.land(flight, outcome, at: now) else { return }
      var deliveries: [Delivery] = []
      while let delivery = deduplicator?.nextDelivered() { deliveries.append(delivery) }
      writer.write(land: flight, outcome, at: now, landing, deliveries)
    case .leave:
      let flight = FlightID(rawValue: try event.words("flight", count: 1)[0])
      let waiter: UInt32 = try event.integer("waiter")
      guard let answer = deduplicator?.leave(flight, waiter) else { return }
      writer.write(leave: flight, waiter: waiter, at: now, answer)
    }
  }

  // MARK: Money

  private mutating func stepLedger(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    guard ledger != nil else { throw absent(event) }
    switch try event.oneOf("event") as LoggedEvent.Ledger {
    case .reserve:
      let estimate = try event.money("estimate_nanodollars")
      let tenant = TenantID(try number(event, "tenant"))
      let deadline = try event.time("deadline")
      guard
        let answer = ledger?.reserve(estimate, for: tenant, deadline: deadline, at: now)
      else { return }
      writer.write(reserve: estimate, for: tenant, deadline: deadline, at: now, answer)
    case .settle:
      let id = ReservationID(rawValue: try event.words("reserved", count: 1)[0])
      let actual = try event.optional("actual_nanodollars", event.money)
      guard let answer = ledger?.settle(id, actual: actual, at: now), let ledger else { return }
      writer.write(settle: id, actual: actual, at: now, answer, ledger: ledger)
    case .period:
      ledger?.beginPeriod()
      writer.write(periodBeganAt: now)
    }
  }
}
