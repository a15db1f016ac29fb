// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Foundation
import Scenario
import Testing

@Suite("Sensitivity")
struct SensitivityTests {
  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 10h
    requests: { from: 0h, for: 1s }
    replications: 1
    cloud: ideal
    prices: prices.yaml
    workload: { arrivals: { rate: 20/s } }
    client: { timeout: none, retries: 0 }
    models: { server: { on: { t: { batch: { max: 1, latency: { 1: 10ms } } } } } }
    fleet:
      one: { type: t, zone: us-east-1a, market: onDemand, machines: 1, price: 20 USD/h, serves: { server: 1 } }
      two: { type: t, zone: us-east-1a, market: onDemand, machines: 2, price: 15 USD/h, serves: { server: 1 } }
    costs: { network: 500 USD/month }
    policies: { queue: { limit: 100 } }
    targets: [ monthly_cost <= 40_000 USD ]
    """
  private static let prices = """
    plimsoll_prices: 1
    name: p
    source: made up
    read: 2024-12-10
    machines: { t: { onDemand: 10 USD/h } }
    """
  private static let study = """
    plimsoll_sensitivity: 1
    scenario: fleet.yaml
    replications: 1
    measures: [monthly_cost]
    inputs:
      - { input: network, from: 0, to: 1000, unit: USD, set: [ "costs.network={x} USD/month" ] }
      - { input: price of one, from: 10, to: 40, set: [ "fleet.one.price={x} USD/h" ] }
      - { input: price of two, from: 10, to: 20, set: [ "fleet.two.price={x} USD/h" ] }
    """

  private static func files(study: String = study) -> FileReader {
    FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      switch path {
      case "fleet.yaml": Array(scenario.utf8)
      case "prices.yaml": Array(prices.utf8)
      case "study.yaml": Array(study.utf8)
      default: throw .missing
      }
    }
  }

  private func answers(jobs: Int) async throws -> [SensitivityAnswer] {
    let study = try SensitivityStudy.load("study.yaml", files: Self.files())
    var effort = SensitivityAnalysis.Effort()
    effort.trajectories = 4
    effort.rows = 64
    effort.kept = 3
    effort.jobs = jobs
    return try await SensitivityAnalysis(study, effort: effort, seed: nil) {
      try ScenarioLoader.load("fleet.yaml", files: Self.files(), overrides: $0)
    }.run { _, _ in }
  }

  /// The bill is 730·(one + 2·two) + network, so effects are the coefficients times the ranges, nothing
  /// bends, and shares of the variance are those of the squared effects.
  @Test("of a bill that is a sum has the effects, the swings and the shares of its terms")
  func sum() async throws {
    let answer = try #require(try await answers(jobs: 2).first)
    #expect(abs(answer.base - (730 * 50 + 500)) < 1e-6)
    let effects: [Double] = [730 * 30, 730 * 2 * 10, 1_000]
    let whole = effects.reduce(0) { $0 + $1 * $1 }
    #expect(answer.inputs.map(\.input.name) == ["price of one", "price of two", "network"])
    for (input, effect) in zip(answer.inputs, effects) {
      let low = try #require(input.atLow)
      let high = try #require(input.atHigh)
      #expect(abs(high - low - effect) < 0.01)
      let found = try #require(input.effects)
      #expect(abs(found.mean.estimate - effect) < 0.01 && found.deviation < 0.01)
      let total = try #require(input.indices?.total)
      #expect(abs(total.estimate - effect * effect / whole) < 0.1)
    }
    // 730·(10 + 30) + 500 is under the target, 730·(40 + 30) + 500 is not; the network turns nothing.
    #expect(answer.inputs[0].turned == ["monthly_cost <= 40_000 USD"])
    #expect(answer.inputs[2].turned.isEmpty)
  }

  @Test("is the same on any number of jobs")
  func jobs() async throws {
    let (one, three) = (try await answers(jobs: 1), try await answers(jobs: 3))
    for (left, right) in zip(one, three) {
      #expect(left.inputs.map(\.effects) == right.inputs.map(\.effects))
      #expect(left.inputs.map(\.indices) == right.inputs.map(\.indices))
    }
  }

  @Test("refuses a measure that the scenario does not have, before it runs the points")
  func unknownMeasure() async throws {
    let text = Self.study.replacingOccurrences(of: "monthly_cost]", with: "p99(lattency)]")
    let study = try SensitivityStudy.load("study.yaml", files: Self.files(study: text))
    await #expect(throws: UnknownMeasure.self) {
      _ = try await SensitivityAnalysis(study, effort: .init(), seed: nil) {
        try ScenarioLoader.load("fleet.yaml", files: Self.files(), overrides: $0)
      }.run { _, _ in }
    }
  }

  @Test(
    "refuses what cannot be varied",
    arguments: [
      (
        "from: 10, to: 40, set: [ \"fleet.one.price={x} USD/h\" ]",
        "from: 40, to: 10, set: [ \"fleet.one.price={x} USD/h\" ]", "above 40"
      ),
      (
        "[ \"fleet.one.price={x} USD/h\" ]", "[ fleet.one.price=3 USD/h ]",
        "no override takes the value"
      ),
      ("fleet.one.price={x} USD/h", "fleet.one.prize={x} USD/h", "unknown key"),
      ("scenario: fleet.yaml", "scenario: gone.yaml", "gone.yaml"),
    ])
  func refusals(old: String, new: String, expected: String) {
    let text = Self.study.replacingOccurrences(of: old, with: new)
    #expect(text != Self.study)
    let error = #expect(throws: ScenarioErrors.self) {
      try SensitivityStudy.load("study.yaml", files: Self.files(study: text))
    }
    #expect(error.map { "\($0)" }?.contains(expected) == true)
  }
}
