// SPDX-License-Identifier: GPL-3.0-or-later

internal import GRDB
import Recording

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
  }

  /// The newest sweep of that identity; `nil` when there is none.
  package func sweep(ofIdentity identity: String) throws(StoreError) -> StoredSweep? {
    try reading("looking for a sweep") { database in
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
