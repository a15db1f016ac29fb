// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Statistics

/// What a comparison of two scenarios says, first in plain words.
package struct ComparisonReport: Sendable {
  private let first: String
  private let second: String
  private let comparison: Comparison
  private let runs: (first: Int64, second: Int64)

  /// A report of a comparison between scenarios of those paths, stored as those runs.
  package init(
    _ comparison: Comparison, first: String, second: String, runs: (first: Int64, second: Int64)
  ) {
    self.comparison = comparison
    self.first = first
    self.second = second
    self.runs = runs
  }

  // MARK: Words

  /// One sentence that says what the second scenario changes.
  package var sentence: String {
    let parts = comparison.told.compactMap { name -> String? in
      guard let row = comparison.measure(name) else { return nil }
      switch name {
      case "monthly_cost": return clause(row, "costs", "a month")
      case "availability": return clause(row, "has an availability that is", "")
      default:
        let words = Self.words.first { $0.name == name }?.words ?? name
        return clause(row, "has a \(words) that is", "")
      }
    }
    return "\(RunReport.name(of: second)) against \(RunReport.name(of: first)): it "
      + parts.joined(separator: "; it ") + "."
  }

  /// What measures are called in a sentence.
  private static let words: [(name: String, words: String)] = [
    ("monthly_cost", "cost"), ("p99(latency)", "p99 latency"),
    ("p99(ttft)", "p99 time to first token"), ("p99(tpot)", "p99 time per output token"),
  ]

  private func clause(_ row: Comparison.Row, _ verb: String, _ period: String) -> String {
    let what = Self.words.first { $0.name == row.name }?.words ?? row.name
    switch row.change {
    case .unknown:
      return "has a \(what) that cannot be compared: "
        + (row.note.isEmpty ? "there is none in one of the two" : row.note)
    case .same: return "has exactly the same \(what)"
    case .withinChance:
      return "has a \(what) that differs by no more than chance explains"
        + (row.difference.map { " (\(ValueText.range($0, unit: row.unit)))" } ?? "")
    case .immaterial, .lower, .higher:
      guard let difference = row.difference, let base = row.first else { return "" }
      let size = Interval(
        estimate: abs(difference.estimate), low: difference.low, high: difference.high,
        samples: difference.samples)
      let amount = ValueText.estimate(size, unit: row.unit)
      let share = formatted(difference.estimate / base * 100, places: 1)
      let sure = ValueText.range(difference, unit: row.unit)
      let direction =
        row.name == "monthly_cost"
        ? (difference.estimate < 0 ? "less" : "more")
        : (difference.estimate < 0 ? "lower" : "higher")
      let middle = period.isEmpty ? "\(amount) \(direction)" : "\(amount) \(period) \(direction)"
      return "\(verb) \(middle) (\(share) %; \(sure))"
    }
  }

  private var streams: String {
    func text(_ count: Int, _ what: String) -> String {
      count == comparison.replications
        ? "the same \(what) in all \(count) replications"
        : "the same \(what) in \(count) of \(comparison.replications) replications"
    }
    let (all, equal) = comparison.commonPools
    return text(comparison.equalRequests, "requests") + ", and the same capacity in \(equal) of "
      + "\(all) pools that both have, by digest of the draws"
  }

  // MARK: Tables

  /// The comparison for a terminal.
  package var table: String {
    let percent = formatted(comparison.confidence * 100, places: 0)
    return "\(sentence)\n\n\(rows(comparison.bill, "bill, a month of 730 h").plain)\n"
      + "\(rows(comparison.measures, "measure").plain)\n  \(legend)\n\n"
      + "  runs \(runs.first) and \(runs.second): \(streams); each interval at \(percent) %\n"
  }

  /// The comparison in Markdown.
  package var markdown: String {
    "\(sentence)\n\n\(rows(comparison.bill, "bill, a month of 730 h").markdown)\n"
      + "\(rows(comparison.measures, "measure").markdown)\n\(legend)\n\n\(streams).\n"
  }

  private var legend: String {
    "~ within chance, ≈ differs by less than 1 %, ? not known well enough; variance: how many times "
      + "smaller pairing makes that of the difference"
  }

  private func rows(_ rows: [Comparison.Row], _ title: String) -> TextTable {
    let names = (RunReport.name(of: first), RunReport.name(of: second))
    var table = TextTable([
      title, "\(names.0)>", "\(names.1)>", "difference>", "interval>", "", "variance>",
    ])
    for row in rows {
      func text(_ value: Double?) -> String {
        guard value != nil else { return "?" }
        return ValueText.estimate(
          value.map { value in
            row.difference.map {
              Interval(
                estimate: value, low: value - $0.halfWidth, high: value + $0.halfWidth,
                samples: $0.samples)
            } ?? .exact(value, samples: 1)
          }, unit: row.unit)
      }
      table.add([
        row.name, text(row.first), text(row.second),
        row.difference == nil ? "" : ValueText.estimate(row.difference, unit: row.unit),
        row.difference == nil ? row.note : ValueText.range(row.difference, unit: row.unit),
        row.change.rawValue,
        row.varianceReduction.map { $0.isFinite ? formatted($0, places: 1) + "×" : "∞" } ?? "",
      ])
    }
    return table
  }

  /// The comparison as CSV: a row for each line of the bill and each measure.
  package var csv: String {
    var table = TextTable([
      "kind", "name", "unit", "first", "second", "difference", "low", "high", "change", "note",
    ])
    for (kind, rows) in [("bill", comparison.bill), ("measure", comparison.measures)] {
      for row in rows {
        let numbers = [
          row.first, row.second, row.difference?.estimate, row.difference?.low,
          row.difference?.high,
        ]
        table.add(
          [kind, row.name, ValueText.unit(row.unit)] + numbers.map(ValueText.plain)
            + ["\(row.change)", row.note])
      }
    }
    return table.csv
  }

  // MARK: JSON

  /// The comparison as JSON, version 1; numbers that are not finite are `null`.
  package func json() throws -> String {
    func rows(_ rows: [Comparison.Row]) -> [Document.Row] {
      rows.map {
        Document.Row(
          name: $0.name, unit: ValueText.unit($0.unit), first: $0.first?.finite,
          second: $0.second?.finite,
          difference: $0.difference?.estimate.finite, low: $0.difference?.low.finite,
          high: $0.difference?.high.finite, change: $0.change.rawValue,
          varianceReduction: $0.varianceReduction?.finite)
      }
    }
    let document = Document(
      plimsoll: 1, first: first, second: second, runs: [runs.first, runs.second],
      sentence: sentence, confidence: comparison.confidence,
      replications: comparison.replications, equalRequests: comparison.equalRequests,
      commonPools: comparison.commonPools.all, poolsOfEqualCapacity: comparison.commonPools.equal,
      bill: rows(comparison.bill),
      measures: rows(comparison.measures))
    return try JSONText.of(document)
  }

  private struct Document: Encodable {
    struct Row: Encodable {
      let name: String
      let unit: String
      let first: Double?
      let second: Double?
      let difference: Double?
      let low: Double?
      let high: Double?
      let change: String
      let varianceReduction: Double?
    }
    let plimsoll: Int
    let first: String
    let second: String
    let runs: [Int64]
    let sentence: String
    let confidence: Double
    let replications: Int
    let equalRequests: Int
    let commonPools: Int
    let poolsOfEqualCapacity: Int
    let bill: [Row]
    let measures: [Row]
  }
}
