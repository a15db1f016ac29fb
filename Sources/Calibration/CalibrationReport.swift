// SPDX-License-Identifier: GPL-3.0-or-later

/// What a fit found: tables to read, what to doubt, and the fragment that a scenario includes.
package struct CalibrationReport: Sendable, Equatable {
  /// A table with a title; a column whose header ends with `>` holds numbers.
  package struct Table: Sendable, Equatable {
    /// What it shows.
    package let title: String
    /// The names of its columns.
    package let header: [String]
    /// Its cells.
    package var rows: [[String]]

    /// A table of those cells.
    package init(title: String, header: [String], rows: [[String]] = []) {
      self.title = title
      self.header = header
      self.rows = rows
    }
  }

  /// What was fitted, in one sentence with the answer.
  package let summary: String
  /// What the data and the fits look like.
  package let tables: [Table]
  /// What a sceptic would ask, each with what the data answer.
  package let doubts: [String]
  /// The lines of YAML that a scenario includes, without provenance.
  package let fragment: [String]
  /// Where that fragment belongs in a scenario, such as `fleet.spot`.
  package let place: String

  /// A report of those parts.
  package init(
    summary: String, tables: [Table], doubts: [String], fragment: [String], place: String
  ) {
    self.summary = summary
    self.tables = tables
    self.doubts = doubts
    self.fragment = fragment
    self.place = place
  }
}
