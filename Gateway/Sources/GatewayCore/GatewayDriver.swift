// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import OpenAIProtocol
import Policies
import Quantities
import RequestPath
import Serving

/// Drives the production `RequestPath` with what happens to requests, and says what the world outside is to do.
///
/// It knows no socket and no clock: whoever drives it reports events with their time and carries out ``commands`` after
/// each. A server on an event loop is one driver of it, a test in virtual time another.
public struct GatewayDriver: ~Copyable {
  /// A request on its way.
  struct Way {
    var ticket: Ticket
    let arrival: Arrival
    /// The engine that has it.
    var replica: ReplicaID?
    /// How often an engine was called for it.
    var calls = 0
    /// Whether its client has gone while its call goes on for others.
    var hasLeft = false
    /// Whether it is to be tried again.
    var awaitsRetry = false
    /// How its last call failed.
    var failure: CallFailure?
  }

  /// What it was told at its start.
  public let settings: FleetSettings
  /// What is to be done, in this order; whoever does it empties it by ``takeCommands()``.
  public internal(set) var commands: [Command] = []
  /// What was counted.
  public internal(set) var tally: Tally
  /// The answers that are kept in this process.
  var store: MemoryStore
  var path: RequestPath
  var ways: [UInt64: Way] = [:]
  private let table: RouterTable
  /// Retries that may be made, in hundredths.
  private var retryCredit: Int
  private static let mostRetryCredit = 1_000

  /// A driver of a fleet on which no request is.
  ///
  /// - Parameters:
  ///   - log: the date of the time 0, where decisions are written; `nil` where they are not.
  public init(_ settings: FleetSettings, log: UTCDate? = nil) {
    self.settings = settings
    table = RouterTable(settings)
    retryCredit = Self.mostRetryCredit
    tally = Tally(
      models: settings.models.count, engines: settings.engines.count,
      tenants: settings.tenants.count)
    store = MemoryStore(
      settings.cache ?? ResponseCache.Configuration(), bytes: settings.cacheBytes)
    var configuration = RequestPath.Configuration(
      router: table.router, requestedModel: ModelID(0))
    configuration.storeRule = settings.cache == nil ? nil : .production
    configuration.deduplication = settings.sharing
    configuration.budget = settings.ledger.map {
      BudgetPeriods.Configuration(
        ledger: $0, period: settings.budgetPeriod, estimate: settings.estimate, charge: .engineWork)
    }
    configuration.timeout = settings.timeout
    configuration.handOverLimit = settings.retries.limit
    configuration.cooldowns = Cooldowns(settings.cooldown)
    path = RequestPath(
      configuration,
      replicas: settings.engines.map {
        ReplicaObservation(
          model: ModelID($0.model), acceptsRequests: true, outstanding: 0, hasRoom: $0.limit > 0,
          nanosecondsPerRequest: $0.timePerRequest.nanoseconds)
      })
    if let log {
      var header = DecisionHeader(start: log, source: "plimsoll-gateway")
      path.describe(in: &header, for: .path)
      path.begin(DecisionWriter(header), about: .path)
    }
  }

  /// Takes what is to be done.
  public mutating func takeCommands() -> [Command] {
    defer { commands.removeAll(keepingCapacity: true) }
    return commands
  }

  /// Takes the lines of the decision log that were written since; none where decisions are not written.
  public mutating func takeLogLines() -> [UInt8] {
    guard let bytes = path.log?.line.bytes, !bytes.isEmpty else { return [] }
    path.log?.clear()
    return bytes
  }

  /// How full the store of answers is; `nil` where there is none.
  public var storeFigures: StoreFigures? {
    settings.cache == nil ? nil : store.figures
  }

  /// How many requests are on their way.
  public var inFlight: Int { ways.count }

  /// How many calls are shared.
  public var flightCount: Int { path.flightCount }

  /// What is known of an engine.
  public func observation(of engine: Int) -> ReplicaObservation { path[ReplicaID(engine)] }

  /// Whether some engine accepts requests.
  public var isReady: Bool {
    settings.engines.indices.contains { path[ReplicaID($0)].acceptsRequests }
  }

  /// What is spent and put aside of the budget of all, and of each tenant that has one; `nil` where no budget binds.
  public var ledger: CostLedger? { path.budget?.ledger }

  // MARK: Events

