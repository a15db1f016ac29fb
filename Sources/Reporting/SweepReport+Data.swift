// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import Statistics

extension SweepReport {
  private static var measures: [(name: String, column: String)] {
    [
      ("monthly_cost", "monthly_cost_usd"), ("p99(latency)", "p99_latency_s"),
      ("availability", "availability"),
    ]
  }

  // MARK: CSV

  /// A line for each point, as RFC 4180 has it; what there is none of is empty.
  package var csv: String {
    var targets: [String] = []
    for verdict in answer.points.flatMap({ $0.finished?.results.verdicts ?? [] })
    where !targets.contains(verdict.target) {
      targets.append(verdict.target)
    }
    var lines = [
      ["point"] + answer.keys + ["state"]
        + Self.measures.flatMap { [$0.column, $0.column + "_low", $0.column + "_high"] }
        + targets + ["on_front", "replications", "digest", "reason"]
    ]
    for point in answer.points {
      var line = ["\(point.number)"] + point.values
      switch point.outcome {
      case .finished(let finished):
        line.append("finished")
        for (name, _) in Self.measures { line += Self.fields(finished.measure(name)) }
        line += targets.map { target in
          finished.results.verdicts.first { $0.target == target }?.verdict.rawValue ?? ""
        }
        line += [
          answer.front.contains(point.number) ? "1" : "0", "\(finished.results.replications)",
          finished.results.digest, "",
        ]
      case .failed(let reason):
        line.append("failed")
        line += [String](repeating: "", count: Self.measures.count * 3 + targets.count)
        line += ["0", "0", "", reason]
      }
      lines.append(line)
    }
    return lines.map { $0.map(TextTable.csvField).joined(separator: ",") + "\n" }.joined()
  }

  private static func fields(_ row: MeasureRow?) -> [String] {
    guard let row, row.state == .estimated, let interval = row.interval else {
      return ["", "", ""]
    }
    return [interval.estimate, interval.low, interval.high].map(ValueText.plain)
  }

  // MARK: JSON

  /// The report as JSON, version 1; numbers that are not finite are `null`.
  package func json() throws -> String {
    let points = answer.points.map { point in
      let finished = point.finished
      var reason: String?
      if case .failed(let text) = point.outcome { reason = text }
      return Document.Point(
        point: point.number, values: point.values, state: finished == nil ? "failed" : "finished",
        run: finished?.run, digest: finished?.results.digest,
        replications: finished?.results.replications, reason: reason,
        onFront: answer.front.contains(point.number),
        measures: finished.map { finished in
          Self.measures.compactMap { finished.measure($0.name) }.map(Self.measure)
        } ?? [],
        verdicts: finished?.results.verdicts.map {
          Document.Verdict(target: $0.target, verdict: $0.verdict.rawValue, reason: $0.reason)
        } ?? [])
    }
    return try JSONText.of(
      Document(
        plimsollSweep: 1, scenario: answer.scenario, identity: answer.identity, seed: answer.seed,
        keys: answer.keys, points: points, front: answer.front, confidence: answer.confidence,
        comparisons: answer.comparisons,
        unsettled: answer.unsettled.map {
          Document.Pair(
            measure: $0.measure, unit: $0.unit, first: $0.first, second: $0.second,
            difference: $0.difference?.estimate.finite, low: $0.difference?.low.finite,
            high: $0.difference?.high.finite)
        }))
  }

  private static func measure(_ row: MeasureRow) -> Document.Measure {
    Document.Measure(
      name: row.name, unit: ValueText.unit(row.unit), estimate: JSONNumber(row.interval?.estimate),
      low: JSONNumber(row.interval?.low), high: JSONNumber(row.interval?.high),
      exact: row.interval?.isExact ?? false, state: row.stateText)
  }

  private struct Document: Encodable {
    struct Measure: Encodable {
      let name: String
      let unit: String
      let estimate: JSONNumber
      let low: JSONNumber
      let high: JSONNumber
      let exact: Bool
      let state: String
    }
    struct Verdict: Encodable {
      let target: String
      let verdict: String
      let reason: String
    }
    struct Point: Encodable {
      let point: Int
      let values: [String]
      let state: String
      let run: Int64?
      let digest: String?
      let replications: Int?
      let reason: String?
      let onFront: Bool
      let measures: [Measure]
      let verdicts: [Verdict]
    }
    struct Pair: Encodable {
      let measure: String
      let unit: String
      let first: Int
      let second: Int
      let difference: Double?
      let low: Double?
      let high: Double?
    }
    let plimsollSweep: Int
    let scenario: String
    let identity: String
    let seed: UInt64
    let keys: [String]
    let points: [Point]
    let front: [Int]
    let confidence: Double
    let comparisons: Int
    let unsettled: [Pair]
  }
}
