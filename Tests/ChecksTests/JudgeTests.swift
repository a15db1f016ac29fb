// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Scenario
import Serving
import SimulationTesting
import Statistics
import Testing

/// Verdicts on replications of which only the counts are known, so that intervals can be worked by hand.
@Suite("A judge of targets")
struct JudgeTests {
  /// Replications of five minutes with 1,000 requests each, of which so many got no answer; the others took
  /// 100 ms.
  private func rows(
    lost: [UInt64], _ targets: [String], look: Int? = nil, requests: UInt64 = 1_000
  ) throws -> [VerdictRow] {
    var builder = ScenarioBuilder()
    builder.targets = targets
    let scenario = try builder.build()
    let records = lost.enumerated().map { number, lost in
      var record = ReplicationRecord(replication: number, edges: [200_000_000])
      record.requests.arrived = requests
      record.requests[.completed] = requests - lost
      record.requests[.timedOut] = lost
      record.weighted = record.requests
      for _ in 0..<(requests - lost) { record.times.latency.record(100_000_000) }
      record.sampledMinutes = 5
      record.measuredTime = .minutes(5)
      return record
    }
    let judge = Judge(
      Measures(scenario, records: records), references: [], confidence: 0.95)
    return judge.verdicts(on: scenario.targets, look: look)
  }

  private func verdicts(lost: [UInt64], _ target: String) throws -> [VerdictRow.Verdict] {
    try rows(lost: lost, [target]).map(\.verdict)
  }

  /// Shares lost of 0.30, 0.31 and 0.32: 0.31 ± 4.302653·0.01/√3, so that 0.6652 to 0.7148 are answered.
  @Test(
    "lets a target hold above its bound with the whole interval, fail below it and else be undecided",
    arguments: [
      ("availability >= 66.5%", VerdictRow.Verdict.holds), ("availability >= 66.6%", .undecided),
      ("availability >= 71.4%", .undecided), ("availability >= 71.5%", .fails),
      ("availability <= 71.5%", .holds), ("availability < 66.5%", .fails),
    ])
  func intervals(target: String, verdict: VerdictRow.Verdict) throws {
    #expect(try verdicts(lost: [300, 310, 320], target) == [verdict])
  }

  /// Four replications of five minutes are twenty stretches as long as a client waits at most: with none
  /// lost, at most 1 - 0.05^(1/20) = 13.91 % are, at 95 %.
  @Test("bounds what was never seen to fail by how often it was looked at")
  func zeroFailures() throws {
    let none: [UInt64] = [0, 0, 0, 0]
    let row = try #require(try rows(lost: none, ["availability >= 86%"]).first)
    let interval = try #require(row.interval)
    #expect(row.verdict == .holds && interval.estimate == 1 && interval.high == 1)
    #expect(abs(interval.low - 0.860_891_659) < 1e-9)
    #expect(try verdicts(lost: none, "availability >= 87%") == [.undecided])
    // Half as many stretches: 1 - 0.05^(1/10) = 25.89 %.
    #expect(try verdicts(lost: [0, 0], "availability >= 74%") == [.holds])
    #expect(try verdicts(lost: [0, 0], "availability >= 75%") == [.undecided])
  }

  /// At 97.5 % up to 1 - 0.025^(1/20) = 16.84 % may be lost.
  @Test("shares its errors among targets, and among looks")
  func shared() throws {
    let none: [UInt64] = [0, 0, 0, 0]
    let two = try rows(lost: none, ["availability >= 86%", "availability >= 83%"])
    #expect(two.map(\.verdict) == [.undecided, .holds])
    #expect(two.allSatisfy { abs($0.confidence - 0.975) < 1e-12 })
    let first = try rows(lost: none, ["availability >= 86%"], look: 1)
    #expect(first.map(\.verdict) == [.undecided] && abs(first[0].confidence - 0.975) < 1e-12)
    // The second of all looks has a sixth of the errors.
    let second = try rows(lost: none, ["availability >= 86%"], look: 2)
    #expect(abs(second[0].confidence - (1 - 0.05 / 6)) < 1e-12)
  }

  @Test("fails a target without a sample, and says so")
  func noSample() throws {
    let row = try #require(try rows(lost: [0, 0], ["availability >= 1%"], requests: 0).first)
    #expect(row.verdict == .fails && row.interval == nil)
    #expect(row.reason == "there is no sample to judge by")
  }

  @Test("has no interval of one replication, and decides nothing by it")
  func oneReplication() throws {
    let row = try #require(try rows(lost: [300], ["availability >= 50%"]).first)
    #expect(row.verdict == .undecided && row.reason.contains("no interval from 1 replication"))
  }

  /// One request in a hundred of 250 is 2.5 a replication, and three are needed.
  @Test("shows no quantile by fewer than three requests beyond it a replication")
  func insufficient() throws {
    let target = "p99(latency) <= 200ms"
    let few = try #require(try rows(lost: [0, 0, 0, 0], [target], requests: 250).first)
    #expect(few.state == .insufficient && few.interval == nil && few.verdict == .undecided)
    let enough = try #require(try rows(lost: [0, 0, 0, 0], [target], requests: 300).first)
    #expect(enough.state == .estimated && enough.interval != nil)
  }
}
