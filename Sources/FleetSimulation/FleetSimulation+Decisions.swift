// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Policies
import Quantities
import Scenario
import Serving
import Workload

/// What the policies decide, written down where somebody asked for it.
extension FleetSimulation {
  /// Begins the log with the policies' settings and what the router makes of each text.
  mutating func beginLog(seed: UInt64, replication: UInt32) {
    var header = DecisionHeader(
      start: scenario.start,
      source: "\(scenario.path), seed \(seed), replication \(replication)")
    header.spot = scenario.spot
    header.autoscaler = autoscaler.map {
      ($0.configuration, scenario.pools.reduce(0) { $0 + $1.wanted(at: now) })
    }
    if logsRequests {
      header.replicas = (0..<bank.count).map { board[$0] }
      if desk.isOpen { header.router = desk.router.configuration }
      if desk.usesCache { header.cache = desk.cache.configuration }
      if desk.usesDeduplication { header.deduplicator = desk.deduplicator.configuration }
      header.ledger = desk.budget?.ledger.configuration
    }
    decisionLog = DecisionWriter(header)
    guard logsRequests, desk.isOpen else { return }
    for (text, plan) in desk.textPlans.enumerated() {
      decisionLog?.write(plan: plan, of: text, at: now)
    }
  }

  /// Hands over the lines that were written, once there are so many bytes of them.
  mutating func handOverDecisions(atLeast bytes: Int = 1 << 20) {
    guard isLogging, let lines = decisionLog?.line.bytes, lines.count >= bytes else { return }
    takeDecisions(lines)
    decisionLog?.clear()
  }

  // MARK: Of requests

  // Never inlined: hardly a run writes a log, and every request passes where it would be written.

  @inline(never)
  mutating func logChoice(
    of model: ModelID, within longestWait: TimeSpan?, _ choice: LeastLoaded.Choice
  ) {
    decisionLog?.write(choiceOf: model, within: longestWait, at: now, among: board, choice)
    handOverDecisions()
  }

  @inline(never)
  mutating func log(routeOf arrival: Arrival, _ session: UInt64, _ decision: RouteDecision) {
    let question = question(of: arrival, session)
    decisionLog?.write(
      question, text: Int(arrival.textIndex), at: now, among: board, decision)
  }

  @inline(never)
  mutating func log(primed key: CacheKey, storedAt: Instant) {
    decisionLog?.write(primed: key, storedAt: storedAt, at: now, cache: desk.cache)
  }

  @inline(never)
  mutating func log(lookUp key: CacheKey, isDeterministic: Bool, _ answer: CacheAnswer) {
    decisionLog?.write(lookUp: key, isDeterministic: isDeterministic, at: now, answer)
  }

  @inline(never)
  mutating func log(
    join key: CacheKey, isDeterministic: Bool, waiter: Int32, _ deadline: Instant,
    _ answer: JoinAnswer
  ) {
    decisionLog?.write(
      join: key, isDeterministic: isDeterministic, waiter: UInt32(waiter), deadline: deadline,
      at: now, answer)
  }

  @inline(never)
  mutating func log(
    answered key: CacheKey, _ response: StoredResponse, _ admission: ResponseCache.Admission
  ) {
    decisionLog?.write(answered: key, response, at: now, admission, cache: desk.cache)
  }

  /// Writes down how a flight ended and for whom, and forgets the latter.
  @inline(never)
  mutating func log(land flight: FlightID, _ outcome: FlightOutcome, _ landing: Landing) {
    decisionLog?.write(land: flight, outcome, at: now, landing, delivered)
    delivered.removeAll(keepingCapacity: true)
  }
}
