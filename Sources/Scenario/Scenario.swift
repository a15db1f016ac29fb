// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities
import ReplicaModel
import Workload

/// One fleet with its workload, policies and targets: a scenario file, checked and complete.
package struct Scenario: Sendable {
  /// How long before the start machines begin to come and go where they need time to do so: long
  /// enough for boots, back-offs and holds to have forgotten how they began.
  package static let slowWarmUp = TimeSpan.hours(48)

  /// What it was read from, and what a reader should know of it.
  package let origin: Origin
  /// What is simulated of it, and how often.
  package private(set) var run: Run
  /// Which requests arrive when.
  package let workload: WorkloadModel
  /// What prompts begin with; `nil` where they share nothing that anybody says.
  package let systemPrompts: SystemPrompts?
  /// How long a client waits for an answer; `nil` for ever.
  package let timeout: TimeSpan?
  /// Its models and machines.
  package let fleet: Fleet
  /// What is paid.
  package let costs: Costs
  /// The policies that decide in it.
  package private(set) var policies: FleetPolicies
  /// The targets in the order of the file.
  package let targets: [Target]
  /// How much worse than before measures may be, in the order of the file.
  package let tolerances: [Tolerance]

  /// A scenario of those values.
  package init(
    origin: Origin, run: Run, workload: WorkloadModel, systemPrompts: SystemPrompts? = nil,
    timeout: TimeSpan?, fleet: Fleet, costs: Costs, policies: FleetPolicies, targets: [Target],
    tolerances: [Tolerance] = []
  ) {
    self.origin = origin
    self.run = run
    self.workload = workload
    self.systemPrompts = systemPrompts
    self.timeout = timeout
    self.fleet = fleet
    self.costs = costs
    self.policies = policies
    self.targets = targets
    self.tolerances = tolerances
  }

  /// The same scenario without what only requests ask: enough to rehearse when machines come and go.
  package var withoutRequestPolicies: Scenario {
    var scenario = self
    scenario.policies.requests.cache = nil
    scenario.policies.requests.deduplication = nil
    scenario.policies.requests.budget = nil
    return scenario
  }

  /// The same scenario with requests simulated in other parts of the horizon.
  package func simulatingRequests(in requests: Requests) -> Scenario {
    var scenario = self
    scenario.run.requests = requests
    return scenario
  }

  /// Requests a second that the whole fleet can answer when every batch is full.
  package var maximumThroughput: Double {
    fleet.pools.reduce(0) { $0 + Double($1.wanted) * $1.machineThroughput }
  }

  /// The limits that targets name, each once.
  package var timeLimits: [TimeLimits] {
    var limits: [TimeLimits] = []
    for target in targets {
      if case .tokens(.goodput(let asked)) = target.measure, !limits.contains(asked) {
        limits.append(asked)
      }
    }
    return limits
  }

  /// Whether its replicas serve by tokens; either all do or none.
  package var knowsTokens: Bool {
    fleet.pools.contains { $0.replicas.contains { $0.service.tokens != nil } }
  }

  /// Whether the number of its machines may differ from one time to another.
  package var hasMovingFleet: Bool {
    policies.autoscaling != nil
      || fleet.pools.contains { $0.cloud.market == .spot || $0.schedule != nil }
  }

  /// Whether it is known before a run that nothing random will reach the bill, so that one replication
  /// tells it; what a run drew says it of more scenarios, afterwards.
  package var isBillExact: Bool {
    // Where launches take time, machines that go wait for their requests.
    let isNeverReleased = fleet.pools.allSatisfy { pool in
      pool.cloud.launch == .ideal
        || pool.schedule == nil && pool.cloud.places.allSatisfy { $0 == .always }
          && pool.cloud.shared.isEmpty
    }
    return costs.egress.isEmpty && policies.autoscaling == nil && isNeverReleased
      && fleet.pools.allSatisfy { pool in
        !isCapacityRandom(of: pool) && pool.cloud.lifetime == nil
          && pool.cloud.longestLife == nil && pool.cloud.shocks.isEmpty
          && pool.cloud.priceLaw == nil && !pool.cloud.launch.isAnswerRandom
          && !pool.cloud.launch.isStartRandom
      }
  }

  /// Whether it is drawn at random when machines of a pool can be had.
  package func isCapacityRandom(of pool: Pool) -> Bool {
    pool.cloud.places.contains(where: \.isRandom)
      || pool.cloud.shared.contains { fleet.sharedCapacities[$0].law.isRandom }
  }

  /// The share of time in which a place of a pool can be had, in the long run; `nil` where it follows from
  /// no law, as with two traces of the same time or one that is entered at a given place.
  package func expectedUptime(ofPlace index: Int, in pool: Pool) -> Double? {
    var laws = pool.cloud.shared.map { fleet.sharedCapacities[$0] }
      .filter { $0.drop != .replace }.map(\.law)
    laws.append(pool.cloud.places[index])
    var traces = 0
    for law in laws {
      guard case .replay(_, let from) = law else { continue }
      traces += 1
      if from != nil || traces > 1 { return nil }
    }
    return laws.reduce(1) { $0 * $1.availability(ofPlace: index) }
  }
}
