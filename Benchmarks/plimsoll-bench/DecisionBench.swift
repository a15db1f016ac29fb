// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving

/// How long the decisions about one request take: route, cache look-up and de-duplication, on warm data.
struct DecisionBench {
  private static let keys = 4_096
  private static let requests = 20_000

  private var router: Router
  private var cache = ResponseCache(.init(capacity: 100_000))
  private var deduplicator = Deduplicator(.init())
  private let replicas: [ReplicaObservation]
  private let plans: [RoutePlan]
  private var now = Instant.start
  private var number: UInt64 = 0

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
    replicas = (0..<18).map {
      ReplicaObservation(
        model: ModelID($0 / 6), acceptsRequests: true, outstanding: Int32($0 % 5), hasRoom: true,
        nanosecondsPerRequest: 1_000_000)
    }
    plans = (0..<64).map { [router] in router.plan(forScore: Double($0) / 64) }
    // Every other content has been answered.
    for content in stride(from: 0, to: Self.keys, by: 2) {
      cache.store(Self.key(UInt64(content)), isDeterministic: true, at: now)
    }
  }

  private static func key(_ content: UInt64) -> CacheKey {
    CacheKey(tenant: TenantID(0), artefact: ModelID(0), content: content)
  }

  /// Nanoseconds a request for all three decisions, half of which end at the cache.
  mutating func decide() -> Double {
    let (replicas, plans) = (replicas, plans)
    let begin = ContinuousClock.now
    var hits = 0
    for _ in 0..<Self.requests {
      number &+= 0x9E37_79B9
      now = now + TimeSpan(nanoseconds: 100)
      let request = RouteRequest(
        plan: plans[Int(number >> 7 & 63)], promptTokens: 350, outputTokens: 180,
        session: number >> 3 & 1_023)
      let route = router.intended(request, at: now, among: replicas.span)
      precondition(route.model.index < 3, "the router names one of its models")
      let key = Self.key(number % UInt64(Self.keys))
      if case .hit = cache.lookUp(key, isDeterministic: true, at: now) {
        hits += 1
        continue
      }
      guard
        case .lead(let flight) = deduplicator.join(
          key, isDeterministic: true, waiter: UInt32(truncatingIfNeeded: number), deadline: .never,
          at: now)
      else { continue }
      _ = deduplicator.land(flight, .success(isCacheable: true), at: now)
      _ = deduplicator.nextDelivered()
    }
    precondition(hits > Self.requests / 3 && deduplicator.flightCount == 0, "half are hits")
    return Self.nanoseconds(since: begin)
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
