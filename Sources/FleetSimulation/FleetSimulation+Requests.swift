// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Recording
import ReplicaModel
import Serving
import Workload

/// The life of a request between its arrival and its end, where policies have a say.
///
/// Router → response cache → de-duplication → replica. Every request comes to one of ``answer``,
/// ``answerFromCache`` and ``fail``, once.
extension FleetSimulation {
  /// Lets a request come in: asks router, cache and de-duplication what becomes of it, and sends it on.
  ///
  /// - Parameters:
  ///   - drawnPlace: its place among the requests that were drawn ahead.
  @inline(__always)
  mutating func admit(_ arrival: Arrival, drawnAt drawnPlace: Int) {
    var (model, row) = (desk.requestedModel, Int32(-1))
    if desk.isOpen {
      var reservation: ReservationID?
      if desk.hasBudget {
        reservation = reserve(for: arrival)
        guard reservation != nil else {
          fail(request(of: arrival, for: model), .rejected)
          return
        }
      }
      model = route(arrival)
      if let hits = desk.fixedHits, fixedHitStream.block(at: arrival.number).low >> 32 < hits {
        if reservation != nil { settle(reservation, cost: .zero) }
        answerFromCache(arrival, by: model)
        return
      }
      let isShared = arrival.isDeterministic || desk.joinsAnything || logsRequests
      if (isShared && desk.sharesAnswers) || reservation != nil {
        let found = share(arrival, drawnAt: drawnPlace, meantFor: model, reservation)
        guard let found else { return }
        row = found
      }
    }
    // The request is put together in its place in the queue.
    guard let replica = choose(for: model) else {
      fail(request(of: arrival, for: model, row: row), .rejected)
      return
    }
    send(request(of: arrival, for: model, row: row), to: replica)
  }

  /// Asks the router for which model a request is meant.
  @inline(__always)
  private mutating func route(_ arrival: Arrival) -> ModelID {
    let session = sessions?.session(of: arrival.number, at: now) ?? 0
    let route = desk.router.intended(question(of: arrival, session), at: now, among: &board)
    if logsRequests { log(routeOf: arrival, session, route) }
    return route.model
  }

  /// What the router is asked about a request.
  @inline(__always)
  func question(of arrival: Arrival, _ session: UInt64) -> RouteRequest {
    var question = RouteRequest(
      plan: desk.textPlans[Int(arrival.textIndex)], promptTokens: arrival.promptTokens,
      outputTokens: arrival.outputTokens, session: session)
    question.goesDown = degradation >= .routeDown
    return question
  }

  /// Asks cache and de-duplication about a request.
  ///
  /// - Returns: its row in the table of policies, -1 for none; `nil` where it is not to be sent to a replica.
  @inline(__always)
  private mutating func share(
    _ arrival: Arrival, drawnAt drawnPlace: Int, meantFor model: ModelID,
    _ reservation: ReservationID?
  ) -> Int32? {
    let isAsIntended = desk.usesCache && model == desk.intendedModel[Int(arrival.textIndex)]
    // Of all others no key was made ahead.
    let key =
      isAsIntended && arrival.isDeterministic
      ? drawn.keys[drawnPlace]
      : desk.keys.key(of: arrival.contentID, tenant: arrival.tenantIndex, model: model)
    var primedPlace = -1
    if desk.usesCache {
      // Keys that say nothing of models are the same wherever a request is sent.
      let isPrimed = isAsIntended || desk.keys.lackTenant
      if isPrimed && arrival.isDeterministic && !arrival.isUnique {
        primedPlace = primed.place(of: arrival.contentID, tenant: arrival.tenantIndex)
        primeCache(key, place: primedPlace, drawnAt: drawnPlace)
      }
      let found = desk.cache.lookUp(key, isDeterministic: arrival.isDeterministic, at: now)
      if logsRequests { log(lookUp: key, isDeterministic: arrival.isDeterministic, found) }
      if case .hit = found {
        if reservation != nil { settle(reservation, cost: .zero) }
        answerFromCache(arrival, by: model)
        return nil
      }
    }
    guard arrival.isDeterministic || desk.joinsAnything || reservation != nil else { return -1 }
    let row = table.add(
      PolicyTable.Row(
        key: key, isDeterministic: arrival.isDeterministic, primedPlace: primedPlace,
        reservation: reservation))
    guard desk.usesDeduplication else { return row }
    let deadline = timeout == .max ? .never : arrival.time + TimeSpan(nanoseconds: timeout)
    let joined = desk.deduplicator.join(
      key, isDeterministic: arrival.isDeterministic, waiter: UInt32(row), deadline: deadline,
      at: now)
    if logsRequests {
      log(join: key, isDeterministic: arrival.isDeterministic, waiter: row, deadline, joined)
    }
    switch joined {
    case .lead(let flight): table[row].flight = flight
    case .joined(let flight):
      table[row].flight = flight
      table.keep(request(of: arrival, for: model, row: row))
      return nil
    case .alone: break
    }
    return row
  }

  private mutating func answerFromCache(_ arrival: Arrival, by model: ModelID) {
    guard place.isMeasured else { return }
    recorder.answered(
      .hit,
      RequestRecorder.Answer(
        latency: desk.cacheLatency, tokens: arrival.outputTokens, model: model,
        classIndex: arrival.classIndex), at: place)
  }

