// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// Writes what each policy was told and what it decided, a line each, in the order of deciding.
///
/// `Documentation/DecisionLog.md` describes the lines. What a policy sees of replicas is written as what
/// changed since it was last written.
public struct DecisionWriter: Sendable {
  /// The lines that nobody has taken yet.
  public internal(set) var line: JSONLine
  /// How many decisions were written.
  public private(set) var count = 0
  private var known: [ReplicaObservation]

  /// A log that begins with a header.
  public init(_ header: DecisionHeader) {
    line = JSONLine(start: header.start)
    known = header.replicas
    line.write(header)
  }

  /// Forgets the lines that have been taken and keeps the storage.
  public mutating func clear() {
    line.removeAll()
  }

  /// A replica of which nothing has been written.
  private static func blank(_ replica: ReplicaObservation) -> ReplicaObservation {
    ReplicaObservation(
      model: replica.model, acceptsRequests: false, outstanding: 0, hasRoom: true,
      nanosecondsPerRequest: replica.nanosecondsPerRequest)
  }

  /// Takes note of a replica that was added; readers begin with the same.
  mutating func note(_ replica: ReplicaID, among board: borrowing ReplicaBoard) {
    let blank = Self.blank(board[replica.index])
    if replica.index < known.count { known[replica.index] = blank } else { known.append(blank) }
  }

  mutating func begin(_ policy: StaticString, _ event: StaticString, at now: Instant) {
    count += 1
    line.begin()
    line.field("at", now)
    line.key("policy")
    line.value(policy.description)
    line.key("event")
    line.value(event.description)
  }

  /// Writes the replicas that look otherwise than when they were last written.
  ///
  /// - Parameters:
  ///   - added: a replica that was just added: its place is written as it was before, with nothing outstanding.
  mutating func changes(of board: borrowing ReplicaBoard, before added: ReplicaID? = nil) {
    line.key("replicas")
    line.begin("[")
    for index in 0..<min(board.count, known.count) {
      let new = index == added?.index ? Self.blank(board[index]) : board[index]
      let old = known[index]
      guard
        new.acceptsRequests != old.acceptsRequests || new.outstanding != old.outstanding
          || new.hasRoom != old.hasRoom
      else { continue }
      known[index] = new
      line.begin("[")
      line.value(index)
      line.value(new.acceptsRequests ? 1 : 0)
      line.value(new.outstanding)
      line.value(new.hasRoom ? 1 : 0)
      line.end("]")
    }
    line.end("]")
  }
}

// MARK: Machines

extension DecisionWriter {
  /// A step of the spot manager, which is asked for its reasons.
  public mutating func write(
    _ event: SpotManager.Event, at now: Instant, _ effects: [SpotManager.Effect],
    by manager: SpotManager
  ) {
    switch event {
    case .adopted(let machine, let pool):
      begin("spot", "adopted", at: now)
      line.field("machine", machine.index)
      line.field("pool", pool.index)
    case .started: begin("spot", "started", at: now)
    case .target(let machines):
      begin("spot", "target", at: now)
      line.field("machines", machines)
    case .scheduled(let pool, let minimum, let maximum):
      begin("spot", "scheduled", at: now)
      line.field("pool", pool.index)
      line.field("minimum", minimum)
      line.field("maximum", maximum)
    case .launched(let launch, let machine):
      begin("spot", "launched", at: now)
      line.field("launch", launch.index)
      line.field("machine", machine.index)
    case .launchFailed(let launch, let failure):
      begin("spot", "launch_failed", at: now)
      line.field("launch", launch.index)
      line.field("why", failure.rawValue)
    case .ready(let machine):
      begin("spot", "ready", at: now)
      line.field("machine", machine.index)
    case .rebalanceRecommended(let machine):
      begin("spot", "rebalance_recommended", at: now)
      line.field("machine", machine.index)
    case .noticed(let machine, let deadline):
      begin("spot", "noticed", at: now)
      line.field("machine", machine.index)
      line.field("deadline", deadline)
    case .found(let machine, let found):
      begin("spot", "found", at: now)
      line.field("machine", machine.index)
      write(found)
    case .priced(let pool, let price):
      begin("spot", "priced", at: now)
      line.field("pool", pool.index)
      line.field("price_nanodollars_per_hour", price.nanodollarsPerHour)
    case .unhealthy(let machine):
      begin("spot", "unhealthy", at: now)
      line.field("machine", machine.index)
    case .gone(let machine):
      begin("spot", "gone", at: now)
      line.field("machine", machine.index)
    case .wake: begin("spot", "wake", at: now)
    }
    line.key("decision")
    line.begin("[")
    for effect in effects { write(effect, by: manager) }
    line.end("]")
    line.endLine()
  }

