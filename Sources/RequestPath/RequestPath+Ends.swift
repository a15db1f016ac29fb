// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// How requests end: with an answer or a failure, or because their clients went away.
extension RequestPath {
  /// The answer of a request has begun to reach its client: from now on it is not handed over to another replica.
  @inlinable
  public mutating func started(_ ticket: inout Ticket, at now: Instant) {
    ticket.hasBegun = true
    if isLogging { logStart(of: ticket.number, at: now) }
  }

  // MARK: Answers

  /// Whether nothing is kept of a request: its answer is offered to no store, and nobody else waits for it; and
  /// nothing is written.
  ///
  /// ``completed(_:_:cost:at:)`` of such a request changes nothing and says ``Effect/end(_:)``.
  @inlinable
  @inline(__always)
  public func isAlone(_ ticket: Ticket) -> Bool { ticket.row < 0 && !isLogging }

  /// A replica answered a request.
  ///
  /// - Parameters:
  ///   - response: what the store is to know of the answer, whose temperature is that of the request.
  ///   - cost: what the request cost; `nil` where nobody knows, and its estimate is charged.
  /// - Returns: ``Effect/end(_:)``, ``Effect/several`` or ``Effect/none``, and what the store is offered.
  /// - Complexity: O(requests that wait for this call).
  @inlinable
  @inline(__always)
  public mutating func completed(
    _ ticket: Ticket, _ response: StoredResponse, cost: USD? = .zero, at now: Instant
  ) -> Completion {
    if isLogging { return completeInLog(ticket, response, cost: cost, at: now) }
    return complete(ticket, response, cost: cost, at: now)
  }

  /// The same, with nothing written about the request itself.
  @inlinable
  @inline(__always)
  mutating func complete(
    _ ticket: Ticket, _ response: StoredResponse, cost: USD?, at now: Instant
  ) -> Completion {
    guard ticket.row >= 0 else { return Completion(effect: .end(.completed)) }
    guard requests.has(ticket) else { return Completion(effect: .none) }
    let row = requests[ticket.row]
    if row.reservation != nil { settle(row.reservation, cost: cost, at: now) }
    var asked = response
    asked.isDeterministic = row.isDeterministic
    let admission = ResponseCache.admission(of: asked, under: rules.storeRule)
    var offer: Offer?
    if rules.usesStore {
      offer = Offer(key: row.key, admission: admission, mark: row.mark)
    }
    guard let flight = row.flight else {
      requests.free(ticket.row)
      return Completion(effect: .end(.completed), offer: offer)
    }
    let isCacheable = admission == .admitted
    if !isLogging, deduplicator.landAlone(flight, isCacheable: isCacheable, at: now) {
      requests.free(ticket.row)
      return Completion(effect: .end(.completed), offer: offer)
    }
    let effect = deliver(
      to: ticket, of: flight, .success(isCacheable: isCacheable), at: now)
    return Completion(effect: effect, offer: offer)
  }

  /// Ends the requests of a flight whose call was answered.
  @usableFromInline
  mutating func deliver(
    to ticket: Ticket, of flight: FlightID, _ outcome: FlightOutcome, at now: Instant
  ) -> Effect {
    let known = steps.count
    let landing = deduplicator.land(flight, outcome, at: now)
    while let delivery = takeDelivery() { deliverAnswer(delivery, to: ticket, at: now) }
    if isLogging { logLanding(flight, outcome, landing, at: now) }
    guard steps.count > known else { return .none }
    // Its client has gone, and others waited for its call.
    if requests.has(ticket) { requests.free(ticket.row) }
    return effect(on: ticket, of: known)
  }

  /// What is to be done now that steps were added to those that were known: a single one about the request itself is
  /// taken at once.
  ///
  /// The driver may be in the midst of taking the others.
  private mutating func effect(on ticket: Ticket, of known: Int) -> Effect {
    guard steps.count > known else { return .none }
    guard steps.count == known + 1, steps[known].ticket.number == ticket.number else {
      return .several
    }
    return steps.removeLast().effect
  }

  private mutating func deliverAnswer(
    _ delivery: Delivery, to ticket: Ticket, at now: Instant
  ) {
    let row = Int32(truncatingIfNeeded: delivery.waiter)
    if delivery.isLead {
      steps.append(Step(ticket: ticket, effect: .end(.completed)))
    } else {
      // The call is paid once, by the request that made it.
      settle(requests[row].reservation, cost: .zero, at: now)
      steps.append(Step(ticket: requests.kept(row), effect: .end(.joined)))
    }
    requests.free(row)
  }

