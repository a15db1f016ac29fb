// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving

/// How long the decisions about one request take: route, cache look-up and de-duplication, on warm data.
struct DecisionBench: ~Copyable {
  private static let keys = 4_096
  private static let requests = 20_480
  /// Requests that are timed together, and in flight at a time.
  private static let batch = 256

  /// Nanoseconds a request for each decision.
  struct Times {
    var route = 0.0
    var choice = 0.0
    var lookUp = 0.0
    var join = 0.0
    var land = 0.0
  }

  private var router: Router
  private var cache = ResponseCache(.init(capacity: 100_000))
  private var deduplicator = Deduplicator(.init())
  private var board: ReplicaBoard
  private var dispatcher = LeastLoaded()
  private let plans: [RoutePlan]
  private var now = Instant.start
  private var number: UInt64 = 0
  private var flights = [FlightID](repeating: FlightID(rawValue: 0), count: batch)

  /// Times all of them so often, and prints the medians.
  static func run(rounds: Int) {
    var bench = DecisionBench()
    var ours: [Times] = []
    var bare: [Double] = []
    for _ in 0..<rounds {
      ours.append(bench.decide())
      bare.append(bench.lookUp())
    }
    let route = Stopwatch.median(ours.map(\.route))
    let choice = Stopwatch.median(ours.map(\.choice))
    let lookUp = Stopwatch.median(ours.map(\.lookUp))
    let join = Stopwatch.median(ours.map(\.join))
    Bar.figure("decision: route", route, "ns").print()
    Bar.figure("decision: choice of a replica, and noting it", choice, "ns").print()
    Bar.figure("decision: cache look-up", lookUp, "ns").print()
    Bar.figure("decision: bare look-up of the same table", Stopwatch.median(bare), "ns").print()
    Bar.figure("decision: opening a flight", join, "ns").print()
    Bar.figure("decision: ending a flight", Stopwatch.median(ours.map(\.land)), "ns").print()
    // As in the reference design's simulated fleet: 60 % are deterministic, and 40 % of these hit.
    Bar.figure(
      "decisions: a request of the usual mix", route + 0.6 * lookUp + 0.36 * join, "ns"
    ).print()
    Bar.atMost(60, "decisions: a request that passes all three", route + lookUp + join, "ns")
      .print()
  }

  init() {
    let samples = (0..<300).map {
      DifficultyCalibration.Sample(score: Double($0) / 300, trueClass: $0 / 100)
    }
    router = Router(
      Router.Configuration(
        models: (0..<3).map { place in
          Router.Model(
            id: ModelID(place), qualityByClass: [0.9, 0.7 + 0.1 * Double(place), 0.9],
            contextWindow: 8_192, nanosecondsPerRequest: 1_000_000)
        },
        rule: .difficulty(
          Router.QualityRule(
            calibration: DifficultyCalibration(samples, classCount: 3), qualityFloor: 0.85,
            uncertaintyBand: 0.05)), longestWait: .seconds(2)))
    // Six machines, each with a replica of every model.
    board = ReplicaBoard(
      (0..<18).map {
        ReplicaObservation(
          model: ModelID($0 / 6), acceptsRequests: true, outstanding: Int32($0 % 5), hasRoom: true,
          nanosecondsPerRequest: 1_000_000)
      })
    plans = (0..<64).map { [router] in router.plan(forScore: Double($0) / 64) }
    // Every other content has been answered.
    for content in stride(from: 0, to: Self.keys, by: 2) {
      cache.store(Self.key(UInt64(content)), isDeterministic: true, at: now)
    }
  }

  private static func key(_ content: UInt64) -> CacheKey {
    CacheKey(tenant: TenantID(0), artefact: ModelID(0), content: content)
  }

  /// Nanoseconds a request for each decision in turn: route, choice, look-up, opening a flight, ending it.
  mutating func decide() -> Times {
    var times = Times()
    let plans = plans
    let rounds = Self.requests / Self.batch
    // Keys are hashed once, when a request comes in.
    var asked = [CacheKey](repeating: Self.key(0), count: Self.batch)
    var opened = asked
    var sent = [Int](repeating: 0, count: Self.batch)
    var routed = [ModelID](repeating: ModelID(0), count: Self.batch)
    for _ in 0..<rounds {
      let first = number
      for step in 0..<Self.batch {
        asked[step] = Self.key((first &+ UInt64(step) &* 17) % UInt64(Self.keys))
        opened[step] = Self.key(first &+ UInt64(step))
      }
      var begin = ContinuousClock.now
      var models = 0
      for step in 0..<UInt64(Self.batch) {
        let request = RouteRequest(
          plan: plans[Int((first &+ step) & 63)], promptTokens: 350, outputTokens: 180,
          session: (first &+ step) & 1_023)
        let model = router.intended(request, at: now, among: &board).model
        models &+= model.index
        routed[Int(step)] = model
      }
      times.route += Self.nanoseconds(since: begin)
      precondition(models < 3 * Self.batch, "the router names one of its models")
      begin = ContinuousClock.now
      for step in 0..<Self.batch {
        // Sent to the least loaded, which then plays its matches anew.
        guard case .replica(let replica) = dispatcher.choose(of: routed[step], among: &board) else {
          preconditionFailure("every model has a replica that takes requests")
        }
        board.update(replica.index) { $0.outstanding += 1 }
        sent[step] = replica.index
      }
      times.choice += Self.nanoseconds(since: begin)
      for replica in sent { board.update(replica) { $0.outstanding -= 1 } }
      begin = ContinuousClock.now
      var hits = 0
      for step in 0..<Self.batch {
        let answer = cache.lookUp(asked[step], isDeterministic: true, at: now)
        if case .hit = answer { hits += 1 }
      }
      times.lookUp += Self.nanoseconds(since: begin)
      precondition(hits > Self.batch / 3, "about half are hits")
      begin = ContinuousClock.now
      for step in 0..<Self.batch {
        let answer = deduplicator.join(
          opened[step], isDeterministic: true, waiter: UInt32(step), deadline: .never, at: now)
        if case .lead(let flight) = answer { flights[step] = flight }
      }
      times.join += Self.nanoseconds(since: begin)
      begin = ContinuousClock.now
      for flight in flights {
        _ = deduplicator.land(flight, .success(isCacheable: true), at: now)
        _ = deduplicator.nextDelivered()
      }
      times.land += Self.nanoseconds(since: begin)
      precondition(deduplicator.flightCount == 0, "every flight has landed")
      number &+= UInt64(Self.batch)
      now = now + .microseconds(100)
    }
    let scale = Double(Self.requests) / Double(rounds * Self.batch)
    return Times(
      route: times.route * scale, choice: times.choice * scale, lookUp: times.lookUp * scale,
      join: times.join * scale, land: times.land * scale)
  }

  /// Nanoseconds for a bare look-up of the same keys in the same table.
  mutating func lookUp() -> Double {
    let begin = ContinuousClock.now
    var sum: Int64 = 0
    for _ in 0..<Self.requests {
      number &+= 0x9E37_79B9
      sum &+= cache.touch(Self.key(number % UInt64(Self.keys)))
    }
    precondition(sum != 1, "what was read is used")
    return Self.nanoseconds(since: begin)
  }

  private static func nanoseconds(since begin: ContinuousClock.Instant) -> Double {
    let time = ContinuousClock.now - begin
    return Double(time.components.attoseconds) / 1e9 / Double(requests)
      + Double(time.components.seconds) * 1e9 / Double(requests)
  }
}
