// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording

/// Several runs side by side: what each costs, how fast it is, and how its targets were judged.
package struct Overview: Sendable {
  private let reports: [RunReport]

  /// An overview of those runs.
  package init(_ reports: [RunReport]) {
    self.reports = reports
  }

  /// The overview for a terminal.
  package var table: String { rows(marks: false).plain }

  /// The overview in Markdown, then each run, then the assumptions of all.
  package var markdown: String {
    var text = rows(marks: true).markdown + "\n"
    var assumptions: [String] = []
    for assumption in reports.flatMap(\.assumptions) where !assumptions.contains(assumption) {
      assumptions.append(assumption)
    }
    if !assumptions.isEmpty {
      text += "Assumed, and open:\n\n" + assumptions.map { "- \($0)\n" }.joined() + "\n"
    }
    return text + reports.map(\.markdown).joined(separator: "\n")
  }

  private func rows(marks: Bool) -> TextTable {
    var table = TextTable(
      ["scenario", "a month>", "p99 latency>", "availability>", "holds>", "fails>", "undecided>"])
    for report in reports {
      func count(_ verdict: VerdictRow.Verdict) -> String {
        "\(report.results.verdicts.count { $0.verdict == verdict })"
      }
      table.add([
        marks ? "`\(report.name)`" : report.name,
        report.measure("monthly_cost").map(ValueText.estimate) ?? "",
        report.measure("p99(latency)").map(ValueText.estimate) ?? "",
        report.measure("availability").map(ValueText.estimate) ?? "",
        count(.holds), count(.fails), count(.undecided),
      ])
    }
    return table
  }
}

extension RunReport {
  /// The name of the scenario's file without its folder and ending.
  package var name: String { Self.name(of: scenario) }

  /// The name of a file without its folder and ending.
  static func name(of scenario: String) -> String {
    let file = scenario.split(separator: "/").last.map(String.init) ?? scenario
    return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
  }
}
