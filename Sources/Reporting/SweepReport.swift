// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Statistics

/// What a sweep is reported from: every point, the front of cost against latency, and what is not settled.
package struct SweepReport: Sendable {
  let answer: SweepAnswer

  /// A report of what the points of a sweep came to.
  package init(_ answer: SweepAnswer) {
    self.answer = answer
  }

  /// The most unsettled pairs and failed points that a terminal is told of; JSON holds all.
  private static var told: Int { 20 }

  // MARK: Terminal

  /// The report for a terminal, with the plot.
  package var table: String {
    var text = "\(answer.scenario)\n\n" + rows(isMarkdown: false).plain
    if !plot.isEmpty { text += "\n" + plot }
    text += "\n" + paragraphs.map { "  \($0)\n" }.joined()
    return text + "  seed \(answer.seed), sweep \(answer.identity.prefix(16))\n"
  }

  /// The report in Markdown.
  package var markdown: String {
    "### Sweep of `\(answer.scenario)`\n\n" + rows(isMarkdown: true).markdown + "\n"
      + (plot.isEmpty ? "" : "```text\n\(plot)```\n\n")
      + paragraphs.map { "- \($0)\n" }.joined()
      + "\nSeed \(answer.seed), sweep `\(answer.identity)`.\n"
  }

  private func rows(isMarkdown: Bool) -> TextTable {
    let keys = answer.keys.map { isMarkdown ? "`\($0)`" : $0 }
    var table = TextTable(
      ["point>"] + keys.map { "\($0)>" }
        + ["a month>", "p99 latency>", "availability>", "holds>", "fails>", "undecided>", "front"])
    for point in answer.points {
      guard let finished = point.finished else {
        table.add(["\(point.number)"] + point.values + ["failed", "", "", "", "", "", ""])
        continue
      }
      func count(_ verdict: VerdictRow.Verdict) -> String {
        "\(finished.results.verdicts.count { $0.verdict == verdict })"
      }
      func text(_ name: String) -> String { finished.measure(name).map(ValueText.estimate) ?? "" }
      table.add(
        ["\(point.number)"] + point.values
          + [
            text("monthly_cost"), text("p99(latency)"), text("availability"), count(.holds),
            count(.fails), count(.undecided), answer.front.contains(point.number) ? "*" : "",
          ])
    }
    return table
  }

  /// Cost against latency of all points that have both.
  private var plot: String {
    let others = answer.points.filter { !answer.front.contains($0.number) }
    let front = answer.points.filter { answer.front.contains($0.number) }
    func marks(_ points: [SweepAnswer.Point], _ character: Character) -> [ScatterPlot.Mark] {
      points.compactMap { point in
        guard let finished = point.finished, let latency = finished.latency else { return nil }
        return ScatterPlot.Mark(x: finished.cost, y: latency * 1e3, character: character)
      }
    }
    return ScatterPlot(
      marks(others, ".") + marks(front, "*"), xTitle: "USD a month", yTitle: "p99 latency, ms"
    ).text
  }

  // MARK: Words

  private var paragraphs: [String] {
    [frontText] + failedTexts + unreliableTexts + unsettledTexts
  }

  private var frontText: String {
    guard !answer.front.isEmpty else {
      return "No point has both a bill and a 99th percentile to rely on, so there is no front."
    }
    return "Pareto front of cost against p99 latency (*), cheapest first: "
      + answer.front.map { "\($0)" }.joined(separator: ", ")
  }

  private var failedTexts: [String] {
    let failed = answer.points.compactMap { point -> String? in
      guard case .failed(let reason) = point.outcome else { return nil }
      return "point \(point.number) failed: \(reason)"
    }
    guard failed.count > Self.told else { return failed }
    return failed.prefix(Self.told) + ["and \(failed.count - Self.told) more points failed"]
  }

  private var unreliableTexts: [String] {
    let count = answer.points.count { point in
      point.finished.map { !($0.latency?.isFinite ?? false) } ?? false
    }
    return count == 0
      ? []
      : ["\(count) of the points have no p99 latency to rely on and cannot be on the front"]
  }

  private var unsettledTexts: [String] {
    let percent = formatted(answer.confidence * 100, places: 0)
    let family =
      "\(answer.comparisons) neighbours in cost and on the front, at \(percent) % together"
    guard !answer.unsettled.isEmpty else {
      return answer.comparisons == 0 ? [] : ["The order of all \(family), is settled."]
    }
    let pairs = answer.unsettled.prefix(Self.told).map { pair in
      let range = ValueText.range(pair.difference, unit: pair.unit)
      return "  \(pair.first) and \(pair.second) in \(pair.measure)"
        + (range.isEmpty ? "" : " (difference \(range))")
    }
    let rest = answer.unsettled.count - pairs.count
    return ["Of \(family), the order of these is not settled:"] + pairs
      + (rest > 0 ? ["  and of \(rest) more pairs"] : [])
  }
}
