// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration

/// A calibration as text for a terminal, Markdown, CSV or JSON.
package struct CalibrationText {
  private let report: CalibrationReport

  /// The text of a report.
  package init(_ report: CalibrationReport) {
    self.report = report
  }

  /// For a terminal.
  package var table: String {
    var text = report.summary + "\n"
    for table in report.tables { text += "\n" + table.title + "\n" + Self.cells(table).plain }
    text += "\nWhat to doubt:\n" + doubts
    guard !report.fragment.isEmpty else { return text + "\nNo fragment.\n" }
    return text + "\nFragment, for \(report.place):\n"
      + report.fragment.map { "  \($0)\n" }.joined()
  }

  /// In GitHub's Markdown.
  package var markdown: String {
    var text = report.summary + "\n"
    for table in report.tables {
      text += "\n**\(table.title)**\n\n" + Self.cells(table).markdown
    }
    text += "\nWhat to doubt:\n\n" + doubts
    guard !report.fragment.isEmpty else { return text + "\nNo fragment.\n" }
    return text
      + "\nFragment, for `\(report.place)`:\n\n```yaml\n"
      + report.fragment.map { "\($0)\n" }.joined() + "```\n"
  }

  /// As one document of JSON.
  package func json() throws -> String {
    struct Document: Encodable {
      struct Table: Encodable {
        let title: String
        let header: [String]
        let rows: [[String]]
      }
      let summary: String
      let tables: [Table]
      let doubts: [String]
      let fragment: String?
      let place: String
    }
    return try JSONText.of(
      Document(
        summary: report.summary,
        tables: report.tables.map { table in
          Document.Table(
            title: table.title,
            header: table.header.map { $0.hasSuffix(">") ? String($0.dropLast()) : $0 },
            rows: table.rows)
        },
        doubts: report.doubts,
        fragment: report.fragment.isEmpty ? nil : report.fragment.joined(separator: "\n") + "\n",
        place: report.place))
  }

  /// As CSV, a row for each cell of each table.
  package var csv: String {
    var text = TextTable(["table", "row", "column", "value"])
    for table in report.tables {
      for (number, row) in table.rows.enumerated() {
        for (name, cell) in zip(table.header, row) {
          text.add([
            table.title, "\(number + 1)", name.hasSuffix(">") ? String(name.dropLast()) : name,
            cell,
          ])
        }
      }
    }
    return text.csv
  }

  private var doubts: String {
    report.doubts.map { "- \($0)\n" }.joined()
  }

  private static func cells(_ table: CalibrationReport.Table) -> TextTable {
    var text = TextTable(table.header)
    for row in table.rows { text.add(row) }
    return text
  }
}
