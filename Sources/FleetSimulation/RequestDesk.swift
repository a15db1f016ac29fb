// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Scenario
import Serving

/// The policies that requests pass, as one replication runs them.
struct RequestDesk: ~Copyable {
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
  /// Whether one binds: asked of every request, and quicker to answer than by the ledger itself.
  let hasBudget: Bool
  let usesCache: Bool
  let usesDeduplication: Bool
  /// Whether either may answer a request by what another one got.
  let sharesAnswers: Bool
  /// Whether requests of any temperature share calls, as in the reference design.
  let joinsAnything: Bool
  /// By what cache and de-duplication know a request.
  let keys: KeyRule
  let cacheLatency: TimeSpan
  /// Of 2^32 requests so many hit the cache whatever they ask for; `nil` where hits emerge.
  let fixedHits: UInt64?
  /// The model that clients ask for; that of all requests where no policy is asked.
  let requestedModel: ModelID

  /// The policies for so many tenants and models.
  init(_ policies: RequestPolicies, tenants: Int, models: Int) {
    // Settled before any property is set: of a value that cannot be copied none is read half-made.
    let fixedHits = policies.cache?.fixedHitRate.map { UInt64($0.fraction * 0x1p32) }
    let joinsAnything = policies.deduplication?.rule == .reference
    let lackTenant =
      policies.cache?.configuration.rule == .reference || policies.cache == nil && joinsAnything
    let routing = policies.routing
    router = routing.router
    textPlans = ContiguousArray(routing.textPlans)
    intendedModel = ContiguousArray(
      routing.textPlans.map { routing.router.model(intendedBy: $0) })
    isOpen = !policies.areTrivial
    self.fixedHits = fixedHits
    usesCache = policies.cache != nil && fixedHits == nil
    sharesAnswers = policies.cache != nil && fixedHits == nil || policies.deduplication != nil
    budget = policies.budget.map { BudgetDesk($0) }
    hasBudget = policies.budget != nil
    usesDeduplication = policies.deduplication != nil
    self.joinsAnything = joinsAnything
    cacheLatency = policies.cache?.latency ?? .zero
    requestedModel = ModelID(policies.requestedModel)
    keys = KeyRule(
      lackTenant: lackTenant, requestedModel: ModelID(policies.requestedModel), tenants: tenants,
      models: models)
    cache = ResponseCache(
      policies.cache?.configuration ?? ResponseCache.Configuration(capacity: 1))
    deduplicator = Deduplicator(policies.deduplication ?? Deduplicator.Configuration())
  }
}
