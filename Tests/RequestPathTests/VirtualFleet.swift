// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Policies
import Quantities
import RequestPath
import Serving
import Testing

/// A driver of a request path in virtual time: replicas that serve one request after the other, clients that go
/// away, and a store that answers at once or later.
struct VirtualFleet: ~Copyable {
  /// A request before it arrives.
  struct Request {
    var number: UInt64
    var content: UInt64
    var tenant = 0
    var isDeterministic = true
    /// How long its call takes.
    var service = TimeSpan.milliseconds(10)
    /// When its client goes away; `nil` for never.
    var leavesAfter: TimeSpan?
    /// How its call fails; `nil` where it is answered.
    var failure: RequestPath.Failure?
  }

  enum Happening {
    case arrives(Request)
    case storeAnswers(number: UInt64)
    case callEnds(number: UInt64, call: Int)
    case clientLeaves(number: UInt64)
    case retries(number: UInt64)
    case replica(Int, isUp: Bool)
    case rests(Int)
  }

  /// A request on its way, and where it is.
  private struct Way {
    var request: Request
    var ticket: Ticket
    var question: Question?
    var replica: Int?
    /// Which call of the fleet is its own.
    var call = -1
  }

  private struct Entry {
    let time: Instant
    let happening: Happening
  }

  var path: RequestPath
  private let keys = KeyRule(
    lackTenant: false, requestedModel: ModelID(0), tenants: 2, models: 1)
  private var cache = ResponseCache(ResponseCache.Configuration(capacity: 1_000))
  /// How long the store takes to answer; `nil` where it answers inside the event.
  var storeTime: TimeSpan?
  /// Whether the store answers anything but that it was not asked.
  var storeWorks: Bool
  /// What each answered call cost.
  var cost = USD.zero
  private(set) var now = Instant.start
  private var entries: [Entry] = []
  private var calls = 0
  private var ways: [UInt64: Way] = [:]
  /// How each request ended.
  private(set) var ends: [UInt64: RequestOutcome] = [:]
  /// Why requests were refused.
  private(set) var refusals: [UInt64: RequestPath.Refusal] = [:]
  /// The requests whose clients went away before their end.
  private(set) var gone: Set<UInt64> = []
  /// The requests sent to each replica, in order.
  private(set) var sent: [[UInt64]]
  /// The requests whose calls were cancelled.
  private(set) var cancelled: [UInt64] = []
  /// The requests that each replica holds.
  private var held: [[UInt64]]
  private let queueLimit: Int
  /// What the log of decisions says so far.
  var log: [UInt8] { path.log?.line.bytes ?? [] }

  /// - Parameters:
  ///   - start: the date of the start of the log; `nil` for no log.
  init(
    _ configuration: RequestPath.Configuration, replicas: [ReplicaObservation],
    queueLimit: Int = 100, log start: UTCDate? = nil, about subjects: DecisionSubjects = .policies
  ) {
    path = RequestPath(configuration, replicas: replicas)
    if let start {
      var header = DecisionHeader(start: start, source: "a fleet in virtual time")
      path.describe(in: &header, for: subjects)
      path.begin(DecisionWriter(header), about: subjects)
    }
    path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    storeWorks = configuration.storeRule != nil
    sent = replicas.map { _ in [] }
    held = replicas.map { _ in [] }
    self.queueLimit = queueLimit
  }

