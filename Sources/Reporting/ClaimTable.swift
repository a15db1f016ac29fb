// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// Claims side by side: each with its verdict, what was measured, how sure that is and why.
package struct ClaimTable: Sendable {
  /// One claim as it was judged.
  package struct Row: Sendable {
    /// The claim.
    package let claim: String
    /// The name of the scenario that it was judged on.
    package let scenario: String
    /// How it was judged.
    package let verdict: VerdictRow
    /// What would make it true; empty where nothing is to be said.
    package let breakEven: String

    /// A row of those values.
    package init(claim: String, scenario: String, verdict: VerdictRow, breakEven: String) {
      self.claim = claim
      self.scenario = scenario
      self.verdict = verdict
      self.breakEven = breakEven
    }
  }

  private let about: String
  private let rows: [Row]
  private let assumptions: [String]

  /// A table of those rows, with the assumptions that all of it rests on.
  package init(about: String, rows: [Row], assumptions: [String]) {
    self.about = about
    self.rows = rows
    self.assumptions = assumptions
  }

  /// The table for a terminal: a line for each claim, and below it the reason.
  package var text: String {
    var table = TextTable(["claim", "verdict", "measured>", "interval>", "scenario"])
    for row in rows {
      table.add([
        row.claim, row.verdict.verdict.rawValue,
        ValueText.estimate(row.verdict),
        ValueText.range(row.verdict), row.scenario,
      ])
    }
    var lines = table.plain.split(separator: "\n", omittingEmptySubsequences: false)
    var text = "\(about)\n\n" + (lines.isEmpty ? "" : "\(lines.removeFirst())\n")
    for (line, row) in zip(lines, rows) {
      text += "\(line)\n      \(reason(row))\n"
    }
    if !assumptions.isEmpty {
      text += "\n  Assumed, and open:\n" + assumptions.map { "    - \($0)\n" }.joined()
    }
    return text
  }

  /// The table in Markdown.
  package var markdown: String {
    var table = TextTable([
      "claim", "scenario", "target", "verdict", "measured>", "interval>", "why",
    ])
    for row in rows {
      table.add([
        row.claim, "`\(row.scenario)`", "`\(row.verdict.target)`",
        "**\(row.verdict.verdict.rawValue)**",
        ValueText.estimate(row.verdict),
        ValueText.range(row.verdict), why(row),
      ])
    }
    var text = "\(about)\n\n" + table.markdown + "\n"
    if !assumptions.isEmpty {
      text += "Assumed, and open:\n\n" + assumptions.map { "- \($0)\n" }.joined() + "\n"
    }
    return text
  }

  private func why(_ row: Row) -> String {
    row.verdict.reason + (row.breakEven.isEmpty ? "" : "; \(row.breakEven)")
  }

  private func reason(_ row: Row) -> String { "\(row.verdict.target): \(why(row))" }
}
