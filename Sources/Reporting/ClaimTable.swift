// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// Claims side by side: each with its verdict, what was measured, how sure that is and why.
package struct ClaimTable: Sendable {
  /// One claim as it was judged.
  package struct Row: Sendable {
    /// The claim.
    package let claim: String
    /// What came out on each scenario that the claim names, of which there is at least one.
    package let judged: [(scenario: String, verdict: VerdictRow)]
    /// What would make it true; empty where nothing is to be said.
    package private(set) var breakEven = ""

    /// A row of those values.
    ///
    /// - Precondition: the claim is judged on at least one scenario.
    package init(claim: String, judged: [(scenario: String, verdict: VerdictRow)]) {
      precondition(!judged.isEmpty, "a claim names a scenario")
      self.claim = claim
      self.judged = judged
    }

    /// The same row with what would make the claim true.
    package func saying(_ breakEven: String) -> Row {
      var row = self
      row.breakEven = breakEven
      return row
    }

    /// How the claim is judged: as on each of its scenarios or, where they differ, undecided.
    package var verdict: VerdictRow {
      let first = judged[0].verdict
      guard judged.contains(where: { $0.verdict.verdict != first.verdict }) else { return first }
      let sides = judged.map { "\($0.verdict.verdict.rawValue) on \($0.scenario)" }
      return VerdictRow(
        target: first.target, verdict: .undecided, interval: first.interval, unit: first.unit,
        state: first.state, confidence: first.confidence,
        reason: sides.joined(separator: ", ") + ": \(first.reason)")
    }

    /// The rows of a table that it takes: the claim's own, and one for each further scenario.
    fileprivate var lines: [(claim: String, scenario: String, verdict: VerdictRow, why: String)] {
      let reason = verdict.reason + (breakEven.isEmpty ? "" : "; \(breakEven)")
      return [(claim, judged[0].scenario, verdict, reason)]
        + judged.dropFirst().map { ("  and also", $0.scenario, $0.verdict, $0.verdict.reason) }
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

  /// How many claims hold and which fail, in a few sentences.
  package var answer: String {
    let counts = VerdictRow.Verdict.allCases.compactMap { verdict -> String? in
      let count = rows.count { $0.verdict.verdict == verdict }
      return count == 0 ? nil : "\(count) \(Self.words(verdict, count))"
    }
    let subject = about.isEmpty ? "" : "\(about) "
    guard !rows.isEmpty else { return subject + "No claim could be judged." }
    var text = subject + "Of \(rows.count) claims " + counts.joined(separator: ", ") + "."
    let failing = rows.filter { $0.verdict.verdict == .fails }
    if !failing.isEmpty {
      let first = failing.prefix(3).map { "\($0.claim) (\(ValueText.estimate($0.verdict)))" }
      let rest = failing.count - first.count
      text +=
        " What fails: " + first.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more." : ".")
    }
    return text
  }

  private static func words(_ verdict: VerdictRow.Verdict, _ count: Int) -> String {
    switch verdict {
    case .holds: count == 1 ? "holds" : "hold"
    case .fails: count == 1 ? "fails" : "fail"
    case .undecided: count == 1 ? "is undecided" : "are undecided"
    case .assumed: count == 1 ? "is assumed" : "are assumed"
    }
  }

  /// The table for a terminal: a line for each claim, and below it the reason.
  package var text: String {
    var table = TextTable(["claim", "verdict", "measured>", "interval>", "scenario"])
    let told = rows.flatMap(\.lines)
    for line in told {
      table.add([
        line.claim, line.verdict.verdict.rawValue, ValueText.estimate(line.verdict),
        ValueText.range(line.verdict), line.scenario,
      ])
    }
    var lines = table.plain.split(separator: "\n", omittingEmptySubsequences: false)
    var text = (lines.isEmpty ? "" : "\(lines.removeFirst())\n")
    for (line, row) in zip(lines, told) {
      text += "\(line)\n      \(row.verdict.target): \(row.why)\n"
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
    for line in rows.flatMap(\.lines) {
      table.add([
        line.claim, "`\(line.scenario)`", "`\(line.verdict.target)`",
        "**\(line.verdict.verdict.rawValue)**", ValueText.estimate(line.verdict),
        ValueText.range(line.verdict), line.why,
      ])
    }
    var text = "\(answer)\n\n" + table.markdown + "\n"
    if !assumptions.isEmpty {
      text += "Assumed, and open:\n\n" + assumptions.map { "- \($0)\n" }.joined() + "\n"
    }
    return text
  }
}
