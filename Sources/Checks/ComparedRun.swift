// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// What is known of a run when another is held against it, wherever it was kept.
package struct ComparedRun: Sendable {
  /// The path of its scenario.
  package let scenario: String
  /// Where it comes from, such as `run 3` or the path of a file.
  package let origin: String
  /// The seed.
  package let seed: UInt64
  /// How many replications it had.
  package let replications: Int
  /// The digest of all that it yielded.
  package let digest: String
  /// Its measures as they were reported.
  package let rows: [MeasureRow]
  /// What each replication came to.
  package let values: RunValues

  /// A run of those values.
  package init(
    scenario: String, origin: String, seed: UInt64, replications: Int, digest: String,
    rows: [MeasureRow], values: RunValues
  ) {
    self.scenario = scenario
    self.origin = origin
    self.seed = seed
    self.replications = replications
    self.digest = digest
    self.rows = rows
    self.values = values
  }

  func row(_ name: String) -> MeasureRow? { rows.first { $0.name == name } }

  func values(of name: String) -> RunValues.Series? {
    values.measures.first { $0.name == name }
  }

  /// Why no later run can be held against this one by that measure; `nil` where it can.
  package func lack(of measure: String) -> String? {
    guard let values = values(of: measure), values.sample != nil else {
      return "\(origin) has no \(measure) of \(scenario)"
    }
    guard let row = row(measure), row.state != .estimated else { return nil }
    let note = row.note.isEmpty ? "" : ": \(row.note)"
    return "\(origin) has a \(measure) of \(scenario) that is \(row.state.rawValue)\(note)"
  }
}
