// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import RequestPath
import Scenario
import Serving

/// The store of answers as a replication has it: a cache that answers at once, or a hit rate that is given.
struct SimulatedStore: ~Copyable {
  var cache: ResponseCache
  /// Whether the cache is asked.
  let isUsed: Bool
  /// How long an answer out of the store takes.
  let latency: TimeSpan
  /// Which requests hit whatever they ask for; `nil` where hits emerge.
  let fixedHits: FixedHits?
  /// By what requests are known.
  let keys: KeyRule
  /// The model that each text is meant for.
  let intendedModel: ContiguousArray<ModelID>

  /// The store of those policies, for so many tenants and models.
  init(
    _ policies: RequestPolicies, tenants: Int, models: Int, fixedHitStream: RandomStream
  ) {
    let fixedHits = policies.cache?.fixedHitRate.map {
      FixedHits(rate: $0, stream: fixedHitStream)
    }
    let routing = policies.routing
    self.fixedHits = fixedHits
    isUsed = policies.cache != nil && fixedHits == nil
    latency = policies.cache?.latency ?? .zero
    intendedModel = ContiguousArray(
      routing.textPlans.map { routing.router.model(intendedBy: $0) })
    keys = KeyRule(
      lackTenant: policies.keysLackTenant, requestedModel: ModelID(policies.requestedModel),
      tenants: tenants, models: models)
    cache = ResponseCache(
      policies.cache?.configuration ?? ResponseCache.Configuration(capacity: 1))
  }
}

/// Hits at a rate that is given.
struct FixedHits {
  /// Of 2^32 requests so many hit.
  private let share: UInt64
  private let stream: RandomStream

  init(rate: Share, stream: RandomStream) {
    share = UInt64(rate.fraction * 0x1p32)
    self.stream = stream
  }

  /// Whether a request hits.
  func isHit(_ number: UInt64) -> Bool { stream.block(at: number).low >> 32 < share }
}

extension RequestPolicies {
  /// Whether keys name neither tenant nor model, as in the reference design.
  fileprivate var keysLackTenant: Bool {
    guard let cache else { return deduplication?.rule == .reference }
    return cache.configuration.rule == .reference
  }
}

extension RequestPath.Configuration {
  /// The policies that the requests of a scenario pass.
  init(_ scenario: Scenario) {
    let policies = scenario.policies.requests
    self.init(
      router: policies.routing.router, requestedModel: ModelID(policies.requestedModel))
    asksPolicies = !policies.areTrivial
    // Hits at a given rate are drawn, and nothing is kept.
    if let cache = policies.cache, cache.fixedHitRate == nil {
      storeRule = cache.configuration.rule
    }
    deduplication = policies.deduplication
    budget = policies.budget.map {
      BudgetPeriods.Configuration(
        ledger: $0.ledger, period: $0.period, estimate: $0.estimate, charge: $0.charge)
    }
    timeout = scenario.timeout
    handOverLimit = scenario.policies.migrationLimit
    longestWait = scenario.policies.autoscaling?.configuration.longestQueueWait
  }
}
