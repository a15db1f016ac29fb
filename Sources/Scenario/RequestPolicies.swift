// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Workload

/// The policies that every request passes between its arrival and a replica.
package struct RequestPolicies: Sendable {
  /// The response cache and what it takes to ask it.
  package struct Cache: Sendable {
    /// How the cache goes.
    package let configuration: ResponseCache.Configuration
    /// How long an answer out of the cache takes.
    package let latency: TimeSpan
    /// The share of requests that hit whatever they ask for; `nil` where hits emerge.
    package let fixedHitRate: Share?

    /// A cache of those values.
    package init(
      configuration: ResponseCache.Configuration, latency: TimeSpan, fixedHitRate: Share? = nil
    ) {
      self.configuration = configuration
      self.latency = latency
      self.fixedHitRate = fixedHitRate
    }
  }

  /// What may be spent on requests, and by what they are charged.
  package struct Budget: Sendable {
    /// The limits of one period.
    package let ledger: CostLedger.Configuration
    /// How long a period is; the first begins with the first request.
    package let period: TimeSpan
    /// By what a request is charged.
    package let charge: ChargeRule
    /// What is put aside for a request before it runs.
    package let estimate: USD
  }

  private let routed: OnDemand<Routing.Law, Routing>
  /// The strongest model: the one that clients ask for, whatever is served.
  package var requestedModel: Int
  /// The response cache; `nil` for none.
  package var cache: Cache?
  /// The de-duplication of requests in flight; `nil` for none.
  package var deduplication: Deduplicator.Configuration?
  /// The cost ledger's budget; `nil` for none.
  package var budget: Budget?

  /// Policies of those values.
  package init(
    routing: Routing.Law, requestedModel: Int, cache: Cache?,
    deduplication: Deduplicator.Configuration?
  ) {
    routed = OnDemand(routing) { Routing($0) }
    self.requestedModel = requestedModel
    self.cache = cache
    self.deduplication = deduplication
  }

  /// The router and what it makes of the texts.
  ///
  /// - Complexity: O(n) for n characters of all texts the first time, for all copies.
  package var routing: Routing { routed.value }

  /// Whether every request goes to one model and nothing is shared: then nothing is asked.
  package var areTrivial: Bool {
    cache == nil && deduplication == nil && budget == nil
      && routing.textPlans.allSatisfy { $0.reason == .fixed }
  }
}
