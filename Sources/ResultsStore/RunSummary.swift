// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import SQLite

/// One line of a list of runs.
package struct RunSummary: Sendable, Equatable {
  /// How far a run has come.
  package enum State: String, Sendable {
    /// A process works on it, of this machine or of another.
    case running
    /// It was broken off: no process works on it any more.
    case stopped
    /// Its results are stored.
    case finished
  }

  /// How many targets were judged in each way.
  package struct VerdictCounts: Sendable, Equatable {
    private var counts = VerdictRow.Verdict.allCases.map { _ in 0 }

    /// How many were judged in that way.
    package subscript(verdict: VerdictRow.Verdict) -> Int {
      get { zip(VerdictRow.Verdict.allCases, counts).first { $0.0 == verdict }?.1 ?? 0 }
      set {
        for (index, other) in VerdictRow.Verdict.allCases.enumerated() where other == verdict {
          counts[index] = newValue
        }
      }
    }

    /// None in any way.
    package init() {}
  }

  /// The run's number in this database.
  package let id: Int64
  /// The scenario's path as it was given.
  package let scenario: String
  /// SHA-256 of the scenario's canonical text.
  package let scenarioHash: String
  /// The version of Plimsoll.
  package let version: String
  /// The seed.
  package let seed: UInt64
  /// How many replications are stored.
  package let replications: Int
  /// When it began, as the caller wrote it.
  package let startedAt: String
  /// How far it has come.
  package let state: State
  /// The digest of all that it yielded; `nil` until it is finished.
  package let digest: String?
  /// How its targets were judged; none until it is finished.
  package let verdicts: VerdictCounts
}

extension RunSummary {
  /// Lists runs; what follows chooses and orders the rows of `run`.
  static let query = """
    SELECT run, scenario, scenario_hash, version, seed, started_at, state, digest,
      (SELECT count(*) FROM replication WHERE replication.run = run.run) AS stored,
      \(VerdictRow.Verdict.allCases.map { verdict in
        """
        (SELECT count(*) FROM verdict
          WHERE verdict.run = run.run AND verdict.verdict = '\(verdict)') AS \(verdict)
        """
      }.joined(separator: ", ")),
      (SELECT process FROM run_writer WHERE run_writer.run = run.run) AS writer
    FROM run
    """

  /// The run of a row of ``query``.
  init(_ row: Row) throws {
    guard var state = State(rawValue: try row["state"]) else {
      throw Refusal(reason: "is damaged: a run has an unknown state")
    }
    if state == .running {
      let writer = (try row["writer"] as String?).flatMap { WritingProcess(parsing: $0) }
      if writer.map({ $0.isRunning == false }) ?? true { state = .stopped }
    }
    var verdicts = VerdictCounts()
    for verdict in VerdictRow.Verdict.allCases { verdicts[verdict] = try row[verdict.rawValue] }
    try self.init(
      id: row["run"], scenario: row["scenario"], scenarioHash: row["scenario_hash"],
      version: row["version"], seed: row.seed, replications: row["stored"],
      startedAt: row["started_at"], state: state, digest: row["digest"], verdicts: verdicts)
  }
}

extension Row {
  /// The seed, which is a text because SQLite's integers have a sign.
  var seed: UInt64 {
    get throws {
      guard let seed = UInt64(try self["seed"] as String) else {
        throw Refusal(reason: "is damaged: a run has an unreadable seed")
      }
      return seed
    }
  }
}
