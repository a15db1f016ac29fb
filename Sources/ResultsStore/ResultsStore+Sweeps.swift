// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import SQLite

extension ResultsStore {
  /// Enters a sweep that begins now, and keeps a number for the run of each of its points.
  ///
  /// So the runs of a sweep have the same numbers in whatever order its points end.
  ///
  /// - Parameters:
  ///   - startedAt: the wall-clock time as ISO 8601 text, or nothing.
  package func begin(
    _ manifest: SweepManifest, startedAt: String
  ) throws(StoreError) -> StoredSweep {
    try writing("entering a sweep") { database in
      try begin(manifest, startedAt: startedAt, in: database)
    }
  }

  private func begin(
    _ manifest: SweepManifest, startedAt: String, in database: Database
  ) throws -> StoredSweep {
    let last =
      try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'run'") ?? 0
    let kept = last + Int64(manifest.overrides.count)
    try database.execute(
      sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'run'", arguments: [kept])
    if database.changesCount == 0 {
      try Insertion(into: "sqlite_sequence", ["name", "seq"], in: database)(["run", kept])
    }
    let columns = [
      "identity", "scenario", "options", "version", "seed", "started_at", "first_run",
    ]
    try Insertion(into: "sweep", columns, in: database)([
      manifest.identity, manifest.scenario, manifest.options, manifest.version,
      String(manifest.seed), startedAt, last + 1,
    ])
    let sweep = database.lastInsertedRowID
    let insert = try Insertion(
      into: "sweep_point", ["sweep", "point", "overrides", "state", "reason"], in: database)
    for (point, overrides) in manifest.overrides.enumerated() {
      try insert([sweep, point, overrides, "planned", ""])
    }
    return StoredSweep(
      id: sweep, firstRun: last + 1, points: manifest.overrides.map { _ in .planned })
  }

  /// The newest sweep of that identity; `nil` when there is none.
  package func sweep(ofIdentity identity: String) throws(StoreError) -> StoredSweep? {
    try reading("looking for a sweep") { try sweep(ofIdentity: identity, in: $0) }
  }

  private func sweep(ofIdentity identity: String, in database: Database) throws -> StoredSweep? {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT sweep, first_run FROM sweep WHERE identity = ? ORDER BY sweep DESC LIMIT 1",
      arguments: [identity])
    guard let row else { return nil }
    let points = try Row.fetchAll(
      database, sql: "SELECT state, run, reason FROM sweep_point WHERE sweep = ? ORDER BY point",
      arguments: [try row["sweep"] as Int64]
    ).map { point -> StoredSweep.State in
      switch (try point["state"] as String, try point["run"] as Int64?) {
      case ("finished", let run?): .finished(run: run)
      case ("failed", _): .failed(try point["reason"])
      // The run of a point that was removed is to be made again.
      default: .planned
      }
    }
    return try StoredSweep(id: row["sweep"], firstRun: row["first_run"], points: points)
  }

  /// What became of an attempt to work on a sweep.
  package enum Claim: Sendable, Equatable {
    /// It is this process's, as far as it has come.
    case granted(StoredSweep)
    /// Another process works on it.
    case held(by: WritingProcess)
  }

  /// Goes on with the newest sweep of the manifest's identity, or enters one where there is none,
  /// unless another
  /// process of this machine works on it.
  ///
  /// - Parameters:
  ///   - isResuming: whether to go on; a new sweep is entered otherwise.
  package func claim(
    _ manifest: SweepManifest, isResuming: Bool, startedAt: String
  ) throws(StoreError) -> Claim {
    try writing("claiming a sweep") { database in
      let before = isResuming ? try sweep(ofIdentity: manifest.identity, in: database) : nil
      if let before {
        let holder = try String.fetchOne(
          database, sql: "SELECT process FROM sweep_writer WHERE sweep = ?", arguments: [before.id]
        ).flatMap { WritingProcess(parsing: $0) }
        if let holder, holder != .current, holder.isRunning == true { return .held(by: holder) }
      }
      let sweep = try before ?? begin(manifest, startedAt: startedAt, in: database)
      try database.execute(
        sql: "INSERT OR REPLACE INTO sweep_writer (sweep, process) VALUES (?, ?)",
        arguments: [sweep.id, WritingProcess.current.description])
      return .granted(sweep)
    }
  }

  /// Lets others work on a sweep.
  package func release(_ sweep: StoredSweep) throws(StoreError) {
    try writing("releasing a sweep") { database in
      try database.execute(
        sql: "DELETE FROM sweep_writer WHERE sweep = ? AND process = ?",
        arguments: [sweep.id, WritingProcess.current.description])
    }
  }

  /// Stores a point of a sweep as a finished run, all of it in one transaction.
  ///
  /// - Parameters:
  ///   - isDurable: whether the disk holds it all when the call returns.
  /// - Returns: the number of the run.
  /// - Throws: ``StoreError`` where the point is stored already.
  package func finish(
    _ point: FinishedPoint, of sweep: StoredSweep, startedAt: String, isDurable: Bool = true
  ) throws(StoreError) -> Int64 {
    let number = sweep.run(ofPoint: point.point)
    return try writing("storing point \(point.point) of sweep \(sweep.id)", isDurable: isDurable) {
      database in
      try checkPlanned(point.point, of: sweep, in: database)
      let run = try insert(point.manifest, startedAt: startedAt, as: number, in: database)
      for (record, digest) in point.records {
        try insert(record, digest: digest, of: run, in: database)
      }
      try finish(run, point.results, in: database)
      try mark(point.point, of: sweep, "finished", run: run, reason: "", in: database)
      return run
    }
  }

  /// Stores why points of a sweep have no results.
  package func fail(
    _ points: [(point: Int, reason: String)], of sweep: StoredSweep
  ) throws(StoreError) {
    try writing("storing what failed of sweep \(sweep.id)") { database in
      for (point, reason) in points {
        try mark(point, of: sweep, "failed", run: nil, reason: reason, in: database)
      }
    }
  }

  /// Refuses a point that is stored, by a process of another machine for example.
  private func checkPlanned(
    _ point: Int, of sweep: StoredSweep, in database: Database
  ) throws {
    let isStored = try Bool.fetchOne(
      database,
      sql: """
        SELECT state <> 'planned' AND run IS NOT NULL FROM sweep_point
        WHERE sweep = ? AND point = ?
        """, arguments: [sweep.id, point])
    if isStored == true {
      throw Refusal(
        reason:
          "point \(point) of sweep \(sweep.id) is stored already; does another process run the "
          + "same sweep? Its results are the same, so let it end, then go on with --resume")
    }
  }

  private func mark(
    _ point: Int, of sweep: StoredSweep, _ state: String, run: Int64?, reason: String,
    in database: Database
  ) throws {
    try database.execute(
      sql: """
        UPDATE sweep_point SET state = ?, run = ?, reason = ?
        WHERE sweep = ? AND point = ? AND (state = 'planned' OR run IS NULL)
        """, arguments: [state, run, reason, sweep.id, point])
    guard database.changesCount == 1 else {
      throw Refusal(reason: "point \(point) of sweep \(sweep.id) is stored already")
    }
  }
}
