// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import RequestPath
import Serving

/// A request path, driven by the events of a log; it writes its own lines, as where the log was made.
///
/// It keeps the requests that are on their way, and nothing of those that have ended.
struct PathHost: ~Copyable, Sendable {
  /// Where a request on its way is.
  private enum Standing: Sendable {
    /// The store is asked about it.
    case asked(Question)
    /// It waits for another's call.
    case waiting
    /// Its own call is under way, or is to be made again.
    case calling
  }

  /// A request on its way.
  private struct Way: Sendable {
    var ticket: Ticket
    var standing: Standing
    /// Whether its client has gone, and its call goes on for others.
    var hasLeft = false
  }

  private var path: RequestPath
  private let asksPolicies: Bool
  private let router: Router
  private let replicas: Int
  private var texts = 0
  /// By the numbers of the requests.
  private var ways: [UInt64: Way] = [:]

  /// A path with the settings of a first line, on which nothing has happened.
  init(
    _ configuration: RequestPath.Configuration, _ settings: PathSettings, _ header: DecisionHeader
  ) {
    router = configuration.router
    asksPolicies = configuration.asksPolicies
    replicas = settings.replicas.count
    path = RequestPath(configuration, replicas: settings.replicas)
    path.begin(DecisionWriter(header), about: .path)
    // The first line is written by who feeds this.
    path.log?.clear()
  }

  /// What a path is told that a first line describes.
  static func configuration(
    _ settings: PathSettings, _ header: DecisionHeader
  ) throws(DecisionLogError) -> RequestPath.Configuration {
    guard let router = header.router else { throw missing("router", "a path has a router") }
    var configuration = RequestPath.Configuration(
      router: Router(router), requestedModel: settings.requestedModel)
    configuration.asksPolicies = settings.asksPolicies
    configuration.storeRule = settings.storeRule
    configuration.deduplication = header.deduplicator
    if let budget = settings.budget {
      guard let ledger = header.ledger else {
        throw missing("ledger", "a path with a budget has a ledger")
      }
      // What a request cost comes with its end: no rule of charging is asked here.
      configuration.budget = BudgetPeriods.Configuration(
        ledger: ledger, period: budget.period, estimate: budget.estimate, charge: .engineWork)
    }
    configuration.timeout = settings.timeout
    configuration.handOverLimit = settings.handOverLimit
    configuration.longestWait = settings.longestWait
    configuration.cooldowns = header.cooldown.map { Cooldowns($0) }
    return configuration
  }

  private static func missing(_ key: String, _ why: String) -> DecisionLogError {
    DecisionLogError(line: 0, key: key, problem: "is missing; \(why)")
  }

  /// The lines that were written since this was last called.
  mutating func takeLines() -> [UInt8] {
    let bytes = path.log?.line.bytes ?? []
    path.log?.clear()
    return bytes
  }

  /// Feeds one line's event to the path.
  mutating func step(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    switch try event.oneOf("event") as LoggedEvent.Path {
    case .planned: try plan(event, at: now)
    case .arrived: try arrive(event, at: now)
    case .storeAnswered: try takeAnswer(event, at: now)
    case .started:
      var way = try calling(event)
      path.started(&way.ticket, at: now)
      ways[way.ticket.number] = way
    case .completed: try complete(event, at: now)
    case .failed:
      let way = try calling(event)
      settle(way, path.failed(way.ticket, try event.oneOf("how"), at: now))
    case .clientLeft: try leave(event, at: now)
    case .retryDue:
      var way = try calling(event)
      let effect = path.retryDue(&way.ticket, at: now)
      settle(way, effect)
    case .replicaChanged: try change(event, at: now)
    case .called: _ = path.called(try replica(event), try event.outcome(), at: now)
    case .rested: path.rested(try replica(event), at: now)
    case .degraded:
      path.degraded(to: try event.named("to", among: DegradationStep.allCases, \.logged), at: now)
    }
  }

  // MARK: Requests

  private mutating func plan(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    let text = try event.count("text", upTo: texts)
    texts = max(texts, text + 1)
    path.planned(try event.plan(by: router), of: text, at: now)
  }

