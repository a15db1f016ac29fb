// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import ResultsStore
import Scenario

extension ReplicationSource {
  /// The plan of the next round: all that the study lacks now.
  ///
  /// - Parameters:
  ///   - overrides: those that come before the points' own.
  ///   - paths: the files that were read up to now, in any order.
  ///   - shards: how many at most; one for each replication with requests when it is `nil`.
  /// - Precondition: something is lacking.
  package func round(
    overrides: [String], version: String, paths: [String], files: FileReader, shards: Int?
  ) async throws -> SweepPlan {
    let lacks = await ledger.round
    guard let first = lacks.first else { preconditionFailure("a round simulates something") }
    let points = lacks.enumerated().map { number, lack in
      PreparedSweep.Point(
        point: SweepPoint(number: number, values: [], overrides: lack.point.overrides),
        replications: lack.numbers.count, scenarioHash: lack.fleet.hash, refusal: "",
        part: PreparedSweep.Part(
          first: lack.numbers.lowerBound, reference: lack.fleet.reference,
          hasRequests: lack.fleet.hasRequests))
    }
    let scenario = first.point.loaded.scenario
    let sweep = PreparedSweep(
      SweepRequest(
        scenario: scenario.origin.path, overrides: overrides, vary: [], seed: first.fleet.seed,
        version: version),
      keys: [], seed: first.fleet.seed, confidence: scenario.run.confidence.fraction,
      points: points,
      files: files)
    let pairs = points.reduce(0) { $0 + $1.replications }
    let hasRequests = lacks.contains(where: \.fleet.hasRequests)
    return try SweepPlan(
      sweep, paths: paths, files: files,
      shards: shards ?? (hasRequests ? pairs : pairs / Self.billsInShard + 1))
  }

  /// Replications without requests take milliseconds each, less than it takes to start a process.
  private static var billsInShard: Int { 50 }

  /// Stores every fleet that was simulated with requests as a run, as the points of one sweep.
  ///
  /// The bytes of a new database depend on the study alone, wherever its replications were simulated.
  ///
  /// - Parameters:
  ///   - study: the path of the study or scenario.
  ///   - options: what else was asked, as options of the command.
  package func store(
    into store: ResultsStore, study: String, options: [String], version: String
  ) async throws {
    let fleets = await ledger.fleets
    let seed = fleets.first?.fleet.seed ?? 0
    let about = ["plimsoll study 1", version, "seed \(seed)"] + options
    let lines = fleets.map {
      "\($0.kept.point.overrides.joined(separator: " ")) \($0.kept.records.count) \($0.fleet.hash)"
    }
    let stored = try store.begin(
      SweepManifest(
        identity: ResultDigest.of((about + lines).joined(separator: "\n")), scenario: study,
        options: options.joined(separator: "\n"), version: version, seed: seed,
        overrides: fleets.map { $0.kept.point.overrides.joined(separator: "\n") }),
      startedAt: "")
    for (number, (fleet, kept)) in fleets.enumerated() {
      let loaded = kept.point.loaded
      let records = kept.records
      let assembly = RunAssembly(scenario: loaded.scenario, seed: fleet.seed, version: version)
      var references: [(scenario: Scenario, records: [ReplicationRecord])] = []
      for (position, scenario) in loaded.references.enumerated() {
        let all = await ledger.reference(position, of: fleet)
        references.append((scenario, Array(all.prefix(records.count))))
      }
      let digests = records.map { ResultDigest.of($0) }
      let judged = assembly.judge(records, references: references, look: nil)
      let point = FinishedPoint(
        point: number, manifest: assembly.manifest, records: Array(zip(records, digests)),
        results: assembly.results(
          records, digests: digests, judged: judged, notes: judged.measures.notes))
      _ = try store.finish(point, of: stored, startedAt: "", isDurable: false)
    }
  }
}