  private mutating func write(_ found: FoundMachine) {
    line.field("pool", found.pool.index)
    switch found.standing {
    case .starting: line.field("standing", "starting")
    case .ready: line.field("standing", "ready")
    case .atRisk: line.field("standing", "at_risk")
    case .noticed(let deadline):
      line.field("standing", "noticed")
      line.field("deadline", deadline)
    case .draining: line.field("standing", "draining")
    }
    line.field("is_fallback", found.isFallback)
    line.field("since", found.since)
  }

  private mutating func write(_ effect: SpotManager.Effect, by manager: SpotManager) {
    line.begin()
    switch effect {
    case .launch(let launch, let pool):
      line.field("do", "launch")
      line.field("launch", launch.index)
      line.field("pool", pool.index)
      line.field("because", manager.reason(of: launch)?.rawValue ?? "")
    case .cancel(let launch):
      line.field("do", "cancel")
      line.field("launch", launch.index)
      line.field("because", "surplus")
    case .cordon(let machine):
      line.field("do", "cordon")
      line.field("machine", machine.index)
      line.field("because", "noticed")
    case .avoid(let machine):
      line.field("do", "avoid")
      line.field("machine", machine.index)
      line.field("because", "atRisk")
    case .evacuate(let machine):
      line.field("do", "evacuate")
      line.field("machine", machine.index)
      let isUnhealthy = manager.releaseReason(of: machine) == .unhealthy
      line.field("because", isUnhealthy ? "unhealthy" : "deadline")
    case .release(let machine):
      line.field("do", "release")
      line.field("machine", machine.index)
      // A machine of a launch that nobody knows is released without being taken note of.
      let reason = manager.releaseReason(of: machine) ?? .unasked
      line.field("because", reason.rawValue)
    case .wake(let time):
      line.field("do", "wake")
      line.field("at", time)
    }
    line.end()
  }

  /// A step of the autoscaler.
  public mutating func write(
    _ event: CostAwareAutoscaler.Event, at now: Instant, _ effects: [CostAwareAutoscaler.Effect]
  ) {
    switch event {
    case .missed: begin("autoscaler", "missed", at: now)
    case .observed(let seen):
      begin("autoscaler", "observed", at: now)
      line.field("true_at", seen.time)
      line.field("engine_nanohertz", seen.engineRate.nanoPerSecond)
      line.field("queue_wait_ns", seen.queueWait?.nanoseconds)
      line.field("p99_ns", seen.p99?.nanoseconds)
      line.field("ready", seen.readyMachines)
      line.field("starting", seen.startingMachines)
      line.field("committed_nanodollars_per_hour", seen.committedRate.nanodollarsPerHour)
      line.key("effective")
      if let effective = seen.effectiveMachines { line.value(effective) } else { line.null() }
    }
    line.key("decision")
    line.begin("[")
    for effect in effects {
      line.begin()
      switch effect {
      case .decide(let decision):
        line.field("do", "scale")
        line.field("desired", decision.desired)
        line.field("granted", decision.granted)
        line.field("because", decision.reason.rawValue)
        line.key("denied_by")
        if let denial = decision.denial { line.value(denial.rawValue) } else { line.null() }
      case .degrade(let step):
        line.field("do", "degrade")
        line.field("to", String(describing: step))
      case .optimizeAggressively: line.field("do", "optimize_aggressively")
      }
      line.end()
    }
    line.end("]")
    line.endLine()
  }
}

// MARK: Requests

extension DecisionWriter {
  /// What a router makes of a text's score, or of its keywords under the reference rule.
  public mutating func write(plan: RoutePlan, of text: Int, at now: Instant) {
    begin("router", "plan", at: now)
    line.field("text", text)
    line.field("score", Double(plan.score))
    line.field("has_simple", plan.keywords.hasSimple)
    line.field("has_medium", plan.keywords.hasMedium)
    line.key("decision")
    line.begin()
    line.field("place", plan.place)
    line.field("at_floor", plan.atFloor)
    line.field("because", String(describing: plan.reason))
    line.end()
    line.endLine()
  }

  /// The choice of a model for a request; its text has been planned.
  public mutating func write(
    _ request: RouteRequest, text: Int, at now: Instant, among board: borrowing ReplicaBoard,
    _ decision: RouteDecision
  ) {
    begin("router", "route", at: now)
    line.field("text", text)
    line.field("prompt_tokens", request.promptTokens)
    line.field("output_tokens", request.outputTokens)
    line.key("session")
    line.hex(request.session)
    line.field("goes_down", request.goesDown)
    changes(of: board)
    line.key("decision")
    line.begin()
    line.field("model", decision.model.index)
    line.field("because", String(describing: decision.reason))
    line.end()
    line.endLine()
  }

