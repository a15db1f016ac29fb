// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import SQLite

extension ResultsStore {
  /// Enters a run that begins now.
  ///
  /// - Parameters:
  ///   - startedAt: the wall-clock time as ISO 8601 text; no digest includes it.
  /// - Returns: the run's number, which no other run of this database ever gets.
  package func begin(_ manifest: RunManifest, startedAt: String) throws(StoreError) -> Int64 {
    try writing("entering a run") { database in
      let run = try insert(manifest, startedAt: startedAt, as: nil, in: database)
      try Insertion(into: "run_writer", ["run", "process"], in: database)([
        run, WritingProcess.current.description,
      ])
      return run
    }
  }

  /// Enters a run inside a transaction.
  ///
  /// - Parameters:
  ///   - number: a number that was kept for it; the next one when it is `nil`.
  func insert(
    _ manifest: RunManifest, startedAt: String, as number: Int64?, in database: Database
  ) throws -> Int64 {
    let columns = [
      "run", "scenario", "scenario_hash", "version", "seed", "price_book", "confidence",
      "started_at", "state",
    ]
    try Insertion(into: "run", columns, in: database)([
      number, manifest.scenario, manifest.scenarioHash, manifest.version, String(manifest.seed),
      manifest.priceBook, manifest.confidence, startedAt, RunSummary.State.running.rawValue,
    ])
    let run = database.lastInsertedRowID
    try Insertion(into: "run_scenario", ["run", "scenario_text"], in: database)([
      run, manifest.scenarioText,
    ])
    return run
  }

  /// The newest runs first.
  ///
  /// - Parameters:
  ///   - limit: how many at most.
  ///   - text: what the scenario's path contains or its hash begins with; `nil` for all runs.
  package func runs(limit: Int, matching text: String? = nil) throws(StoreError) -> [RunSummary] {
    try reading("listing runs") { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          \(RunSummary.query)
          WHERE ?1 IS NULL OR instr(scenario, ?1) > 0 OR instr(scenario_hash, ?1) = 1
          ORDER BY run DESC LIMIT ?2
          """, arguments: [text, max(0, limit)])
      return try rows.map(RunSummary.init)
    }
  }

  /// The run with that number; `nil` when there is none.
  package func run(_ id: Int64) throws(StoreError) -> RunSummary? {
    try reading("reading a run") { database in
      try Row.fetchOne(database, sql: "\(RunSummary.query) WHERE run = ?", arguments: [id])
        .map(RunSummary.init)
    }
  }

  /// The newest run of the scenario with exactly that path; `nil` when there is none.
  package func latestRun(of scenario: String) throws(StoreError) -> RunSummary? {
    try reading("reading a run") { database in
      try Row.fetchOne(
        database, sql: "\(RunSummary.query) WHERE scenario = ? ORDER BY run DESC LIMIT 1",
        arguments: [scenario]
      ).map(RunSummary.init)
    }
  }

  /// What a run was made from.
  ///
  /// - Throws: ``StoreError`` when there is no such run.
  package func manifest(of run: Int64) throws(StoreError) -> RunManifest {
    try reading("reading a manifest") { database in
      let sql = "SELECT * FROM run JOIN run_scenario USING (run) WHERE run = ?"
      guard let row = try Row.fetchOne(database, sql: sql, arguments: [run]) else {
        throw Refusal.noRun(run)
      }
      return try RunManifest(
        scenario: row["scenario"], scenarioText: row["scenario_text"],
        scenarioHash: row["scenario_hash"], version: row["version"], seed: row.seed,
        priceBook: row["price_book"], confidence: row["confidence"])
    }
  }

  /// The state of a run inside a transaction.
  func state(of run: Int64, in database: Database) throws -> RunSummary.State {
    let text = try String.fetchOne(
      database, sql: "SELECT state FROM run WHERE run = ?", arguments: [run])
    guard let text else { throw Refusal.noRun(run) }
    guard let state = RunSummary.State(rawValue: text) else {
      throw Refusal(reason: "is damaged: run \(run) has an unknown state")
    }
    return state
  }

  /// Refuses to add to a run that is not there or already finished.
  func checkOpen(_ run: Int64, in database: Database) throws {
    guard try state(of: run, in: database) == .running else {
      throw Refusal(reason: "run \(run) is finished; nothing can be added to it")
    }
  }
}

extension Refusal {
  static func noRun(_ run: Int64) -> Refusal { Refusal(reason: "holds no run \(run)") }
}