  /// A request arrived; its number is one that no other has had.
  ///
  /// - Returns: the model that answers it; `nil` where it asks for `auto` and no model is chosen so.
  @discardableResult
  public mutating func arrived(_ number: UInt64, _ arrival: Arrival, at now: Instant) -> Int? {
    guard
      let plan = arrival.model.map({ table.plan(forModel: $0) })
        ?? table.plan(forText: arrival.text)
    else { return nil }
    retryCredit = min(Self.mostRetryCredit, retryCredit + settings.retries.percent)
    var ticket = Ticket(
      arrival: now, number: number, promptTokens: UInt32(clamping: arrival.promptTokens),
      outputTokens: UInt32(clamping: arrival.outputTokens), mark: 0,
      tenantIndex: UInt32(arrival.tenant))
    path.planned(plan, of: 0, at: now)
    let facts = RequestFacts(
      session: arrival.model == nil ? arrival.session : 0, isDeterministic: arrival.isShared)
    let reception = path.arrived(&ticket, facts, at: now)
    ways[number] = Way(ticket: ticket, arrival: arrival)
    // Who names a model gets no other: where none of its engines is ready, nobody answers.
    let isElsewhere = arrival.model.map { $0 != ticket.model.index } ?? false
    switch reception {
    case .decided(let effect):
      if isElsewhere, case .send = effect {
        _ = path.clientLeft(ticket, at: now)
        refuse(number, .noReplicaReady)
      } else {
        carryOut(effect, for: ticket, at: now)
      }
    case .ask(let question):
      if isElsewhere {
        path.clientLeft(ticket, asking: question, at: now)
        refuse(number, .noReplicaReady)
      } else {
        askStore(ticket, question, at: now)
      }
    }
    return ticket.model.index
  }

  /// What the store holds, and what becomes of the request then.
  private mutating func askStore(_ asking: Ticket, _ question: Question, at now: Instant) {
    var ticket = asking
    guard let arrival = ways[ticket.number]?.arrival else { return }
    // A request that shares nothing is known by its own number alone.
    let key =
      arrival.isShared
      ? CacheKey(
        content: arrival.content, tenant: settings.tenants[arrival.tenant],
        artefact: settings.models[ticket.model.index].artefact)
      : CacheKey(high: .max, low: ticket.number)
    var answer = CacheAnswer.bypass
    var kept: KeptAnswer?
    if settings.cache != nil {
      (answer, kept) = store.lookUp(key, isDeterministic: arrival.isShared, at: now)
    }
    let effect = path.storeAnswered(&ticket, LookUp(question, key: key), answer, at: now)
    ways[ticket.number]?.ticket = ticket
    if case .hit(let age) = answer, let kept {
      count(.hit, ticket)
      ways[ticket.number] = nil
      commands.append(.serve(ticket.number, kept, age: age))
      return
    }
    carryOut(effect, for: ticket, at: now)
  }

  /// The answer of a request has begun to reach its client.
  public mutating func started(_ number: UInt64, at now: Instant) {
    guard var way = ways[number], !way.ticket.hasBegun else { return }
    path.started(&way.ticket, at: now)
    ways[number] = way
  }

  /// An engine answered a request.
  ///
  /// - Parameters:
  ///   - answer: as the client got it, for others and for the store.
  ///   - isWhole: whether all of it is there: an answer that was too large to be kept is not.
  public mutating func completed(
    _ number: UInt64, _ answer: KeptAnswer, _ facts: AnswerFacts, isWhole: Bool, at now: Instant
  ) {
    guard let way = ways[number] else { return }
    freeEngine(of: number, .succeeded, at: now)
    let response = StoredResponse(
      status: 200, finishReason: Self.reason(facts), isComplete: isWhole && facts.isDone,
      choices: way.arrival.choices, isDeterministic: way.arrival.isShared, isNoStore: false)
    let cost = self.cost(of: facts, model: way.ticket.model.index)
    if let cost {
      tally.spent[way.arrival.tenant] += cost
    } else {
      tally.unpriced += 1
    }
    let completion = path.completed(way.ticket, response, cost: cost, at: now)
    if let offer = completion.offer, offer.admission == .admitted {
      store.keep(offer.key, answer, at: now)
    }
    settle(completion.effect, of: number, with: isWhole ? answer : nil, cost: cost, at: now)
  }