  /// The choice of a replica of a model.
  public mutating func write(
    choiceOf model: ModelID, within longestWait: TimeSpan?, at now: Instant,
    among board: borrowing ReplicaBoard, _ choice: LeastLoaded.Choice
  ) {
    begin("dispatcher", "choose", at: now)
    line.field("model", model.index)
    line.field("longest_wait_ns", longestWait?.nanoseconds)
    changes(of: board)
    line.key("decision")
    line.begin()
    switch choice {
    case .replica(let replica): line.field("replica", replica.index)
    case .noReplicaReady: line.field("refused", "noReplicaReady")
    case .queuesFull: line.field("refused", "queuesFull")
    case .tooLate: line.field("refused", "tooLate")
    }
    line.end()
    line.endLine()
  }

  /// A replica that was added to the board, and the place that the board gave it.
  ///
  /// It is written before any other line for which the board is looked at.
  public mutating func write(
    added replica: ReplicaID, at now: Instant, among board: borrowing ReplicaBoard
  ) {
    let observed = board[replica.index]
    begin("dispatcher", "added", at: now)
    line.field("model", observed.model.index)
    line.field("nanoseconds_per_request", observed.nanosecondsPerRequest)
    changes(of: board, before: replica)
    line.key("decision")
    line.begin()
    line.field("replica", replica.index)
    line.end()
    line.endLine()
    note(replica, among: board)
  }

  /// A replica that was retired from the board.
  public mutating func write(
    retired replica: ReplicaID, at now: Instant, among board: borrowing ReplicaBoard
  ) {
    begin("dispatcher", "retired", at: now)
    line.field("replica", replica.index)
    changes(of: board)
    line.key("decision")
    line.begin()
    line.end()
    line.endLine()
  }

  /// The end of a replica's call, and until when that replica rests; nil where that is no news.
  public mutating func write(
    ended outcome: Cooldown.Outcome, of replica: ReplicaID, at now: Instant,
    among board: borrowing ReplicaBoard, restsUntil: Instant?
  ) {
    begin("cooldown", "ended", at: now)
    line.field("replica", replica.index)
    var wait: TimeSpan?
    switch outcome {
    case .succeeded: line.field("outcome", "succeeded")
    case .failed(let retryAfter):
      line.field("outcome", "failed")
      wait = retryAfter
    case .refused(let retryAfter):
      line.field("outcome", "refused")
      wait = retryAfter
    }
    line.field("retry_after_ns", wait?.nanoseconds)
    changes(of: board)
    line.key("decision")
    line.begin()
    line.field("rests_until", restsUntil ?? .never)
    line.end()
    line.endLine()
  }

  /// A question to the response cache.
  public mutating func write(
    lookUp key: CacheKey, isDeterministic: Bool, at now: Instant, _ answer: CacheAnswer
  ) {
    begin("cache", "look_up", at: now)
    line.key("key")
    line.hex(key.high, key.low)
    line.field("is_deterministic", isDeterministic)
    line.key("decision")
    line.begin()
    switch answer {
    case .hit(let age):
      line.field("answer", "hit")
      line.field("age_ns", age.nanoseconds)
    case .miss: line.field("answer", "miss")
    case .bypass: line.field("answer", "bypass")
    }
    line.end()
    line.endLine()
  }

  /// An answer that was offered to the response cache, and what the cache holds afterwards.
  public mutating func write(
    answered key: CacheKey, _ response: StoredResponse, at now: Instant,
    _ admission: ResponseCache.Admission, cache: borrowing ResponseCache
  ) {
    begin("cache", "answered", at: now)
    line.key("key")
    line.hex(key.high, key.low)
    line.field("status", response.status)
    line.field("finish_reason", response.finishReason.name)
    line.field("is_complete", response.isComplete)
    line.field("choices", response.choices)
    line.field("is_deterministic", response.isDeterministic)
    line.field("is_no_store", response.isNoStore)
    line.key("decision")
    line.begin()
    switch admission {
    case .admitted: line.field("admission", "admitted")
    case .refused(let refusal): line.field("admission", String(describing: refusal))
    }
    holdings(of: cache)
  }

  /// An answer that the cache had before the log began.
  public mutating func write(
    primed key: CacheKey, storedAt: Instant, at now: Instant, cache: borrowing ResponseCache
  ) {
    begin("cache", "primed", at: now)
    line.key("key")
    line.hex(key.high, key.low)
    line.field("stored_at", storedAt)
    line.key("decision")
    line.begin()
    holdings(of: cache)
  }

