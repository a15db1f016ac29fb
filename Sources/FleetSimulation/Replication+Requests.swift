// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Recording
import RequestPath
import Serving
import Workload

/// How requests come to the request path, and what is done as it says.
///
/// The path decides about each request; here its decisions are carried out on simulated replicas, and how requests
/// end is counted.
extension Replication where Engine: ~Copyable {
  /// Lets a request come in.
  ///
  /// - Parameters:
  ///   - drawnPlace: its place among the requests that were drawn ahead.
  @inline(__always)
  mutating func admit(_ arrival: Arrival, drawnAt drawnPlace: Int) {
    var ticket = ticket(of: arrival)
    let effect: RequestPath.Effect
    switch path.arrived(&ticket, facts(of: arrival), at: now) {
    case .ask(let question):
      effect = askStore(question, for: arrival, &ticket, drawnAt: drawnPlace)
    case .decided(let decided): effect = decided
    }
    switch effect {
    case .send(let replica): send(ticket, to: replica)
    case .wait: break
    case .end(.hit): answerFromStore(ticket)
    default: carryOut(effect, for: ticket)
    }
  }

  /// The ticket of a request that arrives; it is put together where it is needed, in its place in a queue at best.
  @inline(__always)
  private func ticket(of arrival: Arrival) -> Ticket {
    Ticket(
      arrival: arrival.time, number: arrival.number, promptTokens: arrival.promptTokens,
      outputTokens: arrival.outputTokens, mark: meter.place.bits,
      tenantIndex: UInt32(arrival.tenantIndex), classIndex: arrival.classIndex)
  }

  /// What the path is told of a request.
  @inline(__always)
  private func facts(of arrival: Arrival) -> RequestFacts {
    guard path.asksPolicies else { return RequestFacts(isDeterministic: false) }
    var isHeld = false
    if let hits = requests.store.fixedHits {
      isHeld = hits.isHit(arrival.number)
    }
    return RequestFacts(
      text: Int(arrival.textIndex), session: requests.sessions.session(of: arrival.number, at: now),
      isDeterministic: arrival.isDeterministic, isHeld: isHeld)
  }

  /// Asks the cache, after what it holds of this content since before this window was put in, and tells the path.
  ///
  /// - Returns: what becomes of the request.
  @inline(never)
  private mutating func askStore(
    _ question: Question, for arrival: Arrival, _ ticket: inout Ticket, drawnAt drawnPlace: Int
  ) -> RequestPath.Effect {
    guard requests.store.isUsed else { return askNoStore(question, for: arrival, &ticket) }
    let model = ticket.model
    let isAsIntended = model == requests.store.intendedModel[Int(arrival.textIndex)]
    // Of all others no key was made ahead.
    let key =
      isAsIntended && arrival.isDeterministic
      ? requests.drawn.keys[drawnPlace] : key(of: arrival, for: model)
    var mark = -1
    // Keys that say nothing of models are the same wherever a request is sent.
    if arrival.isDeterministic && !arrival.isUnique
      && (isAsIntended || requests.store.keys.lackTenant)
    {
      mark = requests.primed.place(of: arrival.contentID, tenant: arrival.tenantIndex)
      primeCache(key, place: mark, drawnAt: drawnPlace)
    }
    let answer = requests.store.cache.lookUp(key, isDeterministic: arrival.isDeterministic, at: now)
    return path.storeAnswered(&ticket, LookUp(question, key: key, mark: mark), answer, at: now)
  }

  /// The same where there is no cache.
  @inline(never)
  private mutating func askNoStore(
    _ question: Question, for arrival: Arrival, _ ticket: inout Ticket
  ) -> RequestPath.Effect {
    path.storeAnswered(
      &ticket, LookUp(question, key: key(of: arrival, for: ticket.model)), .bypass, at: now)
  }

  /// By what a request is known for which no key was made ahead.
  ///
  /// `mutating` only to avoid a copy; mutates nothing.
  private mutating func key(of arrival: Arrival, for model: ModelID) -> CacheKey {
    requests.store.keys.key(
      of: arrival.contentID, tenant: TenantID(Int(arrival.tenantIndex)), model: model)
  }

  @inline(__always)
  private mutating func answerFromStore(_ ticket: Ticket) {
    guard ticket.isMeasured else { return }
    meter.recorder.answered(
      .hit,
      RequestRecorder.Answer(
        latency: requests.store.latency, tokens: ticket.outputTokens, model: ticket.model,
        classIndex: ticket.classIndex), at: ticket.place)
    if Engine.knowsTokens {
      recordTokens(ttft: requests.store.latency, latency: requests.store.latency, at: ticket.place)
    }
  }

  /// Sends a request to the replica that was chosen.
  @inline(__always)
  private mutating func send(_ ticket: Ticket, to replica: ReplicaID) {
    guard engine.admits(ticket, at: replica.index) else {
      requests.tooLong += 1
      return carryOut(path.failed(ticket, .permanent, at: now), for: ticket)
    }
    if scaling.isOn { scaling.scrape.send(to: Int(ticket.modelIndex)) }
    engine.enqueue(ticket, at: replica.index, now: now)
    path.replicaChanged(replica, .sent(hasRoom: engine.hasRoom(replica.index)), at: now)
  }

