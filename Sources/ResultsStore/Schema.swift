// SPDX-License-Identifier: GPL-3.0-or-later

import SQLite
import Serving

/// The tables of a results database; `Documentation/ResultsDatabase.md` explains them to users.
enum Schema {
  /// `PLIM` in ASCII: by it `file` and this target know a results database.
  static let applicationID: Int32 = 0x504C_494D
  /// The newest version, kept as `user_version`: one more with each migration.
  static let version: Int32 = 7

  /// The columns that count how requests ended, with the ones that arrived first.
  static let requestColumns = ["arrived"] + RequestOutcome.allCases.map(\.name)

  /// What brings a database from each version to the next.
  private static var migrations: [[String]] {
    [
      [runs, results, replications, histograms, rowsOverTime],
      [weights],
      [statesAndNotes],
      [sweeps],
      [writers],
      [charges] + wideColumns.map { widening($1, of: $0) } + [hours],
      [tokenTimes],
    ]
  }

  /// Brings a database of any earlier version, or an empty one, to the newest, in one transaction.
  ///
  /// Another process that opens the same file waits, and then finds nothing left to do.
  static func migrate(_ database: DatabaseQueue) throws {
    try database.write { connection in
      let current = try Int.fetchOne(connection, sql: "PRAGMA user_version") ?? 0
      guard current < migrations.count else { return }
      for statements in migrations[max(0, current)...] {
        for sql in statements { try connection.execute(sql: sql) }
      }
      try connection.execute(sql: "PRAGMA user_version = \(version)")
    }
  }

  // The text of scenarios has a table of its own, so that listing runs reads few pages.
  private static let runs = """
    CREATE TABLE run (
      run INTEGER PRIMARY KEY AUTOINCREMENT,
      scenario TEXT NOT NULL,
      scenario_hash TEXT NOT NULL,
      version TEXT NOT NULL,
      seed TEXT NOT NULL,
      price_book TEXT NOT NULL,
      confidence REAL NOT NULL,
      started_at TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'finished')),
      digest TEXT CHECK ((digest IS NOT NULL) = (state = 'finished')),
      replications INTEGER CHECK ((replications IS NOT NULL) = (state = 'finished')),
      arrived INTEGER,
      completed INTEGER,
      hit INTEGER,
      joined INTEGER,
      rejected INTEGER,
      timed_out INTEGER,
      failed INTEGER
    ) STRICT;
    CREATE INDEX run_by_scenario ON run (scenario);
    CREATE TABLE run_scenario (
      run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
      scenario_text TEXT NOT NULL
    ) STRICT;
    """

