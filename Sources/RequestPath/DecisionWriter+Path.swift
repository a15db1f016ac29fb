// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

/// The lines about a path: what it was told, and what becomes of requests.
///
/// A request is named by its number. What the driver handed back of its ticket is not written: it is what the path
/// said last.
extension DecisionWriter {
  private mutating func begin(_ event: LoggedEvent.Path, of request: UInt64, at now: Instant) {
    begin(event, at: now)
    line.key("request")
    line.hex(request)
  }

  /// Ends a line whose event is not answered.
  private mutating func endWithoutAnswer() {
    line.key("decision")
    line.begin()
    line.end()
    line.endLine()
  }

  private mutating func end(
    _ effect: RequestPath.Effect, _ steps: ArraySlice<RequestPath.Step>
  ) {
    line.key("decision")
    line.begin()
    fields(of: effect, steps)
    line.end()
    line.endLine()
  }

  // MARK: Requests

  mutating func write(planned plan: RoutePlan, of text: Int, at now: Instant) {
    begin(LoggedEvent.Path.planned, at: now)
    end(plan, of: text)
  }

  /// - Parameters:
  ///   - ticket: as the path left it.
  mutating func write(
    arrived ticket: Ticket, _ facts: RequestFacts, at now: Instant,
    _ reception: RequestPath.Reception
  ) {
    begin(.arrived, of: ticket.number, at: now)
    // Mostly the two are one.
    if ticket.arrival != now { line.field("arrival", ticket.arrival) }
    line.field("tenant", ticket.tenantIndex)
    line.field("prompt_tokens", ticket.promptTokens)
    line.field("output_tokens", ticket.outputTokens)
    line.field("text", facts.text)
    line.key("session")
    line.hex(facts.session)
    line.field("is_deterministic", facts.isDeterministic)
    line.field("is_held", facts.isHeld)
    line.key("decision")
    line.begin()
    switch reception {
    case .ask(let question):
      line.field("do", "ask")
      line.key("reserved")
      if let reservation = question.reservation {
        line.hex(reservation.rawValue)
      } else {
        line.null()
      }
    case .decided(let effect): fields(of: effect, [])
    }
    line.field("model", ticket.modelIndex)
    field(row: ticket.row)
    line.end()
    line.endLine()
  }

  mutating func write(
    storeAnswered request: UInt64, _ key: CacheKey, _ answer: CacheAnswer, at now: Instant,
    _ effect: RequestPath.Effect, row: Int32
  ) {
    begin(.storeAnswered, of: request, at: now)
    line.key("key")
    line.hex(key.high, key.low)
    field(answer)
    line.key("decision")
    line.begin()
    fields(of: effect, [])
    field(row: row)
    line.end()
    line.endLine()
  }

  mutating func write(started request: UInt64, at now: Instant) {
    begin(.started, of: request, at: now)
    endWithoutAnswer()
  }

  mutating func write(
    completed request: UInt64, _ response: StoredResponse, cost: USD?, at now: Instant,
    _ completion: RequestPath.Completion, _ steps: ArraySlice<RequestPath.Step>
  ) {
    begin(.completed, of: request, at: now)
    fields(of: response)
    line.field("cost_nanodollars", cost?.nanodollars)
    line.key("decision")
    line.begin()
    fields(of: completion.effect, steps)
    line.key("offer")
    if let offer = completion.offer {
      line.begin()
      line.key("key")
      line.hex(offer.key.high, offer.key.low)
      line.field("admission", offer.admission.logged)
      line.end()
    } else {
      line.null()
    }
    line.end()
    line.endLine()
  }

  mutating func write(
    failed request: UInt64, _ failure: RequestPath.Failure, at now: Instant,
    _ effect: RequestPath.Effect, _ steps: ArraySlice<RequestPath.Step>
  ) {
    begin(.failed, of: request, at: now)
    line.field("how", failure.rawValue)
    end(effect, steps)
  }