  mutating func schedule(_ happening: Happening, at time: Instant) {
    let entry = Entry(time: time, happening: happening)
    // The next one is last.
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].time > time { low = middle + 1 } else { high = middle }
    }
    entries.insert(entry, at: low)
  }

  /// Lets everything happen that is scheduled up to a time.
  mutating func run(until end: Instant = .never) {
    while let entry = entries.last, entry.time <= end {
      entries.removeLast()
      now = entry.time
      happen(entry.happening)
    }
  }

  private mutating func happen(_ happening: Happening) {
    switch happening {
    case .arrives(let request): arrive(request)
    case .storeAnswers(let number):
      guard let way = ways[number], let question = way.question else { return }
      answerQuestion(of: number, question)
    case .callEnds(let number, let call):
      guard let way = ways[number], way.call == call, way.replica != nil else { return }
      endCall(of: way)
    case .clientLeaves(let number): leave(number)
    case .retries(let number):
      guard var way = ways[number] else { return }
      let effect = path.retryDue(&way.ticket, at: now)
      ways[number] = way
      carryOut(effect, for: way.ticket)
    case .replica(let replica, let isUp): change(replica, isUp: isUp)
    case .rests(let replica): path.rested(ReplicaID(replica), at: now)
    }
  }

  private mutating func arrive(_ request: Request) {
    var ticket = Ticket(
      arrival: now, number: request.number, promptTokens: 100, outputTokens: 10, mark: 0,
      tenantIndex: UInt32(request.tenant))
    if let patience = request.leavesAfter {
      schedule(.clientLeaves(number: request.number), at: now + patience)
    }
    let facts = RequestFacts(isDeterministic: request.isDeterministic)
    let reception = path.arrived(&ticket, facts, at: now)
    ways[request.number] = Way(request: request, ticket: ticket)
    switch reception {
    case .decided(let effect): carryOut(effect, for: ticket)
    case .ask(let question):
      ways[request.number]?.question = question
      if let storeTime {
        schedule(.storeAnswers(number: request.number), at: now + storeTime)
      } else {
        answerQuestion(of: request.number, question)
      }
    }
  }

  private mutating func answerQuestion(of number: UInt64, _ question: Question) {
    guard var way = ways[number] else { return }
    way.question = nil
    let key = keys.key(
      of: way.request.content, tenant: way.ticket.tenant, model: way.ticket.model)
    let answer =
      storeWorks
      ? cache.lookUp(key, isDeterministic: question.isDeterministic, at: now) : .bypass
    let effect = path.storeAnswered(
      &way.ticket, LookUp(question, key: key), answer, at: now)
    ways[number] = way
    carryOut(effect, for: way.ticket)
  }

  private mutating func endCall(of way: Way) {
    if let replica = way.replica {
      let outcome: Cooldown.Outcome =
        switch way.request.failure {
        case nil: .succeeded
        case .permanent: .refused(retryAfter: nil)
        default: .failed(retryAfter: nil)
        }
      if let until = path.called(ReplicaID(replica), outcome, at: now) {
        schedule(.rests(replica), at: until)
      }
    }
    freeReplica(of: way.ticket.number)
    if let failure = way.request.failure {
      carryOut(path.failed(way.ticket, failure, at: now), for: way.ticket)
      return
    }
    let response = StoredResponse(
      status: 200, finishReason: .stop, isComplete: true, choices: 1, isDeterministic: true,
      isNoStore: false)
    let completion = path.completed(way.ticket, response, cost: cost, at: now)
    if let offer = completion.offer, offer.admission == .admitted {
      cache.store(offer.key, isDeterministic: true, at: now)
    }
    carryOut(completion.effect, for: way.ticket)
    if gone.contains(way.ticket.number) { ways[way.ticket.number] = nil }
  }

  private mutating func leave(_ number: UInt64) {
    guard let way = ways[number], ends[number] == nil, !gone.contains(number) else { return }
    gone.insert(number)
    if let question = way.question {
      path.clientLeft(way.ticket, asking: question, at: now)
      ways[number] = nil
    } else {
      let effect = path.clientLeft(way.ticket, at: now)
      // Whose call goes on for others stays at its replica.
      if effect == .none, way.replica == nil { ways[number] = nil }
      carryOut(effect, for: way.ticket)
    }
  }

  private mutating func change(_ replica: Int, isUp: Bool) {
    if isUp {
      path.replicaChanged(ReplicaID(replica), .accepts(true), at: now)
      path.replicaChanged(ReplicaID(replica), .room(true), at: now)
      return
    }
    let lost = held[replica]
    held[replica] = []
    path.replicaChanged(ReplicaID(replica), .lost, at: now)
    for number in lost {
      guard let way = ways[number] else { continue }
      ways[number]?.replica = nil
      carryOut(path.failed(way.ticket, .lost, at: now), for: way.ticket)
    }
  }

  private mutating func carryOut(_ effect: RequestPath.Effect, for ticket: Ticket) {
    let number = ticket.number
    switch effect {
    case .send(let replica): send(ticket, to: replica.index)
    case .wait, .none: break
    case .retry(let time): schedule(.retries(number: number), at: time)
    case .end(let outcome): end(ticket, outcome)
    case .refuse(let why):
      refusals[number] = why
      end(ticket, .rejected)
    case .cancel:
      cancelled.append(number)
      if ways[number]?.replica != nil { freeReplica(of: number) }
      ways[number] = nil
    case .several: while let step = path.next() { carryOut(step.effect, for: step.ticket) }
    }
  }

  private mutating func send(_ ticket: Ticket, to replica: Int) {
    guard var way = ways[ticket.number] else {
      Issue.record("request \(ticket.number) was sent after its end")
      return
    }
    way.ticket = ticket
    way.replica = replica
    way.call = calls
    calls += 1
    ways[ticket.number] = way
    sent[replica].append(ticket.number)
    held[replica].append(ticket.number)
    path.replicaChanged(
      ReplicaID(replica), .sent(hasRoom: held[replica].count < queueLimit), at: now)
    let ahead = TimeSpan.milliseconds(Int64(held[replica].count - 1) * 10)
    schedule(
      .callEnds(number: ticket.number, call: way.call), at: now + ahead + way.request.service)
  }

  private mutating func freeReplica(of number: UInt64) {
    guard let replica = ways[number]?.replica else { return }
    held[replica].removeAll { $0 == number }
    ways[number]?.replica = nil
    path.replicaChanged(
      ReplicaID(replica), .ended(1, hasRoom: held[replica].count < queueLimit), at: now)
  }

  private mutating func end(_ ticket: Ticket, _ outcome: RequestOutcome) {
    if gone.contains(ticket.number) {
      // Its client went away; its call went on for others.
      ways[ticket.number] = nil
      return
    }
    #expect(ends[ticket.number] == nil, "request \(ticket.number) ended twice")
    ends[ticket.number] = outcome
    ways[ticket.number] = nil
  }
}

