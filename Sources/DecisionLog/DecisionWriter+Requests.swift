// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

extension DecisionWriter {
  /// What a router makes of a text's score, or of its keywords under the reference rule.
  public mutating func write(plan: RoutePlan, of text: Int, at now: Instant) {
    begin(LoggedEvent.Router.plan, at: now)
    end(plan, of: text)
  }

  /// Writes a plan and what it was made of, and ends the line.
  package mutating func end(_ plan: RoutePlan, of text: Int) {
    line.field("text", text)
    line.field("score", Double(plan.score))
    line.field("has_simple", plan.keywords.hasSimple)
    line.field("has_medium", plan.keywords.hasMedium)
    line.key("decision")
    line.begin()
    line.field("place", plan.place)
    line.field("at_floor", plan.atFloor)
    line.field("because", plan.reason.logged)
    line.end()
    line.endLine()
  }

  /// The choice of a model for a request; its text has been planned.
  public mutating func write(
    _ request: RouteRequest, text: Int, at now: Instant, among board: borrowing ReplicaBoard,
    _ decision: RouteDecision
  ) {
    begin(LoggedEvent.Router.route, at: now)
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
    line.field("because", decision.reason.logged)
    line.end()
    line.endLine()
  }

  /// The choice of a replica of a model.
  public mutating func write(
    choiceOf model: ModelID, within longestWait: TimeSpan?, at now: Instant,
    among board: borrowing ReplicaBoard, _ choice: LeastLoaded.Choice
  ) {
    begin(LoggedEvent.Dispatcher.choose, at: now)
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
    begin(LoggedEvent.Dispatcher.added, at: now)
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
    begin(LoggedEvent.Dispatcher.retired, at: now)
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
    begin(LoggedEvent.Cooldown.ended, at: now)
    line.field("replica", replica.index)
    fields(of: outcome)
    changes(of: board)
    line.key("decision")
    line.begin()
    line.field("rests_until", restsUntil ?? .never)
    line.end()
    line.endLine()
  }

  /// Writes how a call of a replica ended.
  package mutating func fields(of outcome: Cooldown.Outcome) {
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
  }

  /// The calls of a replica that is lost, which nobody counts any more.
  public mutating func write(forgotten replica: ReplicaID, at now: Instant) {
    begin(LoggedEvent.Cooldown.forgotten, at: now)
    line.field("replica", replica.index)
    line.key("decision")
    line.begin()
    line.end()
    line.endLine()
  }

  /// A question to the response cache.
  public mutating func write(
    lookUp key: CacheKey, isDeterministic: Bool, at now: Instant, _ answer: CacheAnswer
  ) {
    begin(LoggedEvent.Cache.lookUp, at: now)
    line.key("key")
    line.hex(key.high, key.low)
    line.field("is_deterministic", isDeterministic)
    line.key("decision")
    line.begin()
    field(answer)
    line.end()
    line.endLine()
  }

  /// Writes what a store holds.
  package mutating func field(_ answer: CacheAnswer) {
    switch answer {
    case .hit(let age):
      line.field("answer", "hit")
      line.field("age_ns", age.nanoseconds)
    case .miss: line.field("answer", "miss")
    case .bypass: line.field("answer", "bypass")
    }
  }

  /// An answer that was offered to the response cache, and what the cache holds afterwards.
  public mutating func write(
    answered key: CacheKey, _ response: StoredResponse, at now: Instant,
    _ admission: ResponseCache.Admission, cache: borrowing ResponseCache
  ) {
    begin(LoggedEvent.Cache.answered, at: now)
    line.key("key")
    line.hex(key.high, key.low)
    fields(of: response)
    line.key("decision")
    line.begin()
    line.field("admission", admission.logged)
    holdings(of: cache)
  }

  /// Writes what is known of an answer.
  package mutating func fields(of response: StoredResponse) {
    line.field("status", response.status)
    line.field("finish_reason", response.finishReason.name)
    line.field("is_complete", response.isComplete)
    line.field("choices", response.choices)
    line.field("is_deterministic", response.isDeterministic)
    line.field("is_no_store", response.isNoStore)
  }

  /// An answer that the cache had before the log began.
  public mutating func write(
    primed key: CacheKey, storedAt: Instant, at now: Instant, cache: borrowing ResponseCache
  ) {
    begin(LoggedEvent.Cache.primed, at: now)
    line.key("key")
    line.hex(key.high, key.low)
    line.field("stored_at", storedAt)
    line.key("decision")
    line.begin()
    holdings(of: cache)
  }

  /// The cache was emptied.
  public mutating func write(clearedAt now: Instant, cache: borrowing ResponseCache) {
    begin(LoggedEvent.Cache.cleared, at: now)
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
    begin(LoggedEvent.Dedup.join, at: now)
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
      line.field("because", reason.logged)
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
    begin(LoggedEvent.Dedup.land, at: now)
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
      line.field("result", delivery.result.logged)
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
    begin(LoggedEvent.Dedup.leave, at: now)
    write(flight)
    line.field("waiter", waiter)
    line.key("decision")
    line.begin()
    line.field("answer", answer.logged)
    line.end()
    line.endLine()
  }
}
