// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import ResultsStore
import Scenario

/// A small sweep with chance in it: a server that may be taken, another beside it, and a saving to judge.
enum SweepFixture {
  static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 20h
    requests: { from: 2h, for: 40s }
    replications: 3
    seed: 11
    cloud: { answer: 5s, boot: 90s, load: 60s }
    prices: prices.yaml
    workload: { arrivals: { rate: 20/s } }
    client: { timeout: 2s, retries: 0 }
    models: { server: { on: { t: { batch: { max: 1, latency: { 1: 20ms }, noise: { gamma: { cv: 1 } } } } } } }
    fleet:
      one: { type: t, zone: us-east-1a, market: onDemand, machines: 1, price: 20 USD/h, serves: { server: 1 } }
      two:
        type: t
        zone: us-east-1a
        market: spot
        machines: 2
        price: 5 USD/h
        serves: { server: 1 }
        lifetime: { weibull: { scale: 3h, shape: 0.8 } }
        down: { gamma: { mean: 1h, cv: 1 } }
        notice: 120s
    policies: { queue: { limit: 100 } }
    targets: [ monthly_cost <= 40_000 USD, "savings(base.yaml) >= 1%" ]
    """
  static let base = """
    extends: fleet.yaml
    fleet: { two: { machines: 4 } }
    targets: ~
    """
  static let prices = """
    plimsoll_prices: 1
    name: p
    source: made up
    read: 2024-12-10
    machines: { t: { onDemand: 10 USD/h } }
    """

  static let files = files()

  static func files(scenario: String = scenario) -> FileReader {
    FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      switch path {
      case "fleet.yaml": Array(scenario.utf8)
      case "base.yaml": Array(base.utf8)
      case "prices.yaml": Array(prices.utf8)
      default: throw .missing
      }
    }
  }

  static let paths = ["fleet.yaml", "prices.yaml", "base.yaml", "fleet.yaml"]
  static let vary = ["fleet.two.machines=0..3", "fleet.one.price=20 USD/h,25 USD/h"]

  static func request(
    vary: [String] = vary, sample: String? = nil, replications: Int? = nil
  ) -> SweepRequest {
    SweepRequest(
      scenario: "fleet.yaml", vary: vary, sample: sample, replications: replications,
      version: "test")
  }

  static func prepared(_ request: SweepRequest = request()) async throws -> PreparedSweep {
    try await PreparedSweep(request, files: files, jobs: 2)
  }

  static func answer(
    _ sweep: PreparedSweep, into store: ResultsStore? = nil, jobs: Int = 2, resuming: Bool = false,
    progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> SweepAnswer {
    let options = SweepRunner.Options(jobs: jobs, isResuming: resuming, startedAt: "")
    let place = try store ?? .temporary()
    return try await SweepRunner(sweep, options: options).run(into: place, progress: progress)
  }
}

extension SweepAnswer {
  /// All that two answers of one sweep must have in common, but the numbers of runs.
  var essence: [String] {
    points.map { point in
      guard let finished = point.finished else { return "\(point)" }
      return "\(point.number) \(point.values) \(finished.results) \(finished.costs) "
        + "\(finished.latencies)"
    } + ["\(front) \(comparisons) \(unsettled)"]
  }
}