  /// The next request whose wait a flight ended.
  private mutating func takeDelivery() -> Delivery? {
    guard let delivery = deduplicator.nextDelivered() else { return nil }
    if isLogging { delivered.append(delivery) }
    return delivery
  }

  // MARK: Failures

  /// The call of a request failed.
  ///
  /// A request that waits for the same call may make it again, once.
  ///
  /// - Returns: ``Effect/end(_:)``, ``Effect/several``, ``Effect/retry(at:)`` or ``Effect/none``.
  /// - Complexity: O(requests that wait for this call + log n) for n reservations.
  public mutating func failed(
    _ ticket: Ticket, _ failure: Failure, at now: Instant
  ) -> Effect {
    let known = steps.count
    let effect = fail(ticket, failure, at: now)
    if logsPath {
      log?.write(failed: ticket.number, failure, at: now, effect, steps[known...])
    }
    return effect
  }

  private mutating func fail(_ ticket: Ticket, _ failure: Failure, at now: Instant) -> Effect {
    switch failure {
    case .lost:
      guard !ticket.hasBegun else { return end(ticket, .failed, .retryableFailure, at: now) }
      return ticket.row < 0 || requests.has(ticket) ? .retry(at: now) : .none
    case .timedOut: return end(ticket, .timedOut, .retryableFailure, at: now)
    case .retryable: return end(ticket, .failed, .retryableFailure, at: now)
    case .permanent: return end(ticket, .failed, .failure, at: now)
    }
  }

  /// A request whose replica was lost is to be handed over to another.
  ///
  /// - Returns: ``Effect/send(_:)``, ``Effect/end(_:)``, ``Effect/several`` or ``Effect/none``.
  /// - Complexity: O(requests that wait for this call + log n) for n replicas.
  public mutating func retryDue(_ ticket: inout Ticket, at now: Instant) -> Effect {
    let known = steps.count
    let effect = handOver(&ticket, at: now)
    if logsPath {
      log?.write(retryOf: ticket, at: now, effect, steps[known...])
    }
    return effect
  }

  private mutating func handOver(_ ticket: inout Ticket, at now: Instant) -> Effect {
    guard ticket.row < 0 || requests.has(ticket) else { return .none }
    guard now.nanoseconds - ticket.arrival.nanoseconds < rules.timeout else {
      return end(ticket, .timedOut, .retryableFailure, at: now)
    }
    guard Int(ticket.attempt) < rules.handOverLimit else {
      return end(ticket, .failed, .retryableFailure, at: now)
    }
    ticket.attempt += 1
    ticket.enqueued = now
    handOvers += 1
    guard case .replica(let replica) = choose(for: ticket.model, at: now) else {
      return end(ticket, .failed, .retryableFailure, at: now)
    }
    return .send(replica)
  }

  /// Ends a request that gets no answer; another that waits for the same call may make it again.
  private mutating func end(
    _ ticket: Ticket, _ outcome: RequestOutcome, _ landing: FlightOutcome, at now: Instant
  ) -> Effect {
    guard ticket.row >= 0 else { return .end(outcome) }
    guard requests.has(ticket) else { return .none }
    guard let flight = requests[ticket.row].flight else {
      let cost: USD? = outcome == .rejected ? .zero : nil
      settle(requests[ticket.row].reservation, cost: cost, at: now)
      requests.free(ticket.row)
      return .end(outcome)
    }
    let known = steps.count
    land(ticket, flight, outcome, landing, at: now)
    return effect(on: ticket, of: known)
  }

  /// Ends a flight whose call failed, or lets another request make the call.
  private mutating func land(
    _ ticket: Ticket, _ flight: FlightID, _ outcome: RequestOutcome, _ ended: FlightOutcome,
    at now: Instant
  ) {
    let hasLeft = requests[ticket.row].hasLeft
    if !hasLeft { requests.keep(ticket) }
    let landing = deduplicator.land(flight, ended, at: now)
    while let delivery = takeDelivery() {
      let row = Int32(truncatingIfNeeded: delivery.waiter)
      let isSame = row == ticket.row
      let end: RequestOutcome =
        delivery.result == .error ? (isSame ? outcome : .failed) : .timedOut
      // Of what failed on a replica nobody knows how far it got: the estimate is charged.
      settle(
        requests[row].reservation, cost: isSame && outcome != .rejected ? nil : .zero, at: now)
      steps.append(Step(ticket: requests.kept(row), effect: .end(end)))
      requests.free(row)
    }
    if hasLeft {
      settle(requests[ticket.row].reservation, cost: nil, at: now)
      requests.free(ticket.row)
    }
    if isLogging { logLanding(flight, ended, landing, at: now) }
    if case .promoted(let flight, let lead) = landing {
      callAgain(flight, by: Int32(truncatingIfNeeded: lead), at: now)
    }
  }

