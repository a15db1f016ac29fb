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
  static func of(
    _ pair: SweepPair, _ loaded: LoadedExperiment, _ part: PreparedSweep.Part?, seed: UInt64
  ) -> PairOutcome {
    let scenario = part?.reference.map { loaded.references[$0] } ?? loaded.scenario
    do {
      return .record(
        try FleetSimulation.kept(
          scenario, seed: seed, replication: pair.replication,
          withRequests: part?.hasRequests ?? true))
    } catch {
      return .failed("a law of conservation is broken, please report this: \(error)")
    }
  }
}

extension PreparedSweep {
  /// All replications of the points that can run, point by point.
  var pairs: [SweepPair] {
    points.flatMap { point in
      point.numbers.map { SweepPair(point: point.point.number, replication: $0) }
    }
  }

  /// Simulates pairs side by side; a point's scenario is read once for all its pairs in a row.
  ///
  /// With more than one job the scenario of the next point is read meanwhile, so that no job waits for it.
  ///
  /// - Parameters:
  ///   - take: takes a pair with the scenario of its point and what it came to.
  func simulate(
    _ pairs: [SweepPair], jobs: Int, inOrder: Bool,
    take: (SweepPair, LoadedExperiment, PairOutcome) throws -> Void
  ) async throws {
    let points = pairs.indices.filter { $0 == 0 || pairs[$0].point != pairs[$0 - 1].point }
      .map { pairs[$0].point }
    var readings: [(point: Int, task: Task<LoadedExperiment, any Error>)] = []
    var read = 0
    let seed = self.seed
    func startReading() {
      guard read < points.count else { return }
      let point = points[read]
      read += 1
      readings.append((point, Task { try load(point) }))
    }
    func task(_ number: Int) -> @Sendable () async throws -> (LoadedExperiment, PairOutcome) {
      let pair = pairs[number]
      while readings.first?.point != pair.point {
        if !readings.isEmpty { readings.removeFirst() }
        if readings.isEmpty { startReading() }
      }
      if jobs > 1 && readings.count == 1 { startReading() }
      let reading = readings[0].task
      let part = self.points[pair.point].part
      return {
        let loaded = try await reading.value
        return (loaded, PairOutcome.of(pair, loaded, part, seed: seed))
      }
    }
    if inOrder {
      try await SideBySide.inOrder(pairs.count, jobs: jobs, task: task) {
        try take(pairs[$0], $1.0, $1.1)
      }
    } else {
      try await SideBySide.run(pairs.count, jobs: jobs, task: task) {
        try take(pairs[$0], $1.0, $1.1)
      }
    }
  }
}
