// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Recording
import Scenario
import Testing

/// What is said to decide a target, where requests ran in windows that may leave out the busiest hours.
@Suite("Hours that no window saw")
struct UnseenHoursTests {
  private static func verdicts(windows: Int, replications: Int) throws -> [VerdictRow] {
    let loaded = try ServerFleet.load([
      "horizon=16h", "requests={ windows: \(windows), length: 1min, warmup: 10s }",
      "workload.arrivals={ peak: 90/s, daily: { peak: \"08:00\", swing: 45% } }",
      "targets=[ p99(latency) <= 1s, availability >= 99%, monthly_cost <= 21_900 USD ]",
    ])
    let records = try (0..<replications).map {
      try FleetSimulation.run(loaded.scenario, seed: 3, replication: $0)
    }
    return Judge(Measures(loaded.scenario, records: records), references: [], confidence: 0.95)
      .verdicts(on: loaded.scenario.targets)
  }

  @Test(
    "take more windows, and no number of replications is promised to decide", arguments: [2, 6])
  func unseen(replications: Int) throws {
    let verdicts = try Self.verdicts(windows: 2, replications: replications)
    for verdict in verdicts.prefix(2) {
      #expect(verdict.verdict == .undecided)
      #expect(
        verdict.reason.contains("of \(replications) replications no window saw the highest load"))
      #expect(verdict.reason.hasSuffix("draw more windows; more replications alone may not tell"))
      #expect(!verdict.reason.contains("more would tell"))
    }
    let more = try Self.verdicts(windows: 16, replications: replications)
    #expect(more.map(\.verdict) == [.holds, .holds, .holds])
  }

  @Test(
    "are a condition of the number of replications where a draw came short of the highest load")
  func mayBeMissed() throws {
    let verdict = try Self.verdicts(windows: 3, replications: 6)[1]
    #expect(verdict.verdict == .undecided)
    #expect(
      verdict.reason.hasSuffix(
        "more would tell if their windows see the highest load; more windows would make sure"))
  }
}
