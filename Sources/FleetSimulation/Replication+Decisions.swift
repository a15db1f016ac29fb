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
    let subjects = order.subjects
    if subjects.contains(.machines) {
      header.spot = scenario.policies.spot
      header.autoscaler = scaling.autoscaler.map {
        ($0.configuration, scenario.fleet.pools.reduce(0) { $0 + $1.wanted(at: now) })
      }
    }
    if subjects != .machines { path.describe(in: &header, for: subjects) }
    if subjects.contains(.policies), requests.store.isUsed {
      header.cache = requests.store.cache.configuration
    }
    path.begin(DecisionWriter(header), about: subjects)
  }

  /// Whether what the spot manager and the autoscaler decide is written.
  var logsMachines: Bool { @inline(__always) get { path.subjects.contains(.machines) } }

  /// Whether each policy's answers about requests are written.
  var logsPolicies: Bool { @inline(__always) get { path.subjects.contains(.policies) } }

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
