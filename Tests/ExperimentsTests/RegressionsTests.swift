// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Foundation
import Quantities
import Recording
import Scenario
import Statistics
import Testing

@Suite("A run held against an earlier one")
struct RegressionsTests {
  /// A run of which two measures and two lines of the bill are known, three replications each.
  private func run(
    cost: [Double], latency: [Double?] = [0.1, 0.1, 0.1], seed: UInt64 = 1, digest: String = "a",
    state: MeasureRow.State = .estimated, spot: [Double] = [10, 10, 10]
  ) throws -> ComparedRun {
    func series(_ name: String, _ values: [Double?]) -> String {
      let isFinite = values.allSatisfy { $0 != nil }
      let mean = values.compactMap(\.self).reduce(0, +) / Double(values.count)
      let list = values.map { $0.map { "\($0)" } ?? "null" }.joined(separator: ",")
      let estimate = isFinite && !values.isEmpty ? "\"estimate\":\(mean)," : ""
      return "{\"name\":\"\(name)\",\(estimate)\"values\":[\(list)]}"
    }
    let json = """
      {"measures":[\(series("monthly_cost", cost)),\(series("p99(latency)", latency)),
      \(series("availability", [0.999, 0.999, 0.999]))],
      "bill":[\(series("machines, spot", spot)),\(series("storage, fixed", [5, 5, 5]))]}
      """
    return ComparedRun(
      scenario: "s.yaml", origin: "run 1", seed: seed, replications: cost.count, digest: digest,
      rows: [MeasureRow(name: "p99(latency)", unit: "s", interval: nil, state: state)],
      values: try JSONDecoder().decode(RunValues.self, from: Data(json.utf8)))
  }

  private func row(
    _ before: ComparedRun, _ after: ComparedRun, _ tolerance: String
  ) throws -> Regressions.Row {
    let found = Regressions(
      of: after, against: before, tolerances: [try Tolerance(parsing: tolerance)], confidence: 0.95)
    return try #require(found.rows.first)
  }

  /// Differences 9, 10, 11: 10 ± 4.302653·√(1/3) = 7.52 … 12.48 above a mean of 100.
  @Test(
    "fails wholly beyond what is tolerated, holds wholly within, and is undecided on both sides",
    arguments: [
      ("+7%", VerdictRow.Verdict.fails), ("+7.5%", .fails), ("+7.6%", .undecided),
      ("+12.4%", .undecided), ("+12.5%", .holds), ("+0 USD", .fails), ("+13 USD", .holds),
    ])
  func verdicts(amount: String, verdict: VerdictRow.Verdict) throws {
    let before = try run(cost: [90, 100, 110])
    let after = try run(cost: [99, 110, 121], digest: "b")
    let row = try row(before, after, "monthly_cost: \(amount)")
    #expect(row.verdict.verdict == verdict && row.method == .paired)
  }

  @Test("gets better without end and is no regression")
  func better() throws {
    let after = try run(cost: [1, 2, 3], digest: "b")
    let row = try row(try run(cost: [90, 100, 110]), after, "monthly_cost: +0%")
    #expect(row.verdict.verdict == .holds)
  }

  @Test("of another seed is not paired, so that the same difference no longer tells")
  func unpaired() throws {
    let before = try run(cost: [90, 100, 110])
    let after = try run(cost: [99, 110, 121], seed: 2, digest: "b")
    let row = try row(before, after, "monthly_cost: +0%")
    #expect(row.verdict.verdict == .undecided && row.method == .welch)
  }

  @Test("with the same digest is the same, even of one replication")
  func sameDigest() throws {
    let one = try run(cost: [90])
    #expect(try row(one, one, "monthly_cost: +0%").verdict.verdict == .holds)
    let other = try run(cost: [90], digest: "b")
    #expect(try row(one, other, "monthly_cost: +0%").verdict.verdict == .undecided)
  }

  @Test(
    "fails where all requests were answered in time and now too many are not in any replication")
  func infinite() throws {
    let before = try run(cost: [1, 1, 1])
    let lost = try run(cost: [1, 1, 1], latency: [nil, nil, nil], digest: "b")
    #expect(try row(before, lost, "p99(latency): +5%").verdict.verdict == .fails)
    let once = try run(cost: [1, 1, 1], latency: [0.1, nil, 0.1], digest: "b")
    #expect(try row(before, once, "p99(latency): +5%").verdict.verdict == .undecided)
  }

  @Test("fails without a sample or a steady state, and is undecided with too little of the tail")
  func states() throws {
    let before = try run(cost: [1, 1, 1])
    let none = try run(cost: [1, 1, 1], latency: [], digest: "b")
    #expect(try row(before, none, "p99(latency): +5%").verdict.verdict == .fails)
    for (state, verdict) in [
      (MeasureRow.State.notStationary, VerdictRow.Verdict.fails), (.insufficient, .undecided),
    ] {
      let after = try run(cost: [1, 1, 1], digest: "b", state: state)
      #expect(try row(before, after, "p99(latency): +5%").verdict.verdict == verdict)
    }
    #expect(before.lack(of: "p99(latency)") == nil)
    #expect(none.lack(of: "p99(latency)") != nil)
    #expect(before.lack(of: "hit_ratio") != nil)
    #expect(try run(cost: [1], state: .insufficient).lack(of: "p99(latency)") != nil)
  }

  @Test("names the lines of the bill that moved and no other")
  func moved() throws {
    let before = try run(cost: [15, 15, 15])
    let after = try run(cost: [35, 35, 35], digest: "b", spot: [29, 30, 31])
    let found = Regressions(
      of: after, against: before, tolerances: [try Tolerance(parsing: "monthly_cost: +900%")],
      confidence: 0.95)
    #expect(found.moved.map(\.name) == ["machines, spot"])
    #expect(found.moved.first?.difference?.estimate == 20)
  }

  @Test("has values of every measure that a tolerance may name")
  func measures() {
    var record = ReplicationRecord(replication: 0, edges: [])
    record.billedTime = .hours(1)
    let ofTokens = Tolerance.measures.filter(\.needsTokens).map(\.name)
    let others = Tolerance.measures.map(\.name).filter { !ofTokens.contains($0) }
    #expect(RunValues([record]).measures.map(\.name) == others)
    record.times.tokens = (record.times.latency, record.times.latency, record.times.latency)
    #expect(RunValues([record]).measures.map(\.name) == Tolerance.measures.map(\.name))
    #expect(ofTokens.count == 18)
  }
}
