// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Statistics

/// Which uncertain input moves what, as a tornado for a terminal.
package struct SensitivityReport: Sendable {
  private let about: String
  private let scenario: String
  private let answers: [SensitivityAnswer]
  private let points: Int

  /// A report of the answers to a study of a scenario.
  package init(
    about: String, scenario: String, answers: [SensitivityAnswer], points: Int
  ) {
    self.about = about
    self.scenario = scenario
    self.answers = answers
    self.points = points
  }

  /// The report for a terminal.
  package var table: String {
    var text = about.isEmpty ? "" : "\(about)\n\n"
    for answer in answers { text += "\(heading(answer))\n\n\(rows(answer).plain)\n" }
    return text + next + "\n  \(legend)\n"
  }

  /// The report in Markdown.
  package var markdown: String {
    var text = about.isEmpty ? "" : "\(about)\n\n"
    for answer in answers { text += "### \(heading(answer))\n\n\(rows(answer).markdown)\n" }
    return text + next + "\n\(legend)\n"
  }

  /// The report as CSV, a row for each input and measure.
  package var csv: String {
    var table = TextTable([
      "measure", "unit", "base", "input", "input_unit", "from", "to", "at_lowest", "at_highest",
      "effect", "effect_low", "effect_high", "total", "total_low", "total_high", "turned",
    ])
    for answer in answers {
      for row in answer.inputs {
        let effect = row.effects?.meanAbsolute
        let total = row.indices?.total
        table.add(
          [answer.measure, answer.unit, ValueText.plain(answer.base)]
            + [row.input.name, row.input.unit]
            + [
              row.input.low, row.input.high, row.atLow, row.atHigh, effect?.estimate, effect?.low,
              effect?.high, total?.estimate, total?.low, total?.high,
            ].map(ValueText.plain) + [row.turned.joined(separator: "; ")])
      }
    }
    return table.csv
  }

  private func heading(_ answer: SensitivityAnswer) -> String {
    "\(answer.measure) of \(RunReport.name(of: scenario)), "
      + "\(value(answer.base, answer.unit)) as it is"
  }

  private var legend: String {
    "bar: from the lowest to the highest value of the input, each alone, | is the scenario as it is; "
      + "effect: Morris' mean absolute elementary effect over the whole range; total: Sobol' share of the "
      + "variance with all interactions; \(points) points, intervals at 95 %"
  }

  /// What to find out next, in one sentence a measure.
  private var next: String {
    answers.compactMap { answer -> String? in
      guard let first = answer.inputs.first else { return nil }
      let share = first.indices.map {
        ", which carries \(formatted(max(0, min(1, $0.total.estimate)) * 100, places: 0)) % of its "
          + "variance"
      }
      let turning = answer.inputs.filter { !$0.turned.isEmpty }
      let turned = turning.map { "\($0.input.name) (\($0.turned.joined(separator: ", ")))" }
      let isMoved = answer.inputs.contains {
        $0.effects.map { $0.meanAbsolute.estimate != 0 } ?? true
      }
      let found =
        isMoved
        ? "measure first: \(first.input.name)\(share ?? "")." : "no input changes anything."
      return "  For \(answer.measure), \(found)"
        + (turned.isEmpty
          ? " No input alone turns a verdict."
          : " Verdicts turn on \(turned.joined(separator: "; ")).")
        + "\n"
    }.joined()
  }

  private func rows(_ answer: SensitivityAnswer) -> TextTable {
    var table = TextTable([
      "input", "from", "to", "at lowest>", "", "at highest>", "effect>", "interval>", "total>",
      "interval>",
    ])
    for row in answer.inputs {
      let input = row.input
      table.add([
        input.name, number(input.low, input.unit), number(input.high, input.unit),
        row.atLow.map { value($0, answer.unit) } ?? "none", bar(row, of: answer),
        row.atHigh.map { value($0, answer.unit) } ?? "none",
        row.effects.map { ValueText.estimate($0.meanAbsolute, unit: answer.unit) } ?? "",
        row.effects.map { ValueText.range(cut($0.meanAbsolute, to: .infinity), unit: answer.unit) }
          ?? "",
        row.indices.map { formatted($0.total.estimate, places: 2) } ?? "",
        row.indices.map { indices in
          let total = cut(indices.total, to: 1)
          return "\(formatted(total.low, places: 2)) … \(formatted(total.high, places: 2))"
        } ?? "",
      ])
    }
    return table
  }

  /// The part of an interval that its measure can have.
  private func cut(_ interval: Interval, to most: Double) -> Interval {
    Interval(
      estimate: interval.estimate, low: max(0, interval.low), high: min(most, interval.high),
      samples: interval.samples)
  }

  private static var width: Int { 31 }

  /// The stretch from the measure at the lowest input to that at the highest, on the scale of all inputs.
  private func bar(
    _ row: SensitivityAnswer.Input, of answer: SensitivityAnswer
  ) -> String {
    let all = answer.inputs.flatMap { [$0.atLow, $0.atHigh] }.compactMap(\.self) + [answer.base]
    let finite = all.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), high > low else { return "" }
    func place(_ value: Double?) -> Int {
      guard let value, value.isFinite else { return Self.width - 1 }
      return Int(((value - low) / (high - low) * Double(Self.width - 1)).rounded())
    }
    let ends = [place(row.atLow), place(row.atHigh)].sorted()
    let base = place(answer.base)
    return String(
      (0..<Self.width).map { column -> Character in
        column == base ? "|" : column >= ends[0] && column <= ends[1] ? "█" : "·"
      })
  }

  private func number(_ value: Double, _ unit: String) -> String {
    "\(formatted(digits: Int64((value * 1e6).rounded()), places: 6, trimmingZeros: true))"
      + (unit.isEmpty ? "" : " \(unit)")
  }

  private func value(_ value: Double, _ unit: String) -> String {
    FigureText.text(value, unit: unit, places: unit == "s" || unit == "USD" ? 2 : 3)
  }

  /// The report as JSON, version 1; numbers that are not finite are `null`.
  package func json() throws -> String {
    let document = Document(
      plimsoll: 1, scenario: scenario, points: points,
      measures: answers.map { answer in
        Document.Measure(
          name: answer.measure, unit: answer.unit, base: answer.base.finite,
          inputs: answer.inputs.map { row in
            Document.Input(
              name: row.input.name, from: row.input.low, to: row.input.high, unit: row.input.unit,
              source: row.input.source, atLow: row.atLow?.finite, atHigh: row.atHigh?.finite,
              turned: row.turned, effect: range(row.effects?.meanAbsolute),
              sigma: row.effects?.deviation.finite, first: range(row.indices?.first),
              total: range(row.indices?.total))
          })
      })
    return try JSONText.of(document)
  }

  private func range(_ interval: Interval?) -> Document.Range? {
    interval.map {
      Document.Range(estimate: $0.estimate.finite, low: $0.low.finite, high: $0.high.finite)
    }
  }

  private struct Document: Encodable {
    struct Range: Encodable {
      let estimate: Double?
      let low: Double?
      let high: Double?
    }
    struct Input: Encodable {
      let name: String
      let from: Double
      let to: Double
      let unit: String
      let source: String
      let atLow: Double?
      let atHigh: Double?
      let turned: [String]
      let effect: Range?
      let sigma: Double?
      let first: Range?
      let total: Range?
    }
    struct Measure: Encodable {
      let name: String
      let unit: String
      let base: Double?
      let inputs: [Input]
    }
    let plimsoll: Int
    let scenario: String
    let points: Int
    let measures: [Measure]
  }
}
