// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Scenario
import Serving

/// The policies that requests pass, as one replication runs them.
struct RequestDesk: Sendable {
  var router: Router
  var cache: ResponseCache
  var deduplicator: Deduplicator
  /// What the router makes of each text.
  let textPlans: ContiguousArray<RoutePlan>
  /// The model that each text is meant for.
  let intendedModel: ContiguousArray<ModelID>
  /// Whether any policy is to be asked about a request.
  let isOpen: Bool
  /// The cost ledger; `nil` where no budget binds.
  var budget: BudgetDesk?
  let usesCache: Bool
  let usesDeduplication: Bool
  /// Whether requests of any temperature share calls, as in the reference design.
  let joinsAnything: Bool
  /// Whether keys say nothing of tenants and serving models, as in the reference design.
  let keysLackTenant: Bool
  let cacheLatency: TimeSpan
  /// Of 2^32 requests so many hit the cache whatever they ask for; `nil` where hits emerge.
  let fixedHits: UInt64?
  /// The model that clients ask for; that of all requests where no policy is asked.
  let requestedModel: UInt8

  init(_ policies: RequestPolicies) {
    router = policies.router
    textPlans = ContiguousArray(policies.textPlans)
    intendedModel = ContiguousArray(
      policies.textPlans.map { policies.router.model(intendedBy: $0) })
    isOpen = !policies.areTrivial
    fixedHits = policies.cache?.fixedHitRate.map { UInt64($0.fraction * 0x1p32) }
    usesCache = policies.cache != nil && fixedHits == nil
    budget = policies.budget.map { BudgetDesk($0) }
    usesDeduplication = policies.deduplication != nil
    joinsAnything = policies.deduplication?.rule == .reference
    keysLackTenant =
      policies.cache?.configuration.rule == .reference || policies.cache == nil && joinsAnything
    cacheLatency = policies.cache?.latency ?? .zero
    requestedModel = UInt8(truncatingIfNeeded: policies.requestedModel)
    cache = ResponseCache(
      policies.cache?.configuration ?? ResponseCache.Configuration(capacity: 1))
    deduplicator = Deduplicator(policies.deduplication ?? Deduplicator.Configuration())
  }

  /// By what cache and de-duplication know a request.
  func key(of contentID: UInt64, tenant: UInt8, model: ModelID) -> CacheKey {
    keysLackTenant
      ? .reference(model: ModelID(Int(requestedModel)), content: contentID)
      : CacheKey(tenant: TenantID(Int(tenant)), artefact: model, content: contentID)
  }
}
