// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Recording
import ResultsStore
import Scenario

/// Gathers the replications of points, and judges and stores each point once it has all of them.
///
/// A sweep in one process and the merge of its shards both end here, so they cannot differ.
struct PointCollector {
  private let sweep: PreparedSweep
  private let store: ResultsStore
  private let stored: StoredSweep
  private let startedAt: String
  private let isDurable: Bool
  private var judge: PointJudge
  private var open: [Int: [PairOutcome?]] = [:]
  private var outcomes: [SweepAnswer.Outcome?]

  /// A collector into a sweep of a database; what is stored already is read from there.
  init(
    _ sweep: PreparedSweep, into store: ResultsStore, as stored: StoredSweep, startedAt: String,
    isDurable: Bool
  ) throws {
    self.sweep = sweep
    self.store = store
    self.stored = stored
    self.startedAt = startedAt
    self.isDurable = isDurable
    judge = PointJudge(seed: sweep.seed, version: sweep.request.version)
    outcomes = sweep.points.map { _ in nil }
    var refused: [(point: Int, reason: String)] = []
    for (point, state) in zip(sweep.points, stored.points) {
      let number = point.point.number
      switch state {
      case .finished(let run):
        guard let results = try store.results(of: run) else { continue }
        outcomes[number] = .finished(
          SweepAnswer.Finished(
            run: run, results: results,
            records: try store.soundReplications(of: run, parts: .billsAndLatencies)))
      case .failed(let reason): outcomes[number] = .failed(reason)
      case .planned where point.replications == 0:
        refused.append((number, point.refusal))
        outcomes[number] = .failed(point.refusal)
      case .planned: break
      }
    }
    if !refused.isEmpty { try store.fail(refused, of: stored) }
  }

  /// Whether nothing is left to do for a point.
  func isDone(_ point: Int) -> Bool { outcomes[point] != nil }

  /// Takes in what a replication came to.
  ///
  /// - Parameters:
  ///   - loaded: the scenario of its point; read again where it is `nil`.
  mutating func take(
    _ pair: SweepPair, _ loaded: LoadedExperiment?, _ outcome: PairOutcome
  ) throws {
    let count = sweep.points[pair.point].replications
    var found = open.removeValue(forKey: pair.point) ?? [PairOutcome?](repeating: nil, count: count)
    found[pair.replication] = outcome
    let ended = found.compactMap(\.self)
    guard ended.count == count else {
      open[pair.point] = found
      return
    }
    var records: [ReplicationRecord] = []
    for outcome in ended {
      switch outcome {
      case .record(let record): records.append(record)
      case .failed(let reason): return try fail(pair.point, reason)
      }
    }
    let loaded = try loaded ?? sweep.load(pair.point)
    let edges = loaded.scenario.latencyEdges
    let flaw =
      records.flaw
      ?? (records.allSatisfy { $0.times.all.allSatisfy { $0.value.edges == edges } }
        ? nil : "it counts above other times than the targets of its scenario name")
    if let flaw { throw UnreadableReplication("point \(pair.point): \(flaw)") }
    let finished = try judge.judge(pair.point, loaded, records)
    let run = try store.finish(finished, of: stored, startedAt: startedAt, isDurable: isDurable)
    outcomes[pair.point] = .finished(
      SweepAnswer.Finished(run: run, results: finished.results, records: records))
  }

  private mutating func fail(_ point: Int, _ reason: String) throws {
    try store.fail([(point, reason)], of: stored)
    outcomes[point] = .failed(reason)
  }

  /// What all points came to.
  ///
  /// - Precondition: every point is done.
  func answer(confidence: Double) -> SweepAnswer {
    SweepAnswer(
      scenario: sweep.request.scenario, identity: sweep.identity, seed: sweep.seed,
      keys: sweep.keys, confidence: confidence,
      points: zip(sweep.points, outcomes).map { point, outcome in
        guard let outcome else { preconditionFailure("a sweep ends when every point is done") }
        return SweepAnswer.Point(
          number: point.point.number, values: point.point.values, outcome: outcome)
      })
  }
}

extension PreparedSweep {
  /// The sweep as a database keeps it.
  package var manifest: SweepManifest {
    SweepManifest(
      identity: identity, scenario: request.scenario, options: request.options,
      version: request.version, seed: seed,
      overrides: points.map { $0.point.overrides.joined(separator: "\n") })
  }
}
