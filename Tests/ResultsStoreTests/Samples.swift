// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Statistics

/// Results with every kind of row: exact, unbounded, without a sample, infinite.
enum Samples {
  static let startedAt = "2026-01-01T00:00:00Z"

  static func manifest(_ scenario: String = "Scenarios/a.yaml", hash: String = "ab12")
    -> RunManifest
  {
    RunManifest(
      scenario: scenario, scenarioText: "name: a\n# ümlaut 'quoted'\n", scenarioHash: hash,
      version: "1.2.3", seed: .max, priceBook: "list 2026", confidence: 0.95)
  }

  static func results(digest: String = "d1") -> RunResults {
    var requests = RequestCounts()
    requests.arrived = 10
    requests[.completed] = 7
    requests[.timedOut] = 2
    let unbounded = Interval(estimate: 0.1, low: -.infinity, high: .infinity, samples: 1)
    let endless = Interval(
      estimate: .infinity, low: -.infinity, high: .infinity, samples: 20)
    let bounded = Interval(estimate: 1.0 / 3, low: 0.3, high: 0.4, samples: 20)
    return RunResults(
      digest: digest, replications: 20, requests: requests,
      measures: [
        MeasureRow(name: "p99(latency)", unit: "s", interval: unbounded, note: "one replication"),
        MeasureRow(name: "max(latency)", unit: "s", interval: endless),
        MeasureRow(name: "mean(wait)", unit: "s", interval: nil, note: "no sample"),
        MeasureRow(name: "cost", unit: "USD", interval: .exact(12.5, samples: 20)),
        MeasureRow(
          name: "p99.9(latency)", unit: "s", interval: nil, state: .insufficient, note: "0.4"),
        MeasureRow(name: "p50(wait)", unit: "s", interval: nil, state: .notStationary),
      ],
      invoice: [
        InvoiceRow(
          line: "machines", pool: "p", market: "spot", hours: 730.25,
          price: HourlyPrice(nanodollarsPerHour: 9_830_000_001),
          monthly: USD(nanodollars: 7_178_357_500_730)),
        InvoiceRow(
          line: "credit", pool: "", market: "fixed", hours: nil, price: nil,
          monthly: USD(nanodollars: -1)),
      ],
      billedMonths: [
        BilledMonthRow(
          from: UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000),
          to: UTCDate(nanosecondsSince1970: 1_735_689_600_000_000_000),
          billed: USD(nanodollars: 17))
      ],
      verdicts: [
        VerdictRow(
          target: "p99(latency) < 1 s", verdict: .undecided, interval: unbounded, unit: "s",
          reason: "one replication has no interval"),
        VerdictRow(
          target: "cost < 20", verdict: .holds, interval: bounded, unit: "USD",
          state: .insufficient, confidence: 0.9975, reason: ""),
        VerdictRow(target: "x", verdict: .holds, interval: nil, unit: "", reason: "no sample"),
      ],
      notes: [
        RunNote(topic: "replications", text: "every target was decided"),
        RunNote(topic: "drift", text: ""),
      ])
  }
}
