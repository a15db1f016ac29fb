// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Policies
import Quantities
import RequestPath
import Scenario
import Serving

/// What the policies decide, written down where somebody asked for it.
extension Replication where Engine: ~Copyable {
  /// Begins the log with the policies' settings.
  mutating func beginLog(_ order: ReplicationOrder) {
    var header = DecisionHeader(
      start: scenario.run.start,
      source: "\(scenario.origin.path), seed \(order.seed), replication \(order.replication)")
    header.spot = scenario.policies.spot
    header.autoscaler = scaling.autoscaler.map {
      ($0.configuration, scenario.fleet.pools.reduce(0) { $0 + $1.wanted(at: now) })
    }
    if order.aboutRequests {
      path.describe(in: &header)
      if requests.store.isUsed { header.cache = requests.store.cache.configuration }
    }
    path.begin(DecisionWriter(header), aboutRequests: order.aboutRequests)
  }

  /// Hands over the lines that were written, once there are so many bytes of them.
  mutating func handOverDecisions(atLeast bytes: Int = 1 << 20) {
    guard journal.isLogging, let lines = path.log?.line.bytes, lines.count >= bytes else { return }
    journal.takeDecisions(lines)
    path.log?.clear()
  }

  // MARK: Of the store

  // Never inlined: hardly a run writes a log, and every request passes where it would be written.

  @inline(never)
  mutating func log(primed key: CacheKey, storedAt: Instant) {
    path.log?.write(primed: key, storedAt: storedAt, at: now, cache: requests.store.cache)
  }

  @inline(never)
  mutating func log(_ offer: Offer, of response: StoredResponse) {
    var response = response
    response.isDeterministic = offer.admission != .refused(.notDeterministic)
    path.log?.write(
      answered: offer.key, response, at: now, offer.admission, cache: requests.store.cache)
  }
}
