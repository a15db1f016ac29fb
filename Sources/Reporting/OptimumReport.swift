// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Statistics

/// What a search for the cheapest point is reported from.
package struct OptimumReport: Sendable {
  let answer: OptimumAnswer

  /// A report of what a search found.
  package init(_ answer: OptimumAnswer) {
    self.answer = answer
  }

  // MARK: Terminal

  /// The report for a terminal.
  package var table: String {
    var text = "\(answer.search.scenario)\n" + sentences.map { "  \($0)\n" }.joined()
    text += "\n" + points(isMarkdown: false).plain
    if let verdicts = verdicts(isMarkdown: false) { text += "\n" + verdicts.plain }
    if let measures { text += "\n" + measures.plain }
    return text + "\n  \(effort)\n  \(legend)\n"
  }

  /// The report in Markdown.
  package var markdown: String {
    var text = "### Cheapest point of `\(answer.search.scenario)`\n\n"
    text += sentences.map { "\($0)\n" }.joined() + "\n" + points(isMarkdown: true).markdown
    if let verdicts = verdicts(isMarkdown: true) { text += "\n" + verdicts.markdown }
    if let measures { text += "\n" + measures.markdown }
    return text + "\n\(effort)\n\n\(legend)\n"
  }

  private func points(isMarkdown: Bool) -> TextTable {
    let keys = answer.search.keys.map { isMarkdown ? "`\($0)`" : $0 }
    var table = TextTable(
      ["point>"] + keys.map { "\($0)>" } + ["a month>", "interval>"]
        + (objective.isBill ? [] : ["\(objective.measure)>", "interval>"])
        + ["targets", "replications>"])
    for point in answer.points {
      let mark = point.lacksRequests && point.bill?.isExact == false ? "≥ " : ""
      table.add(
        ["\(point.number)"] + point.values + [
          point.bill == nil ? "" : mark + ValueText.estimate(point.bill, unit: "USD"),
          ValueText.range(point.bill, unit: "USD"),
        ]
          + (objective.isBill
            ? []
            : [
              point.objective == nil ? "" : ValueText.estimate(point.objective, unit: unit),
              ValueText.range(point.objective, unit: unit),
            ]) + [word(point), "\(point.replications)"])
    }
    return table
  }

  var objective: Objective { answer.search.objective }

  /// The unit of what is minimised or maximised.
  var unit: String {
    guard !objective.isBill else { return "USD" }
    return answer.points.lazy.flatMap(\.measures).first { $0.name == objective.measure }?.unit ?? ""
  }

  func word(_ point: OptimumAnswer.Point) -> String {
    switch point.standing {
    case .holds: "hold"
    case .fails:
      "fail: "
        + point.verdicts.filter { $0.verdict == .fails && !answer.budgets.contains($0.target) }
        .map(\.target).joined(separator: ", ")
    case .unsettled: "not settled"
    case .dearer: "not asked: dearer"
    case .refused: "refused: \(point.refusal)"
    }
  }

  func name(_ number: Int) -> String {
    let values = zip(answer.search.keys, answer.points[number].values).map { "\($0)=\($1)" }
    return "point \(number) (\(values.joined(separator: ", ")))"
  }

  private var percent: String { formatted(answer.search.confidence * 100, places: 0) + " %" }
  var delta: String {
    formatted(digits: Int64((answer.search.delta * 1e6).rounded()), places: 4, trimmingZeros: true)
      + " %"
  }

  // MARK: Words

  /// A number of requests, in millions from the first on.
  static func requests(_ count: UInt64) -> String {
    count < 1_000_000
      ? formatted(digits: Int64(count), places: 0, groupSeparator: ",") + " requests"
      : formatted(Double(count) / 1e6, places: 1, groupSeparator: ",") + " million requests"
  }

  private var effort: String {
    let share =
      answer.grid.requests == 0
      ? ""
      : " "
        + "(\(formatted(Double(answer.spent.requests) / Double(answer.grid.requests) * 100, places: 1)) %)"
    return
      "spent: \(Self.requests(answer.spent.requests)) in \(answer.spent.replications) "
      + "replications; "
      + "the whole grid: about \(Self.requests(answer.grid.requests)) in "
      + "\(answer.grid.replications)\(share)"
  }

  private var legend: String {
    "\(percent) confidence altogether, indifference \(delta), at most "
      + "\(answer.search.maximumReplications) replications; ≥: without the part of requests in the bill; "
      + "seed \(answer.search.seed)"
  }

  private func verdicts(isMarkdown: Bool) -> TextTable? {
    guard let best = answer.best, !best.verdicts.isEmpty else { return nil }
    var table = TextTable(["target of point \(best.number)", "verdict", "measured>", "why"])
    for row in best.verdicts {
      let target = isMarkdown ? "`\(row.target)`" : row.target
      table.add([target, row.verdict.rawValue, ValueText.estimate(row), row.reason])
    }
    return table
  }

  private static let shown = [
    "monthly_cost", "mean(latency)", "p99(latency)", "availability", "mean(machines_ready)",
  ]

  private var measures: TextTable? {
    guard let best = answer.best, !best.measures.isEmpty else { return nil }
    var table = TextTable(["measure of point \(best.number)", "estimate>", "interval>"])
    for row in best.measures where Self.shown.contains(row.name) || row.name == objective.measure {
      table.add([
        row.name, ValueText.estimate(row), ValueText.range(row.interval, unit: row.unit),
      ])
    }
    return table
  }
}