  /// The cache was emptied.
  public mutating func write(clearedAt now: Instant, cache: borrowing ResponseCache) {
    begin("cache", "cleared", at: now)
    line.key("decision")
    line.begin()
    holdings(of: cache)
  }

  private mutating func holdings(of cache: borrowing ResponseCache) {
    line.field("entries", cache.count)
    line.field("evicted", cache.evictions)
    line.field("expired", cache.expirations)
    line.end()
    line.endLine()
  }

  /// A request that might share a call.
  public mutating func write(
    join key: CacheKey, isDeterministic: Bool, waiter: UInt32, deadline: Instant, at now: Instant,
    _ answer: JoinAnswer
  ) {
    begin("dedup", "join", at: now)
    line.key("key")
    line.hex(key.high, key.low)
    line.field("is_deterministic", isDeterministic)
    line.field("waiter", waiter)
    line.field("deadline", deadline)
    line.key("decision")
    line.begin()
    switch answer {
    case .lead(let flight):
      line.field("answer", "lead")
      write(flight)
    case .joined(let flight):
      line.field("answer", "joined")
      write(flight)
    case .alone(let reason):
      line.field("answer", "alone")
      line.field("because", String(describing: reason))
    }
    line.end()
    line.endLine()
  }

  private mutating func write(_ flight: FlightID) {
    line.key("flight")
    line.hex(flight.rawValue)
  }

  /// The end of a call, and whose wait is over.
  public mutating func write(
    land flight: FlightID, _ outcome: FlightOutcome, at now: Instant, _ landing: Landing,
    _ deliveries: [Delivery]
  ) {
    begin("dedup", "land", at: now)
    write(flight)
    switch outcome {
    case .success(let isCacheable):
      line.field("outcome", "success")
      line.field("is_cacheable", isCacheable)
    case .retryableFailure: line.field("outcome", "retryable_failure")
    case .failure: line.field("outcome", "failure")
    }
    line.key("decision")
    line.begin()
    switch landing {
    case .over: line.field("landing", "over")
    case .ignored: line.field("landing", "ignored")
    case .promoted(let next, let lead):
      line.field("landing", "promoted")
      write(next)
      line.field("lead", lead)
    }
    line.key("deliveries")
    line.begin("[")
    for delivery in deliveries {
      line.begin()
      line.field("waiter", delivery.waiter)
      line.field("is_lead", delivery.isLead)
      line.field("result", String(describing: delivery.result))
      line.end()
    }
    line.end("]")
    line.end()
    line.endLine()
  }

  /// A request that went away from its call.
  public mutating func write(
    leave flight: FlightID, waiter: UInt32, at now: Instant, _ answer: LeaveAnswer
  ) {
    begin("dedup", "leave", at: now)
    write(flight)
    line.field("waiter", waiter)
    line.key("decision")
    line.begin()
    line.field("answer", String(describing: answer))
    line.end()
    line.endLine()
  }
}

// MARK: Money

extension DecisionWriter {
  /// An estimate that is to be put aside.
  public mutating func write(
    reserve estimate: USD, for tenant: TenantID, deadline: Instant, at now: Instant,
    _ answer: ReserveAnswer
  ) {
    begin("ledger", "reserve", at: now)
    line.field("tenant", tenant.index)
    line.field("estimate_nanodollars", estimate.nanodollars)
    line.field("deadline", deadline)
    line.key("decision")
    line.begin()
    switch answer {
    case .reserved(let id):
      line.key("reserved")
      line.hex(id.rawValue)
    case .refused(let refusal): line.field("refused", String(describing: refusal))
    }
    line.end()
    line.endLine()
  }

  /// What a request cost; nil where that is not known.
  public mutating func write(
    settle id: ReservationID, actual: USD?, at now: Instant, _ answer: SettleAnswer,
    ledger: CostLedger
  ) {
    begin("ledger", "settle", at: now)
    line.key("reserved")
    line.hex(id.rawValue)
    line.field("actual_nanodollars", actual?.nanodollars)
    line.key("decision")
    line.begin()
    line.field("answer", String(describing: answer))
    line.field("spent_nanodollars", ledger.total.spent.nanodollars)
    line.end()
    line.endLine()
  }

  /// A new period of all budgets.
  public mutating func write(periodBeganAt now: Instant) {
    begin("ledger", "period", at: now)
    line.key("decision")
    line.begin()
    line.end()
    line.endLine()
  }
}