  /// Lets a request that waited make the call.
  private mutating func callAgain(_ flight: FlightID, by row: Int32, at now: Instant) {
    requests[row].flight = flight
    var ticket = requests.takeKept(row)
    ticket.enqueued = now
    if case .replica(let replica) = choose(for: ticket.model, at: now) {
      steps.append(Step(ticket: ticket, effect: .send(replica)))
    } else {
      land(ticket, flight, .rejected, .retryableFailure, at: now)
    }
  }

  /// Ends a request that no replica took when it arrived: nobody can have joined its call.
  ///
  /// - Parameters:
  ///   - row: its row; negative for none.
  @usableFromInline
  mutating func refuse(_ row: Int32, _ choice: LeastLoaded.Choice, at now: Instant) -> Effect {
    if row >= 0 {
      if let flight = requests[row].flight {
        let landing = deduplicator.land(flight, .retryableFailure, at: now)
        while takeDelivery() != nil {}
        if isLogging { logLanding(flight, .retryableFailure, landing, at: now) }
      }
      settle(requests[row].reservation, cost: .zero, at: now)
      requests.free(row)
    }
    switch choice {
    case .noReplicaReady: return .refuse(.noReplicaReady)
    case .tooLate: return .refuse(.tooLate)
    case .queuesFull, .replica: return .refuse(.queuesFull)
    }
  }

  // MARK: Clients that go away

  /// The client of a request went away, wherever the request was: at a replica, waiting for a call, or for a retry.
  ///
  /// Others who wait for its call still get the answer; the call is cancelled when all have gone.
  ///
  /// - Returns: ``Effect/cancel``, ``Effect/several`` or ``Effect/none``.
  /// - Complexity: O(requests that wait for this call); where the last of them goes and did not make the call,
  ///   O(requests of which something is kept).
  public mutating func clientLeft(_ ticket: Ticket, at now: Instant) -> Effect {
    let known = steps.count
    let effect = leave(ticket, at: now)
    if logsPath {
      log?.write(clientLeft: ticket.number, at: now, effect, steps[known...])
    }
    return effect
  }

  private mutating func leave(_ ticket: Ticket, at now: Instant) -> Effect {
    guard ticket.row >= 0 else { return .cancel }
    guard requests.has(ticket), !requests[ticket.row].hasLeft else { return .none }
    let row = requests[ticket.row]
    guard let flight = row.flight else {
      settle(row.reservation, cost: nil, at: now)
      requests.free(ticket.row)
      return .cancel
    }
    let waiter = UInt32(truncatingIfNeeded: ticket.row)
    let left = deduplicator.leave(flight, waiter)
    if logsPolicies { log?.write(leave: flight, waiter: waiter, at: now, left) }
    guard row.isKept || left != .goesOn else {
      requests.leave(ticket)
      return .none
    }
    // Who waited pays nothing; whose call is cancelled pays its estimate.
    settle(row.reservation, cost: row.isKept ? .zero : nil, at: now)
    requests.free(ticket.row)
    guard left == .cancelled else { return .none }
    let known = steps.count
    dropAbandoned(at: now)
    guard row.isKept else {
      if steps.count == known { return .cancel }
      steps.append(Step(ticket: ticket, effect: .cancel))
      return .several
    }
    return cancelCall(of: flight, at: now)
  }

  /// The client of a request went away whose question the store has not answered; the answer is not reported.
  public mutating func clientLeft(_ ticket: Ticket, asking question: Question, at now: Instant) {
    settle(question.reservation, cost: .zero, at: now)
    if logsPath { log?.write(clientLeft: ticket.number, at: now, .none, []) }
  }

  /// Ends those whom the reference design forgets when the one that made their call goes away.
  private mutating func dropAbandoned(at now: Instant) {
    while let delivery = takeDelivery() {
      let row = Int32(truncatingIfNeeded: delivery.waiter)
      settle(requests[row].reservation, cost: .zero, at: now)
      steps.append(Step(ticket: requests.kept(row), effect: .end(.timedOut)))
      requests.free(row)
    }
  }

  /// Cancels the call of a request whose client went away before the last that waited for it.
  private mutating func cancelCall(of flight: FlightID, at now: Instant) -> Effect {
    guard let caller = requests.left(flight) else { return .none }
    settle(requests[caller].reservation, cost: nil, at: now)
    steps.append(Step(ticket: requests.tickets[Int(caller)], effect: .cancel))
    requests.free(caller)
    return .several
  }
}
