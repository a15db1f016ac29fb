// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Statistics

/// What levers are worth, as tables and a waterfall.
package struct LeverReport: Sendable {
  let answer: LeverAnswer

  /// A report of what levers are worth.
  package init(_ answer: LeverAnswer) {
    self.answer = answer
  }

  /// The most coalitions that a terminal is told of; JSON holds all.
  static var told: Int { 12 }
  private static var width: Int { 40 }

  // MARK: Terminal

  /// The report for a terminal.
  package var table: String {
    "\(combined)\n\n" + (answer.study.about.isEmpty ? "" : "\(answer.study.about)\n\n")
      + worths(isMarkdown: false).plain + "\n"
      + waterfall.plain + "\n" + paragraphs(isMarkdown: false).map { "  \($0)\n" }.joined()
  }

  /// The report in Markdown.
  package var markdown: String {
    "\(combined)\n\n" + (answer.study.about.isEmpty ? "" : "\(answer.study.about)\n\n")
      + worths(isMarkdown: true).markdown
      + "\n```text\n\(waterfall.plain)```\n\n"
      + paragraphs(isMarkdown: true).map { "- \($0)\n" }.joined()
  }

  /// The worths of the levers as CSV.
  package var csv: String { worths(isMarkdown: false).csv }

  private func worths(isMarkdown: Bool) -> TextTable {
    var table = TextTable([
      "lever", "alone>", "interval>", "of before>", "taken from all>", "interval>",
      "of what is left>", "Shapley share>", "interval>", "of all saved>",
    ])
    let (before, after) = (answer.baseline.estimate, answer.optimised.estimate)
    for lever in answer.levers {
      let without = after + lever.removed.saving.estimate
      table.add(
        [lever.name] + cells(lever.alone, of: before) + cells(lever.removed, of: without)
          + cells(lever.share, of: before - after))
    }
    return table
  }

  private func cells(_ worth: LeverAnswer.Worth, of whole: Double) -> [String] {
    let mark = (worth.isDoubtful ? "†" : "") + (worth.isUndecided ? "‡" : "")
    let share = whole == 0 ? "" : formatted(worth.saving.estimate / whole * 100, places: 1) + " %"
    return [
      ValueText.estimate(worth.saving, unit: "USD") + mark,
      ValueText.range(worth.saving, unit: "USD"), share,
    ]
  }

  /// From no lever to all, in shares that add up to the cent.
  private var waterfall: TextTable {
    var table = TextTable(["", "USD a month>", ""])
    var level = LeverAnswer.cents(answer.baseline.estimate)
    let levels = answer.levers.reduce(into: [level]) { $0.append(($0.last ?? 0) - $1.cents) }
    let most = Double(max(1, levels.max() ?? 1))
    func column(_ cents: Int) -> Int {
      Int((Double(max(0, cents)) / most * Double(Self.width)).rounded())
    }
    func bar(_ from: Int, _ to: Int, _ mark: Character) -> String {
      let (low, high) = (min(column(from), column(to)), max(column(from), column(to)))
      let line =
        String(repeating: " ", count: low) + String(repeating: mark, count: max(1, high - low))
      return line
    }
    table.add(["no lever", Self.dollars(level), bar(0, level, "█")])
    for lever in answer.levers {
      let next = level - lever.cents
      table.add([lever.name, Self.dollars(-lever.cents), bar(next, level, "░")])
      level = next
    }
    table.add(["all levers", Self.dollars(level), bar(0, level, "█")])
    let operated = LeverAnswer.cents(answer.operated.bill.estimate)
    table.add(["as operated", Self.dollars(operated), bar(0, min(operated, Int(most)), "▒")])
    return table
  }

  static func dollars(_ cents: Int) -> String {
    formatted(digits: Int64(cents), places: 2, groupSeparator: ",")
  }

  // MARK: Words

  private func paragraphs(isMarkdown: Bool) -> [String] {
    [operated(isMarkdown: isMarkdown)] + budgets(isMarkdown: isMarkdown) + contradictions
      + nowhere + undecided + atTheEdge + [legend]
  }

  private var combined: String {
    let (before, after) = (answer.baseline.estimate, answer.optimised.estimate)
    let share = before == 0 ? 0 : (1 - after / before) * 100
    return "All levers together save \(formatted(share, places: 1)) %: "
      + "\(ValueText.estimate(answer.baseline, unit: "USD")) a month "
      + "\(sized(0)) without any, \(ValueText.estimate(answer.optimised, unit: "USD")) "
      + "\(sized(1 << answer.levers.count - 1)) with all."
  }

  func sized(_ members: Int) -> String {
    guard let coalition = answer.coalitions.first(where: { $0.members == members }) else {
      return ""
    }
    let values = zip(answer.study.keys, coalition.size).map { "\($0)=\($1)" }.joined(
      separator: ", ")
    return "(\(values)\(coalition.holdsNowhere ? ", which does not hold" : ""))"
  }

  private func operated(isMarkdown: Bool) -> String {
    let open = answer.operated.verdicts
      .filter { $0.verdict == .fails || $0.verdict == .undecided }
      .map {
        "\(isMarkdown ? "`\($0.target)`" : $0.target) is "
          + "\($0.verdict == .fails ? "not held" : "undecided")"
      }
    let bill = ValueText.estimate(answer.operated.bill, unit: "USD")
    let checked = ValueText.estimate(answer.operated.checkedBill, unit: "USD")
    let command = isMarkdown ? "`check`" : "check"
    // The bills of coalitions are subtracted from each other and add up; a correction would end that.
    let note =
      answer.operated.checkedBill == nil || checked == bill
      ? "" : " (a plain mean, as all bills here; \(command) corrects it to \(checked))"
    return "As operated: \(bill) a month\(note); "
      + (open.isEmpty ? "all targets hold." : open.joined(separator: ", ") + ".")
  }

  /// The levers that are on.
  func names(_ members: Int) -> String {
    let on = answer.levers.indices.filter { members & 1 << $0 != 0 }.map { answer.levers[$0].name }
    return on.isEmpty ? "no lever" : on.joined(separator: " + ")
  }

  private var legend: String {
    let how =
      answer.study.orders.map { "\($0) orders drawn at random" }
      ?? "every coalition, in every order"
    let percent = formatted(answer.study.confidence * 100, places: 0)
    return
      "bills of the cheapest fleet that holds all service targets; shares by \(how); intervals at "
      + "\(percent) % each, over \(answer.study.replications) replications of the fleets found; "
      + "\(answer.coalitions.count) coalitions, \(answer.effort.fleets) fleets, "
      + "\(OptimumReport.requests(answer.effort.requests)); "
      + "seed \(answer.study.seed)"
  }
}
