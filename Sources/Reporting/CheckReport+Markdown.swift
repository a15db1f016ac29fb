// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording

extension CheckReport {
  /// The first line of the report in Markdown, which no reader sees: by it a comment is found again.
  package static let marker = "<!-- plimsoll check -->"

  /// The report as a comment on a pull request: the verdicts, the worst first, and the runs folded up.
  package var markdown: String {
    var text = "\(Self.marker)\n## Plimsoll: \(sentence)\n\n"
    text += unjudgedTable + verdictTable.markdown + newLine
    text += suites.map(Self.movedLines).joined()
    for suite in suites {
      text += "\n<details><summary>\(suite.report.name): bill and measures</summary>\n\n"
      text += suite.report.markdown + "\n</details>\n"
    }
    return text
  }

  /// How many files were not judged, for a terminal; `nil` where all were.
  package var unjudgedLine: String? {
    unjudged.isEmpty
      ? nil : "\n  Not judged, as told above: \(unjudged.map(\.path).joined(separator: ", "))\n"
  }

  /// What was held against earlier runs, for a terminal; empty where nothing was.
  package var regressionTable: String {
    let compared = suites.filter { $0.report.regressions != nil }
    guard !compared.isEmpty else { return "" }
    var text = "\n"
    for suite in compared {
      guard let found = suite.report.regressions else { continue }
      text += "  \(suite.report.name) against \(found.baseline.origin)\n"
      text += found.rows.map { row in
        "    \(row.verdict.verdict.mark) \(row.verdict.verdict.rawValue)  \(row.verdict.target)\n"
          + "        \(row.verdict.reason)\n"
      }.joined()
      if !found.moved.isEmpty { text += "\n" + Self.billTable(found).plain + "\n" }
    }
    return text
  }

  /// What could not be judged, with its places; empty where all was.
  private var unjudgedTable: String {
    guard !unjudged.isEmpty else { return "" }
    var table = TextTable(["", "not judged", "place", "error"])
    for file in unjudged {
      for fault in file.shownFaults {
        table.add([
          "!", "`\(file.path)`", fault.location.map { "`\($0)`" } ?? "", fault.message,
        ])
      }
    }
    return table.markdown + "\n"
  }

  /// Which scenarios have no run in the baseline; empty where all have.
  private var newLine: String {
    let names = suites.filter(\.report.isNew).map { "`\($0.report.name)`" }
    guard !names.isEmpty else { return "" }
    return "\nNew, with no run in the baseline: \(names.joined(separator: ", ")).\n"
  }

  private var verdictTable: TextTable {
    var table = TextTable(["", "verdict", "scenario", "target", "measured>", "why"])
    for verdict in [VerdictRow.Verdict.fails, .undecided, .assumed, .holds] {
      for (suite, each) in cases where each.verdict.verdict == verdict {
        let measured =
          each.kind == .noSamples
          ? "" : (each.kind == .regression ? "Δ " : "") + ValueText.estimate(each.verdict)
        table.add([
          verdict.mark, "**\(verdict.rawValue)**", "`\(suite.report.name)`", "`\(each.name)`",
          measured, each.verdict.reason,
        ])
      }
    }
    return table
  }

  private static func movedLines(_ suite: Suite) -> String {
    guard let found = suite.report.regressions, !found.moved.isEmpty else { return "" }
    return "\nLines of the bill of `\(suite.report.name)` that moved since "
      + "\(found.baseline.origin):\n\n" + billTable(found).markdown
  }

  private static func billTable(_ found: Regressions) -> TextTable {
    var table = TextTable(["bill, a month of 730 h", "was>", "is>", "difference>", "interval>"])
    for row in found.moved {
      func dollars(_ value: Double?) -> String {
        value.map { formatted($0, places: 2, groupSeparator: ",") } ?? "?"
      }
      table.add([
        row.name, dollars(row.first), dollars(row.second), dollars(row.difference?.estimate),
        ValueText.range(row.difference, unit: "USD"),
      ])
    }
    return table
  }
}

extension VerdictRow.Verdict {
  /// One sign for it, in front of a line.
  var mark: String {
    switch self {
    case .holds: "✓"
    case .fails: "✗"
    case .undecided: "?"
    case .assumed: "~"
    }
  }
}