  mutating func write(
    clientLeft request: UInt64, at now: Instant, _ effect: RequestPath.Effect,
    _ steps: ArraySlice<RequestPath.Step>
  ) {
    begin(.clientLeft, of: request, at: now)
    end(effect, steps)
  }

  /// - Parameters:
  ///   - ticket: as the path left it.
  mutating func write(
    retryOf ticket: Ticket, at now: Instant, _ effect: RequestPath.Effect,
    _ steps: ArraySlice<RequestPath.Step>
  ) {
    begin(.retryDue, of: ticket.number, at: now)
    line.key("decision")
    line.begin()
    fields(of: effect, steps)
    line.field("attempt", ticket.attempt)
    line.end()
    line.endLine()
  }

  // MARK: The fleet

  mutating func write(
    _ replica: ReplicaID, _ change: RequestPath.ReplicaChange, at now: Instant
  ) {
    begin(LoggedEvent.Path.replicaChanged, at: now)
    line.field("replica", replica.index)
    line.field("change", change.name.rawValue)
    switch change {
    case .sent(let hasRoom), .room(let hasRoom): line.field("has_room", hasRoom)
    case .ended(let count, let hasRoom):
      line.field("count", count)
      line.field("has_room", hasRoom)
    case .accepts(let accepts): line.field("accepts", accepts)
    case .lost: break
    }
    endWithoutAnswer()
  }

  mutating func write(degradedTo step: DegradationStep, at now: Instant) {
    begin(LoggedEvent.Path.degraded, at: now)
    line.field("to", step.logged)
    endWithoutAnswer()
  }

  mutating func write(
    called replica: ReplicaID, _ outcome: Cooldown.Outcome, at now: Instant, restsUntil: Instant?
  ) {
    begin(LoggedEvent.Path.called, at: now)
    line.field("replica", replica.index)
    fields(of: outcome)
    line.key("decision")
    line.begin()
    line.field("rests_until", restsUntil ?? .never)
    line.end()
    line.endLine()
  }

  mutating func write(rested replica: ReplicaID, at now: Instant, accepts: Bool) {
    begin(LoggedEvent.Path.rested, at: now)
    line.field("replica", replica.index)
    line.key("decision")
    line.begin()
    line.field("accepts", accepts)
    line.end()
    line.endLine()
  }

  // MARK: Effects

  /// By what policies know the request; null where they keep nothing of it.
  private mutating func field(row: Int32) {
    line.field("row", row < 0 ? nil : row)
  }

  private mutating func fields(
    of effect: RequestPath.Effect, _ steps: ArraySlice<RequestPath.Step>
  ) {
    switch effect {
    case .send(let replica):
      line.field("do", "send")
      line.field("replica", replica.index)
    case .wait: line.field("do", "wait")
    case .retry(let time):
      line.field("do", "retry")
      line.field("at", time)
    case .end(let outcome):
      line.field("do", "end")
      line.field("outcome", outcome.logged)
    case .refuse(let refusal):
      line.field("do", "refuse")
      line.field("because", refusal.logged)
    case .cancel: line.field("do", "cancel")
    case .several:
      line.field("do", "several")
      line.key("steps")
      line.begin("[")
      for step in steps {
        line.begin()
        line.key("request")
        line.hex(step.ticket.number)
        fields(of: step.effect, [])
        line.end()
      }
      line.end("]")
    case .none: line.field("do", "nothing")
    }
  }
}

extension RequestPath.Refusal {
  /// Why a request is refused, as a log has it.
  fileprivate var logged: String {
    switch self {
    case .budget(let refusal): refusal.logged
    case .noReplicaReady: "noReplicaReady"
    case .queuesFull: "queuesFull"
    case .tooLate: "tooLate"
    }
  }
}

extension RequestPath.ReplicaChange {
  /// What happened to a replica, as a log has it.
  package enum Name: String, CaseIterable, Sendable {
    case sent, ended, accepts, room, lost
  }

  /// What a log calls it.
  fileprivate var name: Name {
    switch self {
    case .sent: .sent
    case .ended: .ended
    case .accepts: .accepts
    case .room: .room
    case .lost: .lost
    }
  }
}