  /// Answers a request whose batch has ended, and whoever waits for the same answer.
  mutating func answer(
    _ request: QueuedRequest, by model: ModelID, started: Instant, cost: USD = .zero
  ) {
    guard request.policyRow >= 0 else {
      record(request, .completed, by: model, started: started)
      return
    }
    let row = table[request.policyRow]
    if row.reservation != nil { settle(row.reservation, cost: cost) }
    if desk.usesCache {
      // An engine that answers here has said all it had to say.
      let response = StoredResponse(
        status: 200, finishReason: .stop, isComplete: true, choices: 1,
        isDeterministic: row.isDeterministic, isNoStore: false)
      // What was asked for before this window is not in it otherwise.
      if row.primedPlace >= 0 { _ = primed.isFirstLook(at: row.primedPlace) }
      let admission = desk.cache.keep(row.key, response, at: now)
      if logsRequests { log(answered: row.key, response, admission) }
    }
    guard let flight = row.flight else {
      record(request, .completed, by: model, started: started)
      table.free(request.policyRow)
      return
    }
    let landing = desk.deduplicator.land(flight, .success(isCacheable: true), at: now)
    while let delivery = desk.deduplicator.nextDelivered() {
      if logsRequests { delivered.append(delivery) }
      let waiter = Int32(delivery.waiter)
      if delivery.isLead {
        record(request, .completed, by: model, started: started)
      } else {
        // The call is paid once, by the request that made it.
        if let own = table[waiter].reservation { settle(own, cost: .zero) }
        record(table.waiting(waiter), .joined, by: model, started: started)
      }
      table.free(waiter)
    }
    if logsRequests { log(land: flight, .success(isCacheable: true), landing) }
  }

  /// Counts a request as answered, or as timed out where the answer came too late.
  @inline(__always)
  private mutating func record(
    _ request: QueuedRequest, _ outcome: RequestOutcome, by model: ModelID, started: Instant
  ) {
    let latency = now - request.arrival
    if isScaling && outcome == .completed {
      scrape.answer(latency: latency, wait: started - request.arrival)
    }
    guard request.isMeasured else { return }
    guard latency.nanoseconds <= timeout else {
      recorder.unanswered(.timedOut, at: request.place)
      return
    }
    let answer = RequestRecorder.Answer(
      latency: latency, tokens: request.outputTokens, model: model,
      classIndex: request.classIndex)
    if outcome == .completed {
      recorder.completed(
        answer, wait: started - request.arrival, at: request.place,
        promptTokens: request.promptTokens)
    } else {
      recorder.answered(outcome, answer, at: request.place)
    }
  }

  /// Ends a request that gets no answer from its replica; another that waits with it may try again.
  mutating func fail(_ request: QueuedRequest, _ outcome: RequestOutcome) {
    guard request.policyRow >= 0, let flight = table[request.policyRow].flight else {
      if request.isMeasured { recorder.unanswered(outcome, at: request.place) }
      if request.policyRow >= 0 {
        settle(table[request.policyRow].reservation, cost: outcome == .rejected ? .zero : nil)
        table.free(request.policyRow)
      }
      return
    }
    table.keep(request)
    let landing = desk.deduplicator.land(flight, .retryableFailure, at: now)
    while let delivery = desk.deduplicator.nextDelivered() {
      if logsRequests { delivered.append(delivery) }
      let waiter = Int32(delivery.waiter)
      let waiting = table.waiting(waiter)
      if waiting.isMeasured {
        let isSame = waiter == request.policyRow
        let end: RequestOutcome =
          delivery.result == .error ? (isSame ? outcome : .failed) : .timedOut
        recorder.unanswered(end, at: waiting.place)
      }
      // Of what failed on a replica nobody knows how far it got: the estimate is charged.
      let isLead = waiter == request.policyRow
      settle(table[waiter].reservation, cost: isLead && outcome != .rejected ? nil : .zero)
      table.free(waiter)
    }
    if logsRequests { log(land: flight, .retryableFailure, landing) }
    if case .promoted(let flight, let lead) = landing {
      table[Int32(lead)].flight = flight
      var next = table.takeWaiting(Int32(lead))
      next.enqueued = now
      dispatch(next, otherwise: .rejected)
    }
  }

  // MARK: Money

  /// Puts a request's estimate aside; nil where no budget holds it.
  private mutating func reserve(for arrival: Arrival) -> ReservationID? {
    let tenant = TenantID(Int(arrival.tenantIndex))
    guard var budget = desk.budget.take() else { return nil }
    defer { desk.budget = budget }
    if budget.beginPeriodIfDue(at: now), logsRequests { decisionLog?.write(periodBeganAt: now) }
    let deadline = timeout == .max ? .never : arrival.time + TimeSpan(nanoseconds: timeout)
    let estimate = budget.estimate
    let answer = budget.ledger.reserve(estimate, for: tenant, deadline: deadline, at: now)
    if logsRequests {
      decisionLog?.write(reserve: estimate, for: tenant, deadline: deadline, at: now, answer)
    }
    guard case .reserved(let id) = answer else {
      budget.countRefusal()
      return nil
    }
    return id
  }

  /// Charges what a request cost; its estimate where that is not known.
  private mutating func settle(_ reservation: ReservationID?, cost: USD?) {
    guard let reservation, var budget = desk.budget.take() else { return }
    defer { desk.budget = budget }
    let answer = budget.ledger.settle(reservation, actual: cost, at: now)
    if logsRequests {
      decisionLog?.write(
        settle: reservation, actual: cost, at: now, answer, ledger: budget.ledger)
    }
  }
}