  private mutating func arrive(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    let number = try event.request()
    guard ways[number] == nil else {
      throw event.fail("request", allowed: "a request that is not on its way")
    }
    var ticket = Ticket(
      arrival: event.has("arrival") ? try event.time("arrival") : now, number: number,
      promptTokens: try event.integer("prompt_tokens"),
      outputTokens: try event.integer("output_tokens"), mark: 0,
      tenantIndex: UInt32(try event.count("tenant", upTo: 1 << 24 - 1)))
    let facts = RequestFacts(
      text: try event.integer("text"), session: try event.words("session", count: 1)[0],
      isDeterministic: try event.flag("is_deterministic"), isHeld: try event.flag("is_held"))
    guard !asksPolicies || (0..<texts).contains(facts.text) else {
      throw event.fail("text", allowed: "a text that has been planned")
    }
    switch path.arrived(&ticket, facts, at: now) {
    case .ask(let question): ways[number] = Way(ticket: ticket, standing: .asked(question))
    case .decided(let effect): settle(Way(ticket: ticket, standing: .calling), effect)
    }
  }

  private mutating func takeAnswer(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    var way = try self.way(event)
    guard case .asked(let question) = way.standing else {
      throw event.fail("request", allowed: "a request about which the store is asked")
    }
    let words = try event.words("key", count: 2)
    let answer: CacheAnswer
    switch try event.text("answer") {
    case "hit": answer = .hit(age: try event.span("age_ns"))
    case "miss": answer = .miss
    case "bypass": answer = .bypass
    default: throw event.fail("answer", allowed: "hit, miss, bypass")
    }
    let lookUp = LookUp(question, key: CacheKey(high: words[0], low: words[1]))
    let effect = path.storeAnswered(&way.ticket, lookUp, answer, at: now)
    settle(way, effect)
  }

  private mutating func complete(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    let way = try calling(event)
    let completion = path.completed(
      way.ticket, try event.response(), cost: try event.optional("cost_nanodollars", event.money),
      at: now)
    settle(way, completion.effect)
    ways[way.ticket.number] = nil
  }

  private mutating func leave(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    let way = try self.way(event)
    if case .asked(let question) = way.standing {
      path.clientLeft(way.ticket, asking: question, at: now)
      ways[way.ticket.number] = nil
      return
    }
    let effect = path.clientLeft(way.ticket, at: now)
    // A call goes on that others wait for.
    if case .calling = way.standing, effect == .none {
      ways[way.ticket.number]?.hasLeft = true
      return
    }
    settle(way, effect)
    ways[way.ticket.number] = nil
  }

  /// A request on its way.
  private func way(_ event: LogObject) throws(DecisionLogError) -> Way {
    guard let way = ways[try event.request()] else {
      throw event.fail("request", allowed: "a request on its way")
    }
    return way
  }

  /// A request whose own call is under way, or is to be made again.
  private func calling(_ event: LogObject) throws(DecisionLogError) -> Way {
    let way = try way(event)
    guard case .calling = way.standing else {
      throw event.fail("request", allowed: "a request that is at a replica, or was")
    }
    return way
  }

  /// Notes what becomes of a request, and of others.
  private mutating func settle(_ way: Way, _ effect: RequestPath.Effect) {
    var way = way
    switch effect {
    case .send, .retry: way.standing = .calling
    case .wait, .several: way.standing = .waiting
    case .end, .refuse, .cancel, .none:
      ways[way.ticket.number] = nil
      return
    }
    ways[way.ticket.number] = way
    guard effect == .several else { return }
    // Whose call failed waits with the others for the next one, unless its client has gone.
    if way.hasLeft { ways[way.ticket.number] = nil }
    while let step = path.next() {
      settle(Way(ticket: step.ticket, standing: .calling), step.effect)
    }
  }

  // MARK: The fleet

  private func replica(_ event: LogObject) throws(DecisionLogError) -> ReplicaID {
    ReplicaID(try event.count("replica", upTo: replicas - 1))
  }

  private mutating func change(_ event: LogObject, at now: Instant) throws(DecisionLogError) {
    let replica = try replica(event)
    let change: RequestPath.ReplicaChange
    switch try event.oneOf("change") as RequestPath.ReplicaChange.Name {
    case .sent: change = .sent(hasRoom: try event.flag("has_room"))
    case .ended:
      let count = try event.count("count", upTo: Int(max(0, path[replica].outstanding)))
      change = .ended(Int32(count), hasRoom: try event.flag("has_room"))
    case .accepts: change = .accepts(try event.flag("accepts"))
    case .room: change = .room(try event.flag("has_room"))
    case .lost: change = .lost
    }
    path.replicaChanged(replica, change, at: now)
  }
}

extension LogObject {
  /// The number of a request.
  fileprivate func request() throws(DecisionLogError) -> UInt64 {
    try words("request", count: 1)[0]
  }
}
