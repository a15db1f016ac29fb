// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import Statistics

extension OptimumReport {
  // MARK: CSV

  /// A line for each point, as RFC 4180 has it; what there is none of is empty.
  package var csv: String {
    var lines = [
      ["point"] + answer.search.keys + [
        "standing", "monthly_cost_usd", "monthly_cost_usd_low", "monthly_cost_usd_high",
        "bill_lacks_requests", "replications", "chosen", "reason",
      ]
    ]
    for point in answer.points {
      let bill = [point.bill?.estimate, point.bill?.low, point.bill?.high].map { value in
        value.flatMap(\.finite).map { "\($0)" } ?? ""
      }
      lines.append(
        ["\(point.number)"] + point.values + [point.standing.rawValue] + bill + [
          point.lacksRequests ? "1" : "0", "\(point.replications)",
          chosen.contains(point.number) ? "1" : "0",
          point.standing == .fails || point.standing == .refused ? word(point) : "",
        ])
    }
    return lines.map { $0.map(TextTable.csvField).joined(separator: ",") + "\n" }.joined()
  }

  private var chosen: [Int] {
    switch answer.outcome {
    case .winner(let number): [number]
    case .inseparable(let numbers): numbers
    case .none: []
    }
  }

  // MARK: JSON

  /// The report as JSON, version 1; numbers that are not finite are `null`.
  package func json() throws -> String {
    var outcome = "none"
    var winner: Int?
    switch answer.outcome {
    case .winner(let number): (outcome, winner) = ("winner", number)
    case .inseparable: outcome = "inseparable"
    case .none: break
    }
    return try JSONText.of(
      Document(
        plimsollOptimum: 1, scenario: answer.search.scenario, seed: answer.search.seed,
        keys: answer.search.keys, objective: objective.measure, maximised: objective.isMaximised,
        confidence: answer.search.confidence, delta: answer.search.delta,
        maximumReplications: answer.search.maximumReplications, outcome: outcome, winner: winner,
        chosen: chosen, unsettled: answer.unsettled, summary: sentences, budgets: answer.budgets,
        operated: answer.operated.map {
          Document.Operated(
            point: $0.point, monthlyCost: RangeDocument($0.bill), standing: $0.standing.rawValue)
        },
        runnerUp: answer.runnerUp.map {
          Document.RunnerUp(point: $0.point, difference: RangeDocument($0.difference))
        },
        points: answer.points.map(Self.document),
        spent: Document.Effort(answer.spent), grid: Document.Effort(answer.grid)))
  }

  private static func document(_ point: OptimumAnswer.Point) -> Document.Point {
    Document.Point(
      point: point.number, values: point.values, standing: point.standing.rawValue,
      monthlyCost: point.bill.map { RangeDocument($0) },
      objective: point.objective.map { RangeDocument($0) }, billLacksRequests: point.lacksRequests,
      replications: point.replications,
      reason: point.refusal.isEmpty ? nil : point.refusal,
      verdicts: point.verdicts.map {
        Document.Verdict(
          target: $0.target, verdict: $0.verdict.rawValue, reason: $0.reason,
          confidence: $0.confidence)
      },
      measures: point.measures.filter { $0.state == .estimated }.map {
        Document.Measure(
          name: $0.name, unit: $0.unit, value: $0.interval.map { RangeDocument($0) })
      })
  }

  private struct Document: Encodable {
    struct Verdict: Encodable {
      let target: String
      let verdict: String
      let reason: String
      let confidence: Double
    }
    struct Measure: Encodable {
      let name: String
      let unit: String
      let value: RangeDocument?
    }
    struct Point: Encodable {
      let point: Int
      let values: [String]
      let standing: String
      let monthlyCost: RangeDocument?
      let objective: RangeDocument?
      let billLacksRequests: Bool
      let replications: Int
      let reason: String?
      let verdicts: [Verdict]
      let measures: [Measure]
    }
    struct RunnerUp: Encodable {
      let point: Int
      let difference: RangeDocument
    }
    struct Operated: Encodable {
      let point: Int?
      let monthlyCost: RangeDocument
      let standing: String
    }
    struct Effort: Encodable {
      let requests: UInt64
      let replications: Int

      init(_ effort: OptimumAnswer.Effort) {
        (requests, replications) = (effort.requests, effort.replications)
      }
    }
    let plimsollOptimum: Int
    let scenario: String
    let seed: UInt64
    let keys: [String]
    let objective: String
    let maximised: Bool
    let confidence: Double
    let delta: Double
    let maximumReplications: Int
    let outcome: String
    let winner: Int?
    let chosen: [Int]
    let unsettled: [Int]
    let summary: [String]
    let budgets: [String]
    let operated: Operated?
    let runnerUp: RunnerUp?
    let points: [Point]
    let spent: Effort
    let grid: Effort
  }
}