  /// The call of a request failed.
  public mutating func failed(_ number: UInt64, _ failure: CallFailure, at now: Instant) {
    guard let way = ways[number] else { return }
    if let replica = way.replica { tally.failedCalls[replica.index] += 1 }
    ways[number]?.failure = failure
    freeEngine(of: number, failure.outcome, at: now)
    if way.ticket.hasBegun, !way.hasLeft {
      // A part of the answer is with the client: no other call goes on with it. Those who wait get another one.
      ways[number]?.hasLeft = true
      count(.failed, way.ticket)
      commands.append(.fail(number, failure))
      guard path.clientLeft(way.ticket, at: now) == .none else {
        ways[number] = nil
        return
      }
      ways[number]?.ticket = way.ticket
      carryOut(path.failed(way.ticket, .retryable, at: now), for: way.ticket, at: now)
      ways[number] = nil
      return
    }
    // A call that may be made again is one whose engine was lost, to the path.
    var kind = RequestPath.Failure.permanent
    if failure.isTransient {
      kind = .retryable
      if !way.ticket.hasBegun, way.calls <= settings.retries.limit {
        if retryCredit >= 100 {
          retryCredit -= 100
          kind = .lost
        } else {
          tally.retriesDenied += 1
        }
      }
    }
    carryOut(path.failed(way.ticket, kind, at: now), for: way.ticket, at: now)
  }

  /// The client of a request went away, or its patience ended.
  public mutating func clientLeft(_ number: UInt64, at now: Instant) {
    guard let way = ways[number], !way.hasLeft else { return }
    tally.clientsGone += 1
    let effect = path.clientLeft(way.ticket, at: now)
    if effect == .none {
      // Its call goes on for others, or it waited for another's.
      if way.replica == nil, !way.awaitsRetry {
        ways[number] = nil
      } else {
        ways[number]?.hasLeft = true
      }
      return
    }
    if way.replica == nil { ways[number] = nil }
    carryOut(effect, for: way.ticket, at: now)
  }

  /// The pause before a retry is over.
  public mutating func retryDue(_ number: UInt64, at now: Instant) {
    guard var way = ways[number], way.awaitsRetry else { return }
    way.awaitsRetry = false
    let effect = path.retryDue(&way.ticket, at: now)
    ways[number] = way
    if case .send = effect { tally.retries += 1 }
    carryOut(effect, for: way.ticket, at: now)
  }

  /// The rest of an engine is over.
  public mutating func rested(_ engine: ReplicaID, at now: Instant) { path.rested(engine, at: now) }

  /// An engine is to get requests from now on, or none.
  public mutating func accepts(_ engine: ReplicaID, _ accepts: Bool, at now: Instant) {
    path.replicaChanged(engine, .accepts(accepts), at: now)
  }

  // MARK: Effects

  private mutating func carryOut(
    _ effect: RequestPath.Effect, for ticket: Ticket, at now: Instant
  ) {
    let number = ticket.number
    switch effect {
    case .send(let replica): send(ticket, to: replica, at: now)
    case .wait, .none: ways[number]?.ticket = ticket
    case .retry:
      ways[number]?.awaitsRetry = true
      commands.append(.retry(number, at: now + pause(of: number)))
    case .end(let outcome): end(ticket, outcome)
    case .refuse(let why): refuse(number, why)
    case .cancel: cancel(number, at: now)
    case .several:
      let failure = ways[number]?.failure
      while let step = path.next() {
        if ways[step.ticket.number]?.failure == nil { ways[step.ticket.number]?.failure = failure }
        carryOut(step.effect, for: step.ticket, at: now)
      }
      // Its call failed or was left, and goes on by another.
      if let way = ways[number], way.hasLeft, way.replica == nil { ways[number] = nil }
    }
  }

  /// What becomes of a request that was answered, and of those that waited with it.
  private mutating func settle(
    _ effect: RequestPath.Effect, of number: UInt64, with answer: KeptAnswer?, cost: USD?,
    at now: Instant
  ) {
    switch effect {
    case .end(.completed): finish(number, cost: cost)
    case .several:
      while let step = path.next() {
        if step.ticket.number == number, step.effect == .end(.completed) {
          finish(number, cost: cost)
        } else if step.effect == .end(.joined) {
          share(answer, with: step.ticket)
        } else {
          carryOut(step.effect, for: step.ticket, at: now)
        }
      }
      ways[number] = nil
    default:
      carryOut(effect, for: ways[number]?.ticket ?? .none, at: now)
      ways[number] = nil
    }
  }

  private mutating func finish(_ number: UInt64, cost: USD?) {
    guard let way = ways.removeValue(forKey: number), !way.hasLeft else { return }
    count(.completed, way.ticket)
    commands.append(.finish(number, cost: cost))
  }

