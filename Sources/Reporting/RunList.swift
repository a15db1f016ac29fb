// SPDX-License-Identifier: GPL-3.0-or-later

/// The runs of a results database as a list.
package struct RunList: Sendable {
  /// One run.
  package struct Row: Sendable, Encodable {
    /// Its number in the database.
    package let run: Int64
    /// When it began.
    package let startedAt: String
    /// How far it has come.
    package let state: String
    /// The path of its scenario.
    package let scenario: String
    /// The seed.
    package let seed: UInt64
    /// How many replications are stored.
    package let replications: Int
    /// The digest of all that it yielded; `nil` until it is finished.
    package let digest: String?
    /// How many targets were judged in which way, in words.
    package let verdicts: String

    /// A row of those values.
    package init(
      run: Int64, startedAt: String, state: String, scenario: String, seed: UInt64,
      replications: Int, digest: String?, verdicts: String
    ) {
      self.run = run
      self.startedAt = startedAt
      self.state = state
      self.scenario = scenario
      self.seed = seed
      self.replications = replications
      self.digest = digest
      self.verdicts = verdicts
    }
  }

  private let rows: [Row]

  /// A list of those runs.
  package init(_ rows: [Row]) {
    self.rows = rows
  }

  private func cells(digits: Int) -> TextTable {
    var table = TextTable([
      "run>", "started", "state", "scenario", "seed>", "replications>", "digest", "verdicts",
    ])
    for row in rows {
      table.add([
        "\(row.run)", row.startedAt, row.state, row.scenario, "\(row.seed)", "\(row.replications)",
        row.digest.map { String($0.prefix(digits)) } ?? "", row.verdicts,
      ])
    }
    return table
  }

  /// The list for a terminal.
  package var table: String { cells(digits: 16).plain }

  /// The list in Markdown.
  package var markdown: String { cells(digits: 16).markdown }

  /// The list as CSV, with whole digests.
  package var csv: String { cells(digits: 64).csv }

  /// The list as JSON, version 1.
  package func json() throws -> String {
    struct Document: Encodable {
      let plimsoll: Int
      let runs: [Row]
    }
    return try JSONText.of(Document(plimsoll: 1, runs: rows))
  }
}
