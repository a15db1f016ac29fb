// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// From the arrival of a request to the replica that serves it.
extension RequestPath {
  /// A request arrived.
  ///
  /// - Returns: a question to the store, or ``Effect/send(_:)``, ``Effect/wait``, ``Effect/refuse(_:)`` or
  ///   ``Effect/end(_:)``.
  /// - Complexity: O(log n) for n reservations; O(models) where the intended model cannot take it.
  /// - Precondition: where policies are asked, ``planned(_:of:at:)`` was called for the text.
  @inlinable
  @inline(__always)
  public mutating func arrived(
    _ ticket: inout Ticket, _ facts: RequestFacts, at now: Instant
  ) -> Reception {
    if isLogging {
      let logged = arriveInLog(ticket, facts, at: now)
      ticket.modelIndex = logged.model
      ticket.row = logged.row
      return logged.reception
    }
    return arrive(&ticket, facts, at: now)
  }

  /// The same, with nothing written about the request itself.
  @inlinable
  @inline(__always)
  mutating func arrive(
    _ ticket: inout Ticket, _ facts: RequestFacts, at now: Instant
  ) -> Reception {
    ticket.model = rules.requestedModel
    guard rules.asksPolicies else { return .decided(dispatch(ticket.model, -1, at: now)) }
    var reservation: ReservationID?
    if rules.hasBudget {
      switch reserve(for: ticket.tenant, arrival: ticket.arrival, at: now) {
      case .reserved(let id): reservation = id
      case .refused(let why): return .decided(.refuse(.budget(why)))
      }
    }
    ticket.model = route(ticket, facts, at: now)
    if facts.isHeld {
      if reservation != nil { settle(reservation, cost: .zero, at: now) }
      return .decided(.end(.hit))
    }
    let question = Question(isDeterministic: facts.isDeterministic, reservation: reservation)
    if rules.sharesAnswers,
      facts.isDeterministic || rules.joinsAnything || isLogging || reservation != nil
    {
      return .ask(question)
    }
    guard reservation != nil else { return .decided(dispatch(ticket.model, -1, at: now)) }
    // No other request can know it by a key: it has a row for its reservation alone.
    let shared = shareApart(ticket, LookUp(question, key: CacheKey(high: 0, low: 0)), at: now)
    ticket.row = shared.row
    return .decided(shared.effect)
  }

  /// The store answered the question of a request, or there is no store: then the answer is
  /// ``Policies/CacheAnswer/bypass``.
  ///
  /// - Returns: ``Effect/send(_:)``, ``Effect/wait``, ``Effect/refuse(_:)`` or ``Effect/end(_:)``.
  @_transparent
  public mutating func storeAnswered(
    _ ticket: inout Ticket, _ lookUp: LookUp, _ answer: CacheAnswer, at now: Instant
  ) -> Effect {
    let shared =
      isLogging
      ? takeAnswerInLog(ticket, lookUp, answer, at: now)
      : takeAnswer(ticket, lookUp, answer, at: now)
    ticket.row = shared.row
    return shared.effect
  }

  /// The same, with nothing written about the request itself.
  @usableFromInline
  @_transparent
  mutating func takeAnswer(
    _ ticket: Ticket, _ lookUp: LookUp, _ answer: CacheAnswer, at now: Instant
  ) -> Shared {
    if case .hit = answer {
      let reservation = lookUp.question.reservation
      if reservation != nil { settle(reservation, cost: .zero, at: now) }
      return Shared(.end(.hit), row: ticket.row)
    }
    return share(ticket, lookUp, at: now)
  }

  /// The same as a call, where no store is asked before.
  @usableFromInline
  @inline(never)
  mutating func shareApart(
    _ ticket: Ticket, _ lookUp: LookUp, at now: Instant
  ) -> Shared {
    share(ticket, lookUp, at: now)
  }

