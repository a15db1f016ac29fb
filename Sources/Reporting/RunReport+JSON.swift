// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Serving
import Statistics

extension RunReport {
  /// The report as JSON, version 1; numbers that are not finite are `null`.
  package func json() throws -> String {
    try JSONText.of(document)
  }

  private var document: Document {
    Document(
      plimsoll: 1, scenario: scenario, digest: results.digest, seed: seed,
      replications: results.replications, run: run, priceBook: priceBook,
      assumptions: assumptions,
      measures: results.measures.map { measure($0) }, invoice: results.invoice.map(line),
      billed: billedTotal?.cents,
      billedByMonth: results.billedMonths.map {
        Document.Month(from: "\($0.from)", to: "\($0.to)", usd: $0.billed.cents)
      },
      verdicts: results.verdicts.map(verdict),
      notes: results.notes.map { Document.Note(topic: $0.topic, text: $0.text) },
      requests: requests, samples: values, regressions: regressions.map(regression),
      new: isNew ? true : nil)
  }

  private func regression(_ found: Regressions) -> Document.Regression {
    Document.Regression(
      baseline: found.baseline.origin, digest: found.baseline.digest,
      measures: found.rows.map { row in
        Document.Regression.Measure(
          measure: row.tolerance.measure, tolerance: row.tolerance.text,
          unit: ValueText.unit(row.unit),
          before: row.before?.finite, after: row.after?.finite, method: row.method.rawValue,
          verdict: verdict(row.verdict))
      },
      bill: found.moved.map { row in
        Document.Regression.Line(
          line: row.name, before: row.first, after: row.second,
          difference: row.difference?.estimate.finite, low: row.difference?.low.finite,
          high: row.difference?.high.finite)
      })
  }

  private func measure(_ row: MeasureRow) -> Document.Measure {
    let estimate = JSONNumber(row.interval?.estimate)
    return Document.Measure(
      name: row.name, unit: ValueText.unit(row.unit), labels: [:], estimate: estimate,
      mean: estimate, low: JSONNumber(row.interval?.low), high: JSONNumber(row.interval?.high),
      confidence: confidence, samples: row.interval?.samples ?? 0,
      exact: row.interval?.isExact ?? false, state: row.stateText, note: row.note)
  }

  private func line(_ row: InvoiceRow) -> Document.Line {
    Document.Line(
      line: row.line, pool: row.pool, market: row.market, hours: row.hours,
      price: row.price.map { "\($0)" }, usd: FigureText.money(row.monthly))
  }

  private func verdict(_ row: VerdictRow) -> Document.Verdict {
    Document.Verdict(
      target: row.target, verdict: row.verdict.rawValue, unit: ValueText.unit(row.unit),
      estimate: JSONNumber(row.interval?.estimate), low: JSONNumber(row.interval?.low),
      high: JSONNumber(row.interval?.high), state: row.stateText, confidence: row.confidence,
      reason: row.reason)
  }

  private var requests: [String: UInt64] {
    var counts = ["arrived": results.requests.arrived, "in_flight": results.requests.inFlight]
    for outcome in RequestOutcome.allCases { counts[outcome.name] = results.requests[outcome] }
    return counts
  }

  private struct Document: Encodable {
    struct Measure: Encodable {
      let name: String
      let unit: String
      let labels: [String: String]
      let estimate: JSONNumber
      /// The estimate by its first name, which readers of version 1 know.
      let mean: JSONNumber
      let low: JSONNumber
      let high: JSONNumber
      let confidence: Double
      let samples: Int
      let exact: Bool
      let state: String
      let note: String
    }
    struct Line: Encodable {
      let line: String
      let pool: String
      let market: String
      let hours: Double?
      let price: String?
      let usd: String
    }
    struct Month: Encodable {
      let from: String
      let to: String
      let usd: String
    }
    struct Verdict: Encodable {
      let target: String
      let verdict: String
      let unit: String
      let estimate: JSONNumber
      let low: JSONNumber
      let high: JSONNumber
      let state: String
      let confidence: Double
      let reason: String
    }
    struct Regression: Encodable {
      struct Measure: Encodable {
        let measure: String
        let tolerance: String
        let unit: String
        let before: Double?
        let after: Double?
        let method: String
        let verdict: Verdict
      }
      struct Line: Encodable {
        let line: String
        let before: Double?
        let after: Double?
        let difference: Double?
        let low: Double?
        let high: Double?
      }
      let baseline: String
      let digest: String
      let measures: [Measure]
      let bill: [Line]
    }
    struct Note: Encodable {
      let topic: String
      let text: String
    }
    let plimsoll: Int
    let scenario: String
    let digest: String
    let seed: UInt64
    let replications: Int
    let run: Int64
    let priceBook: String
    let assumptions: [String]
    let measures: [Measure]
    let invoice: [Line]
    let billed: String?
    let billedByMonth: [Month]
    let verdicts: [Verdict]
    let notes: [Note]
    let requests: [String: UInt64]
    let samples: RunValues?
    let regressions: Regression?
    /// Whether the baseline has no run of it; absent where it has one, or there is no baseline.
    let new: Bool?
  }
}
