// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Reporting
import Scenario
import Testing

/// A fleet that is not settled is neither taken nor ruled out in silence.
@Suite("Fleets whose targets are not settled")
struct UndecidedFleetTests {
  /// Requests that never wait, of exponential times: 20 ms on the mean on a small machine, 5 ms on
  /// a large one.
  ///
  /// The share of a small one's above 20 ms · ln 100 = 92.1034 ms is 1 % exactly, so that no
  /// number of
  /// replications settles p99 <= 92.1034 ms; on a large one it is e^-18.4, and holds.
  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 2h
    requests: { from: 10min, for: 1min, warmup: 10s }
    replications: 4
    seed: 3
    cloud: ideal
    prices: prices.yaml
    workload: { arrivals: { rate: 50/s } }
    client: { timeout: 5s, retries: 0 }
    models:
      server:
        on:
          small: { batch: { max: 1, lanes: 50, latency: { 1: 20ms }, noise: exponential } }
          large: { batch: { max: 1, lanes: 50, latency: { 1: 5ms }, noise: exponential } }
    fleet:
      one: { type: small, zone: us-east-1a, market: onDemand, machines: 1, serves: { server: 1 } }
    policies: { queue: { limit: 1_000 } }
    targets: [ p99(latency) <= 92.1034ms ]
    """
  private static let prices = """
    plimsoll_prices: 1
    name: p
    source: made up
    read: 2024-12-10
    machines: { small: { onDemand: 10 USD/h }, large: { onDemand: 30 USD/h } }
    """
  private static let study = """
    plimsoll_levers: 1
    scenario: s.yaml
    replications: 4
    over: [ "fleet.one.type=small,large" ]
    levers:
      - { lever: nothing, off: [ policies.queue.limit=999 ] }
    """

  private static let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
    switch path {
    case "s.yaml": Array(scenario.utf8)
    case "prices.yaml": Array(prices.utf8)
    default: Array(study.utf8)
    }
  }

  @Sendable private static func load(_ overrides: [String]) throws -> LoadedExperiment {
    try ScenarioLoader.load("s.yaml", files: files, overrides: overrides)
  }

  @Test(
    "are passed by, marked where a saving rests on them, and told of where they are the operated fleet"
  )
  func levers() async throws {
    let study = try LeverStudy.load(
      "study.yaml", files: Self.files, sizeProblem: LeverAnalysis.sizeProblem)
    let answer = try await LeverAnalysis(study, seed: nil, jobs: 2, load: Self.load).run { _, _ in }
    #expect(answer.coalitions.map(\.size) == [["large"], ["large"]])
    #expect(answer.coalitions.map(\.undecided) == [[["small"]], [["small"]]])
    #expect(answer.levers[0].alone.isUndecided && !answer.levers[0].alone.isDoubtful)
    let report = LeverReport(answer)
    let said = try #require(report.contradictions.first)
    // 20 USD/h less for 730 h.
    #expect(said.contains("is in the grid (fleet.one.type=small), costs 14,600.00 USD"), "\(said)")
    #expect(said.contains("is undecided: p99(latency) <= 92.1034ms"))
    #expect(report.table.contains("‡ rests on coalitions with a cheaper size"))
    #expect(report.table.contains("  no lever: fleet.one.type=small"))
  }

  @Test("are neither taken nor ruled out by the search for the cheapest, which says so")
  func search() async throws {
    var effort = Optimisation.Effort()
    effort.maximumReplications = 10
    let answer = try await Optimisation(
      "s.yaml", over: ["fleet.one.type=small,large"], effort: effort, seed: nil, load: Self.load
    ).run { _, _ in }
    #expect(answer.points.map(\.standing) == [.unsettled, .holds])
    #expect(answer.outcome == .winner(1) && answer.unsettled == [0])
    let sentences = OptimumReport(answer).sentences
    #expect(
      sentences.contains { $0.contains("which is point 0, costs") && $0.contains("is undecided") })
    #expect(sentences[0].contains("known to be holding all service targets"))
  }
}
