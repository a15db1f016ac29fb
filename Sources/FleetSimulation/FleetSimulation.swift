// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import RandomStreams
import Recording
import ReplicaModel
import Scenario

/// Runs the fleet of a scenario with its requests and its policies in simulated time.
package enum FleetSimulation {
  /// Runs one replication and checks that nothing was lost in it.
  ///
  /// The engine is chosen here, once, so that what runs knows which it is.
  ///
  /// - Parameters:
  ///   - withRequests: whether requests arrive; without them only the slow world and its bill are run.
  ///   - decisions: takes the lines of the decision log, some thousands at a time; `nil` for no log.
  ///   - subjects: what the log is about.
  /// - Throws: ``ConservationError`` when a law of conservation is broken, ``Quantities/BillOutOfRange`` when the bill
  ///   is more than amounts hold.
  package static func run(
    _ scenario: Scenario, seed: UInt64, replication: Int, withRequests: Bool = true,
    decisions: ((_ lines: [UInt8]) -> Void)? = nil,
    about subjects: DecisionSubjects = [.machines, .policies]
  ) throws -> ReplicationRecord {
    let order = ReplicationOrder(
      seed: seed, replication: replication, withRequests: withRequests, decisions: decisions,
      subjects: subjects)
    return scenario.knowsTokens
      ? try Replication<TokenReplicas>.run(scenario, order)
      : try Replication<BatchReplicas>.run(scenario, order)
  }
}

/// What is to be run, beside the scenario.
struct ReplicationOrder {
  let seed: UInt64
  /// The number of the replication.
  let replication: Int
  /// Whether requests arrive.
  var withRequests: Bool
  /// Takes the lines of the decision log; `nil` for no log.
  var decisions: ((_ lines: [UInt8]) -> Void)?
  /// What the log is about.
  var subjects: DecisionSubjects

  /// The number of the replication as streams take it.
  var number: UInt32 { UInt32(replication) }

  /// The draws of one purpose and entity.
  func stream(_ purpose: StreamPurpose, _ entity: UInt32) -> RandomStream {
    RandomStream(seed: seed, replication: number, purpose: purpose, entity: entity)
  }
}
