// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Policies
import Quantities
import Scenario
import Serving

/// What the policies decide, written down where somebody asked for it.
extension FleetSimulation {
  /// Begins the log with the policies' settings and what the router makes of each text.
  mutating func beginLog(seed: UInt64, replication: UInt32) {
    var header = DecisionHeader(
      start: scenario.start,
      source: "\(scenario.path), seed \(seed), replication \(replication)")
    header.spot = scenario.spot
    header.autoscaler = autoscaler.map {
      ($0.configuration, scenario.pools.reduce(0) { $0 + $1.wanted })
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

  mutating func logChoice(
    of model: ModelID, within longestWait: TimeSpan?, _ choice: LeastLoaded.Choice
  ) {
    decisionLog?.write(choiceOf: model, within: longestWait, at: now, among: board, choice)
    handOverDecisions()
  }

  mutating func log(_ request: RouteRequest, text: Int, _ decision: RouteDecision) {
    decisionLog?.write(request, text: text, at: now, among: board, decision)
  }
}