  private static let results = """
    CREATE TABLE measure (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      unit TEXT NOT NULL,
      estimate REAL,
      low REAL,
      high REAL,
      samples INTEGER,
      is_exact INTEGER CHECK (is_exact IN (0, 1)),
      note TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE invoice (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      line TEXT NOT NULL,
      pool TEXT NOT NULL,
      market TEXT NOT NULL,
      hours REAL,
      price_usd_per_hour TEXT,
      price_nanodollars_per_hour INTEGER,
      monthly_usd TEXT NOT NULL,
      monthly_nanodollars INTEGER NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE verdict (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      target TEXT NOT NULL,
      verdict TEXT NOT NULL CHECK (verdict IN ('holds', 'fails', 'undecided', 'assumed')),
      unit TEXT NOT NULL,
      estimate REAL,
      low REAL,
      high REAL,
      samples INTEGER,
      is_exact INTEGER CHECK (is_exact IN (0, 1)),
      reason TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let replications = """
    CREATE TABLE replication (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      replication INTEGER NOT NULL,
      digest TEXT NOT NULL,
      arrived INTEGER NOT NULL,
      completed INTEGER NOT NULL,
      hit INTEGER NOT NULL,
      joined INTEGER NOT NULL,
      rejected INTEGER NOT NULL,
      timed_out INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      minutes INTEGER NOT NULL,
      minutes_available INTEGER NOT NULL,
      prompt_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      measured_ns INTEGER NOT NULL,
      billed_ns INTEGER NOT NULL,
      batches INTEGER NOT NULL,
      batched_requests INTEGER NOT NULL,
      batches_outside_measurements INTEGER NOT NULL,
      busy_ns INTEGER NOT NULL,
      idle_ns INTEGER NOT NULL,
      simulated_requests INTEGER NOT NULL,
      migrations INTEGER NOT NULL,
      workload_digest TEXT NOT NULL,
      PRIMARY KEY (run, replication)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE replication_invoice (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      position INTEGER NOT NULL,
      line TEXT NOT NULL,
      pool TEXT NOT NULL,
      market TEXT NOT NULL,
      usage_ns INTEGER,
      hours REAL AS (usage_ns / 3.6e12) VIRTUAL,
      price_usd_per_hour TEXT,
      price_nanodollars_per_hour INTEGER,
      amount_usd TEXT NOT NULL,
      amount_nanodollars INTEGER NOT NULL,
      PRIMARY KEY (run, replication, position),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    """

  // A replication of version 1 has no weights: each of its requests stands for itself.
  private static let weights = """
    ALTER TABLE replication ADD COLUMN weight_unit INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE replication ADD COLUMN sampled_minutes INTEGER;
    UPDATE replication SET sampled_minutes = minutes;
    CREATE TABLE tally (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      label TEXT NOT NULL,
      value INTEGER NOT NULL,
      PRIMARY KEY (run, replication, position),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE weighted_request (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      arrived INTEGER NOT NULL,
      completed INTEGER NOT NULL,
      hit INTEGER NOT NULL,
      joined INTEGER NOT NULL,
      rejected INTEGER NOT NULL,
      timed_out INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      PRIMARY KEY (run, replication),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    INSERT INTO weighted_request
      SELECT run, replication, arrived, completed, hit, joined, rejected, timed_out, failed
      FROM replication;
    """

  // Verdicts of earlier versions were judged at the confidence of their run.
  private static let statesAndNotes = """
    ALTER TABLE measure ADD COLUMN state TEXT NOT NULL DEFAULT 'estimated'
      CHECK (state IN ('estimated', 'insufficient', 'not stationary'));
    ALTER TABLE verdict ADD COLUMN state TEXT NOT NULL DEFAULT 'estimated'
      CHECK (state IN ('estimated', 'insufficient', 'not stationary'));
    ALTER TABLE verdict ADD COLUMN confidence REAL;
    UPDATE verdict SET confidence = (SELECT run.confidence FROM run WHERE run.run = verdict.run);
    CREATE TABLE note (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      topic TEXT NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let sweeps = """
    CREATE TABLE sweep (
      sweep INTEGER PRIMARY KEY AUTOINCREMENT,
      identity TEXT NOT NULL,
      scenario TEXT NOT NULL,
      options TEXT NOT NULL,
      version TEXT NOT NULL,
      seed TEXT NOT NULL,
      started_at TEXT NOT NULL,
      first_run INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sweep_by_identity ON sweep (identity);
    CREATE TABLE sweep_point (
      sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,
      point INTEGER NOT NULL,
      overrides TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('planned', 'finished', 'failed')),
      run INTEGER REFERENCES run ON DELETE SET NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (sweep, point)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sweep_point_by_run ON sweep_point (run);
    """

  // Tables of their own, which are empty while nothing is written: what is stored depends on no process.
  private static let writers = """
    CREATE TABLE run_writer (
      run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
      process TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sweep_writer (
      sweep INTEGER PRIMARY KEY REFERENCES sweep ON DELETE CASCADE,
      process TEXT NOT NULL
    ) STRICT;
    """

  private static let charges = """
    CREATE TABLE replication_charge (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      position INTEGER NOT NULL,
      kind TEXT NOT NULL
        CHECK (kind IN ('usage', 'fixed', 'upfront', 'recurring', 'used', 'unused')),
      line TEXT NOT NULL,
      pool TEXT NOT NULL,
      market TEXT NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      usage_ns ANY,
      hours REAL AS (usage_ns / 3.6e12) VIRTUAL,
      price_usd_per_hour TEXT,
      price_nanodollars_per_hour INTEGER,
      billed_nanodollars INTEGER NOT NULL,
      effective_nanodollars INTEGER NOT NULL,
      list_nanodollars INTEGER NOT NULL,
      PRIMARY KEY (run, replication, position),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE billed_month (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      from_date TEXT NOT NULL,
      from_unix_ns INTEGER NOT NULL,
      to_date TEXT NOT NULL,
      to_unix_ns INTEGER NOT NULL,
      billed_usd TEXT NOT NULL,
      billed_nanodollars INTEGER NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE replication_invoice DROP COLUMN hours;
    """

  // The times of tokens are kinds too.
  private static let tokenTimes = """
    CREATE TABLE wider (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('latency', 'wait', 'ttft', 'tpot', 'token_gap')),
      count INTEGER NOT NULL,
      sum_ns TEXT NOT NULL,
      maximum_ns INTEGER NOT NULL,
      PRIMARY KEY (run, replication, kind),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    INSERT INTO wider SELECT run, replication, kind, count, sum_ns, maximum_ns FROM latency;
    DROP TABLE latency;
    ALTER TABLE wider RENAME TO latency;
    """

  // Sums over machines and lanes: whole numbers, and where 64 bits do not hold one a text of its digits.
  private static let wideColumns = [
    ("replication", "busy_ns"), ("replication", "idle_ns"), ("replication_invoice", "usage_ns"),
    ("tally", "value"),
  ]

  private static func widening(_ column: String, of table: String) -> String {
    """
    ALTER TABLE \(table) RENAME COLUMN \(column) TO narrow;
    ALTER TABLE \(table) ADD COLUMN \(column) ANY;
    UPDATE \(table) SET \(column) = narrow;
    ALTER TABLE \(table) DROP COLUMN narrow;
    """
  }

  private static let hours =
    "ALTER TABLE replication_invoice ADD COLUMN hours REAL AS (usage_ns / 3.6e12) VIRTUAL;"

  // The ends of a bucket repeat the arithmetic of `LatencyHistogram` (512 buckets for each power of
  // two) for those who read with SQL; a test compares the two.
  private static let histograms = """
    CREATE TABLE latency (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('latency', 'wait')),
      count INTEGER NOT NULL,
      sum_ns TEXT NOT NULL,
      maximum_ns INTEGER NOT NULL,
      PRIMARY KEY (run, replication, kind),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE latency_edge (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      kind TEXT NOT NULL,
      position INTEGER NOT NULL,
      edge_ns INTEGER NOT NULL,
      seconds REAL AS (edge_ns / 1e9) VIRTUAL,
      count_above INTEGER NOT NULL,
      PRIMARY KEY (run, replication, kind, position),
      FOREIGN KEY (run, replication, kind) REFERENCES latency ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE latency_bucket (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      kind TEXT NOT NULL,
      bucket INTEGER NOT NULL,
      low_seconds REAL AS (
        ((bucket - (max(0, (bucket >> 9) - 1) << 9)) << max(0, (bucket >> 9) - 1)) / 1e9) VIRTUAL,
      high_seconds REAL AS (
        ((bucket - (max(0, (bucket >> 9) - 1) << 9)) << max(0, (bucket >> 9) - 1)) / 1e9
        + (1 << max(0, (bucket >> 9) - 1)) / 1e9) VIRTUAL,
      count INTEGER NOT NULL,
      PRIMARY KEY (run, replication, kind, bucket),
      FOREIGN KEY (run, replication, kind) REFERENCES latency ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    """

  private static let rowsOverTime = """
    CREATE TABLE fleet_event (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      position INTEGER NOT NULL,
      time_ns INTEGER NOT NULL,
      seconds REAL AS (time_ns / 1e9) VIRTUAL,
      kind TEXT NOT NULL,
      pool INTEGER NOT NULL,
      machine INTEGER NOT NULL,
      PRIMARY KEY (run, replication, position),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE series (
      run INTEGER NOT NULL,
      replication INTEGER NOT NULL,
      position INTEGER NOT NULL,
      time_ns INTEGER NOT NULL,
      seconds REAL AS (time_ns / 1e9) VIRTUAL,
      name TEXT NOT NULL,
      pool TEXT NOT NULL,
      value REAL,
      PRIMARY KEY (run, replication, position),
      FOREIGN KEY (run, replication) REFERENCES replication ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    """
}