  /// Does what the path says about a request that gets no answer here and now.
  mutating func carryOut(_ effect: RequestPath.Effect, for ticket: Ticket) {
    switch effect {
    case .send(let replica): send(ticket, to: replica)
    case .end(let outcome): unanswered(ticket, outcome)
    case .refuse: unanswered(ticket, .rejected)
    case .retry: requests.displaced.append(ticket)
    case .several: while let step = path.next() { carryOut(step.effect, for: step.ticket) }
    case .wait, .cancel, .none: break
    }
  }

  private mutating func unanswered(_ ticket: Ticket, _ outcome: RequestOutcome) {
    if ticket.isMeasured { meter.recorder.unanswered(outcome, at: ticket.place) }
  }

  /// Answers a request whose batch has ended, and whoever waits for the same answer.
  @inline(__always)
  mutating func answer(_ ticket: Ticket, by model: ModelID, _ course: Engine.Course, cost: USD?) {
    if path.isAlone(ticket) {
      record(ticket, .completed, by: model, course)
    } else {
      answerShared(ticket, by: model, course, cost: cost)
    }
  }

  /// The same of a request of which policies keep something.
  @inline(never)
  private mutating func answerShared(
    _ ticket: Ticket, by model: ModelID, _ course: Engine.Course, cost: USD?
  ) {
    // An engine that answers here has said all it had to say.
    let response = StoredResponse(
      status: 200, finishReason: .stop, isComplete: true, choices: 1, isDeterministic: true,
      isNoStore: false)
    let completion = path.completed(ticket, response, cost: cost, at: now)
    if let offer = completion.offer { keep(offer, of: response) }
    switch completion.effect {
    case .end: record(ticket, .completed, by: model, course)
    case .several: answerAll(by: model, course)
    default: break
    }
  }

  /// Answers all who waited for one call.
  @inline(never)
  private mutating func answerAll(by model: ModelID, _ course: Engine.Course) {
    while let step = path.next() {
      guard case .end(let outcome) = step.effect else { continue }
      record(step.ticket, outcome, by: model, course)
    }
  }

  /// Keeps an answer that may be kept.
  @inline(__always)
  private mutating func keep(_ offer: Offer, of response: StoredResponse) {
    // What was asked for before this window is not in it otherwise.
    if offer.mark >= 0 { _ = requests.primed.isFirstLook(at: offer.mark) }
    if offer.admission == .admitted {
      requests.store.cache.store(offer.key, isDeterministic: true, at: now)
    }
    if logsPolicies { log(offer, of: response) }
  }

  /// Counts a request as answered, or as timed out where the answer came too late.
  @inline(__always)
  private mutating func record(
    _ ticket: Ticket, _ outcome: RequestOutcome, by model: ModelID, _ course: Engine.Course
  ) {
    let latency = now - ticket.arrival
    if scaling.isOn && outcome == .completed {
      scaling.scrape.answer(latency: latency, wait: course.started - ticket.arrival)
    }
    guard ticket.isMeasured else { return }
    guard latency.nanoseconds <= meter.timeout else {
      meter.recorder.unanswered(.timedOut, at: ticket.place)
      return
    }
    let answer = RequestRecorder.Answer(
      latency: latency, tokens: ticket.outputTokens, model: model, classIndex: ticket.classIndex)
    if outcome == .completed {
      meter.recorder.completed(
        answer, wait: course.started - ticket.arrival, at: ticket.place,
        promptTokens: ticket.promptTokens)
    } else {
      meter.recorder.answered(outcome, answer, at: ticket.place)
    }
    if Engine.knowsTokens { recordTokens(of: ticket, outcome, course) }
  }

  /// Counts when the tokens of an answer came.
  ///
  /// Who waited for another's call gets its answer as a whole.
  private mutating func recordTokens(
    of ticket: Ticket, _ outcome: RequestOutcome, _ course: Engine.Course
  ) {
    guard outcome == .completed, let first = course.firstToken else {
      return recordTokens(
        ttft: now - ticket.arrival, latency: now - ticket.arrival, at: ticket.place)
    }
    if let next = requests.source.timeOfNext(after: ticket.number, at: ticket.arrival) {
      requests.followed += 1
      if next < now { requests.overtaken += 1 }
    }
    let others = Int64(ticket.outputTokens) - 1
    recordTokens(
      ttft: first - ticket.arrival,
      tpot: others > 0 ? TimeSpan(nanoseconds: (now - first).nanoseconds / others) : nil,
      latency: now - ticket.arrival, at: ticket.place)
  }

  private mutating func recordTokens(
    ttft: TimeSpan, tpot: TimeSpan? = nil, latency: TimeSpan, at place: MeasuredPlace
  ) {
    meter.recorder.tokens(ttft: ttft, tpot: tpot, at: place)
    for (number, limits) in meter.limits.enumerated()
    where limits.hold(ttft: ttft, tpot: tpot, latency: latency) {
      meter.recorder.good(number, at: place)
    }
  }
}
