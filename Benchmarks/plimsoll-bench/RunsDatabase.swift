// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import ResultsStore
import Statistics

/// A results database with many runs, as a year of continuous integration leaves one.
enum RunsDatabase {
  /// Writes so many finished runs, each with two replications, eight measures and eight verdicts.
  static func write(runs: Int, to path: String) throws {
    let store = try ResultsStore(path: path)
    var record = ReplicationRecord(replication: 0, edges: [180_000_000, 200_000_000])
    for latency in 0..<20 { record.times.latency.record(Int64(latency) * 10_000_000) }
    let interval = Interval(estimate: 0.1, low: 0.09, high: 0.11, samples: 2)
    for number in 0..<runs {
      let run = try store.begin(
        RunManifest(
          scenario: "Scenarios/scenario-\(number % 100).yaml", scenarioText: "plimsoll: 1\n",
          scenarioHash: String(number, radix: 16), version: "0.1.0", seed: UInt64(number),
          priceBook: "list", confidence: 0.95), startedAt: "2026-01-01T00:00:00Z")
      for replication in 0..<2 {
        record.replication = replication
        try store.add(record, digest: "digest \(number)", to: run)
      }
      try store.finish(
        run,
        RunResults(
          digest: "digest \(number)", replications: 2, requests: record.requests,
          measures: (0..<8).map {
            MeasureRow(name: "measure \($0)", unit: "s", interval: interval)
          },
          invoice: [],
          verdicts: (0..<8).map {
            VerdictRow(
              target: "target \($0)", verdict: $0 == number % 8 ? .fails : .holds,
              interval: interval, unit: "s", reason: "it was so")
          }))
    }
    try store.close()
  }
}
