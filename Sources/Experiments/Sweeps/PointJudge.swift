// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Recording
import ResultsStore
import Scenario

/// Puts the replications of points together and judges them, as a run of each point alone would.
struct PointJudge {
  /// The replications of a scenario that points are compared with.
  private struct Reference {
    let scenario: Scenario
    let hasRequests: Bool
    var records: [ReplicationRecord] = []
  }

  private let seed: UInt64
  private let version: String
  private var known: [Reference] = []

  init(seed: UInt64, version: String) {
    self.seed = seed
    self.version = version
  }

  /// What a point comes to.
  ///
  /// - Parameters:
  ///   - records: all its replications, in order.
  mutating func judge(
    _ point: Int, _ loaded: LoadedExperiment, _ records: [ReplicationRecord]
  ) throws -> FinishedPoint {
    let assembly = RunAssembly(scenario: loaded.scenario, seed: seed, version: version)
    let references = try loaded.references.map { scenario in
      (
        scenario,
        try replications(
          records.count, of: scenario,
          withRequests: loaded.needsRequests(of: scenario, beside: records))
      )
    }
    let digests = records.map { ResultDigest.of($0) }
    let judged = assembly.judge(records, references: references, look: nil)
    return FinishedPoint(
      point: point, manifest: assembly.manifest, records: Array(zip(records, digests)),
      results: assembly.results(
        records, digests: digests, judged: judged, notes: judged.measures.notes))
  }

  /// The first replications of a scenario, which most points of a sweep share.
  private mutating func replications(
    _ count: Int, of scenario: Scenario, withRequests: Bool
  ) throws -> [ReplicationRecord] {
    let position = known.firstIndex {
      $0.scenario.origin.canonicalText == scenario.origin.canonicalText
        && $0.scenario.origin.path == scenario.origin.path
        && $0.scenario.run.requests == scenario.run.requests && $0.hasRequests == withRequests
    }
    var reference =
      position.map { known.remove(at: $0) }
      ?? Reference(scenario: scenario, hasRequests: withRequests)
    while reference.records.count < count {
      var record = try FleetSimulation.kept(
        scenario, seed: seed, replication: reference.records.count, withRequests: withRequests)
      record.dropDetail(digest: ResultDigest.of(record))
      reference.records.append(record)
    }
    // A sweep over the windows themselves would otherwise keep one for each.
    known = [reference] + known.prefix(3)
    return Array(reference.records.prefix(count))
  }
}
