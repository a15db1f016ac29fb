// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Quantities
import Recording
import ResultsStore
import Scenario
import Statistics

/// Runs the replications of a scenario side by side, stores them in order and judges the targets.
///
/// Each replication is a function of scenario, seed and number, and everything is put together in the
/// order of numbers, so the number of jobs changes nothing but the time that it takes.
package struct Experiment: Sendable {
  /// How a run is made.
  package struct Options: Sendable {
    /// The seed; the scenario's own when it is `nil`.
    package var seed: UInt64?
    /// How many replications; as many as the scenario says when it is `nil`.
    package var replications: Int?
    /// How many replications run side by side.
    package var jobs: Int
    /// The version that is written into the results.
    package var version: String
    /// The time that is written into the results, and into nothing else.
    package var startedAt: String

    /// Options of those values.
    package init(
      seed: UInt64?, replications: Int?, jobs: Int, version: String, startedAt: String
    ) {
      self.seed = seed
      self.replications = replications
      self.jobs = jobs
      self.version = version
      self.startedAt = startedAt
    }
  }

  /// What a run came to.
  package struct Outcome: Sendable {
    /// The scenario.
    package let scenario: Scenario
    /// The number of the run in the results database.
    package let run: Int64
    /// Its results.
    package let results: RunResults
    /// The seed that it used.
    package let seed: UInt64
    /// Requests that were simulated, measured or not.
    package let simulatedRequests: UInt64
  }

  private let loaded: LoadedExperiment
  private let options: Options

  /// An experiment with a scenario.
  package init(_ loaded: LoadedExperiment, options: Options) {
    self.loaded = loaded
    self.options = options
  }

  private var seed: UInt64 { options.seed ?? loaded.scenario.seed }
  private var count: Int { options.replications ?? loaded.scenario.replications }

  /// Runs all replications and stores each as soon as those before it are stored.
  ///
  /// - Parameters:
  ///   - progress: called with how many replications are stored and how many there will be.
  /// - Throws: `StoreError`, or `ConservationError` when a replication lost something.
  package func run(
    into store: ResultsStore, progress: @Sendable (Int, Int) -> Void
  ) async throws -> Outcome {
    let scenario = loaded.scenario
    let run = try store.begin(
      RunManifest(
        scenario: scenario.path, scenarioText: scenario.canonicalText,
        scenarioHash: ResultDigest.of(scenario.canonicalText), version: options.version,
        seed: seed, priceBook: scenario.priceBook, confidence: scenario.confidence.fraction),
      startedAt: options.startedAt)
    var digests: [String] = []
    progress(0, count)
    let records = try await replications(of: scenario, withRequests: true) { record in
      let digest = ResultDigest.of(record)
      digests.append(digest)
      try store.add(record, digest: digest, to: run)
      progress(digests.count, count)
    }
    var references: [(path: String, measures: Measures)] = []
    for reference in loaded.references {
      let records = try await replications(
        of: reference, withRequests: loaded.needsRequests(of: reference, beside: records)
      ) { _ in }
      references.append((reference.path, Measures(reference, records: records)))
    }
    let results = self.results(records, digests: digests, references: references)
    try store.finish(run, results)
    return Outcome(
      scenario: scenario, run: run, results: results, seed: seed,
      simulatedRequests: records.reduce(0) { $0 + $1.simulatedRequests })
  }

  private func results(
    _ records: [ReplicationRecord], digests: [String],
    references: [(path: String, measures: Measures)]
  ) -> RunResults {
    let scenario = loaded.scenario
    let measures = Measures(scenario, records: records)
    let judge = Judge(
      measures, references: references, confidence: scenario.confidence.fraction)
    let verdicts = scenario.targets.map { judge.verdict(on: $0) }
    let identity = "\(options.version) \(seed) \(ResultDigest.of(scenario.canonicalText))"
    return RunResults(
      digest: ResultDigest.of(([identity] + digests).joined(separator: "\n")),
      replications: records.count,
      requests: records.reduce(RequestCounts()) { $0 + $1.requests },
      measures: measures.rows, invoice: InvoiceSummary.rows(records), verdicts: verdicts)
  }

  /// Runs the replications, at most as many at a time as there are jobs, and hands each over in order.
  private func replications(
    of scenario: Scenario, withRequests: Bool, inOrder: (ReplicationRecord) throws -> Void
  ) async throws -> [ReplicationRecord] {
    let seed = self.seed
    let total = count
    return try await withThrowingTaskGroup(of: ReplicationRecord.self) { group in
      var next = 0
      var waiting: [ReplicationRecord] = []
      var done: [ReplicationRecord] = []
      func startNext() {
        guard next < total else { return }
        let number = next
        next += 1
        group.addTask {
          try FleetSimulation.run(
            scenario, seed: seed, replication: number, withRequests: withRequests)
        }
      }
      for _ in 0..<max(1, options.jobs) { startNext() }
      while let record = try await group.next() {
        startNext()
        waiting.append(record)
        while let position = waiting.firstIndex(where: { $0.replication == done.count }) {
          let record = waiting.remove(at: position)
          try inOrder(record)
          done.append(record)
        }
      }
      return done
    }
  }
}

extension LoadedExperiment {
  /// Whether requests must run to compare with a scenario; its bill alone seldom needs them, and where
  /// the scenario itself lost none its goodput is known.
  fileprivate func needsRequests(
    of reference: Scenario, beside records: [ReplicationRecord]
  ) -> Bool {
    let lostAny = records.contains { $0.weighted.answered < $0.weighted.arrived }
    return !reference.egress.isEmpty
      || lostAny && scenario.targets.contains { $0.measure == .goodput(against: reference.path) }
  }
}
