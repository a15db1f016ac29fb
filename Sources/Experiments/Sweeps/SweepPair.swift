// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Recording
import Scenario

/// A replication of a point: the unit of work of a sweep.
package struct SweepPair: Sendable, Equatable {
  /// The number of the point.
  package let point: Int
  /// The number of the replication.
  package let replication: Int

  /// A pair of those numbers.
  package init(point: Int, replication: Int) {
    self.point = point
    self.replication = replication
  }
}

/// What a replication of a point came to.
enum PairOutcome: Sendable {
  /// It came to its end.
  case record(ReplicationRecord)
  /// It broke a law of conservation, which is a bug of ours; other points go on.
  case failed(String)

  /// Simulates a pair.
  static func of(_ pair: SweepPair, _ scenario: Scenario, seed: UInt64) -> PairOutcome {
    do {
      return .record(
        try FleetSimulation.run(scenario, seed: seed, replication: pair.replication))
    } catch {
      return .failed("a law of conservation is broken, please report this: \(error)")
    }
  }
}

extension PreparedSweep {
  /// All replications of the points that can run, point by point.
  var pairs: [SweepPair] {
    points.flatMap { point in
      (0..<point.replications).map { SweepPair(point: point.point.number, replication: $0) }
    }
  }

  /// Simulates pairs side by side; a point's scenario is read once for all its pairs in a row.
  func simulate(
    _ pairs: [SweepPair], jobs: Int, inOrder: Bool,
    take: (SweepPair, PairOutcome) throws -> Void
  ) async throws {
    var open: (point: Int, scenario: Scenario)?
    let seed = self.seed
    func task(_ number: Int) throws -> @Sendable () throws -> PairOutcome {
      let pair = pairs[number]
      let scenario: Scenario
      if let open, open.point == pair.point {
        scenario = open.scenario
      } else {
        scenario = try load(pair.point).scenario
        open = (pair.point, scenario)
      }
      return { PairOutcome.of(pair, scenario, seed: seed) }
    }
    if inOrder {
      try await SideBySide.inOrder(pairs.count, jobs: jobs, task: task) { try take(pairs[$0], $1) }
    } else {
      try await SideBySide.run(pairs.count, jobs: jobs, task: task) { try take(pairs[$0], $1) }
    }
  }
}
