// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Scenario
import Serving
import Workload

/// The requests of a replication, and what is asked of the store for them.
struct RequestWorld: ~Copyable {
  var source: RequestSource
  /// The store of answers that the path asks about.
  var store: SimulatedStore
  /// What the store is asked of the requests that were drawn ahead.
  var drawn = DrawnRequests(count: RequestSource.columnLength)
  /// What it holds of contents that nobody asked for yet in this window.
  var primed: PrimedContents
  /// Which conversation each request belongs to.
  let sessions: SessionLaw
  /// Whether requests run at all in this replication.
  let areSimulated: Bool
  /// Whether they arrive now.
  var areArriving = false
  /// How many arrived, measured or not.
  var simulated: UInt64 = 0
  /// How many windows began with requests that were waiting.
  var windowsBegun: UInt64 = 0
  /// A digest of all measured ones.
  var digest: UInt64 = 0
  /// Those of lost replicas, until they look for another.
  var displaced: [Ticket] = []
  /// Whether they will look at this instant.
  var isRedispatchDue = false
  /// How many no replica can ever answer, as they are longer than its engine takes.
  var tooLong: Int64 = 0
  /// Answers to which a next request of the conversation follows, and those that came later than it.
  var followed: Int64 = 0
  var overtaken: Int64 = 0

  /// The requests of a scenario from an instant on.
  init(_ scenario: Scenario, _ order: ReplicationOrder, from opening: Instant) {
    let mix = scenario.workload.mix
    source = RequestSource(
      scenario.workload, from: opening, seed: order.seed, replication: order.number)
    store = SimulatedStore(
      scenario.policies.requests, tenants: mix.tenantNames.count,
      models: scenario.fleet.models.count,
      fixedHitStream: order.stream(.fixedHits, 0))
    primed = PrimedContents(
      shares: store.isUsed ? mix.contentShares : [],
      tenants: store.keys.lackTenant ? [1] : mix.tenantShares,
      life: store.cache.configuration.ttl,
      highestRate: store.isUsed ? scenario.highestRate : 0, ahead: RequestSource.columnLength,
      stream: { order.stream(.cachePriming, $0) })
    sessions = scenario.workload.sessionLaw
    areSimulated = order.withRequests
  }
}
