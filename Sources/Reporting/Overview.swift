// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording

/// Several runs side by side: what each costs, how fast it is, and how its targets were judged.
package struct Overview: Sendable {
  private let reports: [RunReport]
  private let measures: [String]

  /// An overview of those runs.
  ///
  /// - Parameters:
  ///   - measures: what is set side by side instead of the usual; then no run is told on its own.
  package init(_ reports: [RunReport], measures: [String] = []) {
    self.reports = reports
    self.measures = measures
  }

  /// The overview for a terminal.
  package var table: String {
    guard !measures.isEmpty else { return rows(marks: false).plain }
    return chosen(marks: false).plain
      + "\n  Intervals: --format markdown, or plimsoll show RUN.\n"
  }

  /// The overview in Markdown, then each run, then the assumptions of all.
  package var markdown: String {
    if !measures.isEmpty { return chosen(marks: true).markdown }
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

  /// Each run with the measures that were asked for and their intervals, and what makes it again.
  private func chosen(marks: Bool) -> TextTable {
    var table = TextTable(["scenario"] + measures.map { "\($0)>" } + ["replications>", "digest"])
    for report in reports {
      let cells = measures.map { name -> String in
        guard let row = report.measure(name) else { return "" }
        let range = ValueText.range(row.interval, unit: row.unit)
        let value = ValueText.estimate(row)
        // A terminal is too narrow for so many intervals.
        let isBare = !marks || row.state != .estimated || range.isEmpty
        return isBare ? value : "\(value) (\(range))"
      }
      let digest = String(report.results.digest.prefix(16))
      table.add(
        [marks ? "`\(report.name)`" : report.name] + cells
          + ["\(report.results.replications)", marks ? "`\(digest)`" : digest])
    }
    return table
  }

  private func rows(marks: Bool) -> TextTable {
    let knowTokens = reports.contains { $0.measure("p99(ttft)") != nil }
    var table = TextTable(
      ["scenario", "a month>"] + (knowTokens ? ["p99 ttft>"] : [])
        + ["p99 latency>", "availability>", "holds>", "fails>", "undecided>"])
    for report in reports {
      func count(_ verdict: VerdictRow.Verdict) -> String {
        "\(report.results.verdicts.count { $0.verdict == verdict })"
      }
      let names =
        ["monthly_cost"] + (knowTokens ? ["p99(ttft)"] : []) + ["p99(latency)", "availability"]
      table.add(
        [marks ? "`\(report.name)`" : report.name]
          + names.map { report.measure($0).map(ValueText.estimate) ?? "" }
          + [count(.holds), count(.fails), count(.undecided)])
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