  private mutating func share(_ answer: KeptAnswer?, with ticket: Ticket) {
    guard ways.removeValue(forKey: ticket.number) != nil else { return }
    guard let answer else {
      count(.failed, ticket)
      commands.append(.fail(ticket.number, .tooLargeToShare))
      return
    }
    count(.joined, ticket)
    commands.append(.share(ticket.number, answer))
  }

  private mutating func send(_ ticket: Ticket, to replica: ReplicaID, at now: Instant) {
    guard var way = ways[ticket.number] else { return }
    way.ticket = ticket
    way.replica = replica
    way.failure = nil
    way.calls += 1
    ways[ticket.number] = way
    tally.calls[replica.index] += 1
    let outstanding = path[replica].outstanding + 1
    path.replicaChanged(
      replica, .sent(hasRoom: outstanding < settings.engines[replica.index].limit), at: now)
    commands.append(.call(ticket.number, replica, attempt: way.calls - 1))
  }

  /// Takes a request from its engine, and tells how its call ended; `nil` where it was cancelled.
  private mutating func freeEngine(
    of number: UInt64, _ outcome: Cooldown.Outcome?, at now: Instant
  ) {
    guard let replica = ways[number]?.replica else { return }
    ways[number]?.replica = nil
    let outstanding = path[replica].outstanding - 1
    path.replicaChanged(
      replica, .ended(1, hasRoom: outstanding < settings.engines[replica.index].limit), at: now)
    if let outcome, let until = path.called(replica, outcome, at: now) {
      commands.append(.wake(replica, at: until))
    }
  }

  private mutating func cancel(_ number: UInt64, at now: Instant) {
    if ways[number]?.replica != nil {
      freeEngine(of: number, nil, at: now)
      tally.cancelledCalls += 1
      commands.append(.cancel(number))
    }
    ways[number] = nil
  }

  private mutating func end(_ ticket: Ticket, _ outcome: RequestOutcome) {
    guard let way = ways.removeValue(forKey: ticket.number), !way.hasLeft else { return }
    count(outcome, ticket)
    let failure = outcome == .timedOut ? .timedOut : way.failure ?? .noEngine
    commands.append(.fail(ticket.number, failure))
  }

  private mutating func refuse(_ number: UInt64, _ why: RequestPath.Refusal) {
    guard let way = ways.removeValue(forKey: number) else { return }
    count(.rejected, way.ticket)
    if case .budget = why { tally.overBudget += 1 }
    commands.append(.fail(number, .refused(why)))
  }

  private mutating func count(_ outcome: RequestOutcome, _ ticket: Ticket) {
    tally.outcomes[ticket.model.index][Int(outcome.rawValue)] += 1
  }

  // MARK: Rules

  /// The time before a request's next try: it doubles from try to try, and half of it is chance.
  ///
  /// The chance is a hash of the request's number and try, so that a run can be repeated. What an engine asks for holds
  /// where it is longer.
  private func pause(of number: UInt64) -> TimeSpan {
    guard let way = ways[number] else { return .zero }
    let rule = settings.retries
    let doubled = rule.firstPause.nanoseconds << Int64(min(20, max(0, way.calls - 1)))
    let whole = min(doubled, rule.longestPause.nanoseconds)
    var hash = (number &+ UInt64(way.calls)) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 31) &* 0xBF58_476D_1CE4_E5B9
    let chance = Int64(hash >> 33) * (whole / 1_000) / (1 << 31) * 1_000
    let asked = min(way.failure?.retryAfter?.nanoseconds ?? 0, rule.longestPause.nanoseconds)
    return TimeSpan(nanoseconds: max(whole / 2 + chance, asked))
  }

  /// What an answer cost; `nil` where it or the prices do not say.
  private func cost(of facts: AnswerFacts, model: Int) -> USD? {
    guard let usage = facts.usage, let price = settings.models[model].price else { return nil }
    return price.cost(prompt: usage.prompt, cached: usage.cached, answer: usage.answer)
  }

  private static func reason(_ facts: AnswerFacts) -> StoredResponse.FinishReason {
    switch facts.finishReason {
    case "stop": .stop
    case "tool_calls", "function_call": .toolCalls(areValid: facts.toolCallsAreValid)
    case "length": .length
    case "content_filter": .contentFilter
    default: .other
    }
  }
}