/// Settings and replicas that tests share.
enum PathSetting {
  /// A path to one model, whose requests ask nothing unless a test says so.
  static func configuration(
    store: Bool = false, sharing: Bool = false, budget: Int64? = nil, timeout: TimeSpan? = nil
  ) -> RequestPath.Configuration {
    let model = Router.Model(
      id: ModelID(0), qualityByClass: [], contextWindow: .max, nanosecondsPerRequest: 1)
    let router = Router(
      Router.Configuration(models: [model], rule: .fixed(ModelID(0)), longestWait: .seconds(1)))
    var configuration = RequestPath.Configuration(
      router: router, requestedModel: ModelID(0))
    configuration.storeRule = store ? .production : nil
    configuration.deduplication = sharing ? Deduplicator.Configuration() : nil
    configuration.budget = budget.map {
      BudgetPeriods.Configuration(
        ledger: CostLedger.Configuration(limit: USD(nanodollars: $0)), period: .hours(1),
        estimate: USD(nanodollars: 10), charge: .engineWork)
    }
    configuration.timeout = timeout
    return configuration
  }

  /// So many replicas of the model that accept requests.
  static func replicas(_ count: Int) -> [ReplicaObservation] {
    (0..<count).map { _ in
      ReplicaObservation(
        model: ModelID(0), acceptsRequests: true, outstanding: 0, hasRoom: true,
        nanosecondsPerRequest: 10_000_000)
    }
  }
}

/// A time so many milliseconds after the start.
func time(_ milliseconds: Int64) -> Instant { .start + .milliseconds(milliseconds) }