  /// Lets a request join the call of an identical one, or make its own.
  @usableFromInline
  @_transparent
  mutating func share(_ ticket: Ticket, _ lookUp: LookUp, at now: Instant) -> Shared {
    let question = lookUp.question
    var row: Int32 = -1
    if question.isDeterministic || rules.joinsAnything || question.reservation != nil {
      row = requests.add(InFlight.Row(lookUp, of: ticket.number))
      if rules.usesDeduplication {
        let deadline = rules.deadline(of: ticket.arrival)
        let joined = deduplicator.join(
          lookUp.key, isDeterministic: question.isDeterministic,
          waiter: UInt32(truncatingIfNeeded: row), deadline: deadline, at: now)
        if isLogging {
          logJoin(lookUp.key, question.isDeterministic, row, deadline, joined, at: now)
        }
        switch joined {
        case .lead(let flight): requests[row].flight = flight
        case .joined(let flight):
          wait(ticket, in: row, for: flight)
          return Shared(.wait, row: row)
        case .alone: break
        }
      }
    }
    return Shared(dispatch(ticket.model, row, at: now), row: row)
  }

  /// Keeps a request that waits for a call.
  @usableFromInline
  mutating func wait(_ ticket: Ticket, in row: Int32, for flight: FlightID) {
    var ticket = ticket
    ticket.row = row
    requests[row].flight = flight
    requests.keep(ticket)
  }

  /// Sends a request that arrived to the replica that is chosen, or refuses it.
  @inlinable
  @inline(__always)
  mutating func dispatch(_ model: ModelID, _ row: Int32, at now: Instant) -> Effect {
    let choice = choose(for: model, at: now)
    guard case .replica(let replica) = choice else { return refuse(row, choice, at: now) }
    return .send(replica)
  }

  /// The router read a text: requests with it may arrive from now on.
  ///
  /// A driver whose texts are all new gives each the number of one that has arrived before.
  ///
  /// - Precondition: `text` is not negative, and at most one more than any before.
  public mutating func planned(_ plan: RoutePlan, of text: Int, at now: Instant) {
    precondition((0...plans.count).contains(text), "texts are numbered from 0 without gaps")
    if text == plans.count { plans.append(plan) } else { plans[text] = plan }
    if logsPolicies { log?.write(plan: plan, of: text, at: now) }
    if logsPath { log?.write(planned: plan, of: text, at: now) }
  }

  /// Asks the router for the model of a request.
  @inlinable
  @inline(__always)
  mutating func route(_ ticket: Ticket, _ facts: RequestFacts, at now: Instant) -> ModelID {
    var question = RouteRequest(
      plan: plans[facts.text], promptTokens: ticket.promptTokens, outputTokens: ticket.outputTokens,
      session: facts.session)
    question.goesDown = degradation >= .routeDown
    let route = router.intended(question, at: now, among: &board)
    if isLogging { logRoute(question, text: facts.text, route, at: now) }
    return route.model
  }

  // MARK: Money

  /// Puts a request's estimate aside.
  @usableFromInline
  mutating func reserve(
    for tenant: TenantID, arrival: Instant, at now: Instant
  ) -> ReserveAnswer {
    guard let estimate = budget?.configuration.estimate else { return .refused(.limit) }
    if budget?.beginPeriodIfDue(at: now) == true, logsPolicies { log?.write(periodBeganAt: now) }
    let deadline = rules.deadline(of: arrival)
    let answer =
      budget?.reserve(for: tenant, deadline: deadline, at: now) ?? .refused(.limit)
    if logsPolicies {
      log?.write(reserve: estimate, for: tenant, deadline: deadline, at: now, answer)
    }
    return answer
  }

  /// Charges what a request cost; its estimate where that is not known.
  @usableFromInline
  mutating func settle(_ reservation: ReservationID?, cost: USD?, at now: Instant) {
    guard let reservation, let answer = budget?.settle(reservation, cost: cost, at: now) else {
      return
    }
    if logsPolicies, let ledger = budget?.ledger {
      log?.write(settle: reservation, actual: cost, at: now, answer, ledger: ledger)
    }
  }
}
