// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Scenario

/// Servers whose sizes follow from arithmetic: 90 requests a second, 20 ms each, machines that never fail.
///
/// Two are 90 % busy and keep one request in a hundred waiting far longer than 150 ms; three are 60 % busy and
/// do not (M/D/2 and M/D/3).
enum ServerFleet {
  static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 2h
    requests: { from: 10min, for: 2min, warmup: 10s }
    replications: 4
    seed: 3
    cloud: ideal
    prices: prices.yaml
    workload: { arrivals: { rate: 90/s } }
    client: { timeout: 5s, retries: 0 }
    models: { server: { on: { t: { batch: { max: 1, latency: { 1: 20ms } } } } } }
    fleet:
      one: { type: t, zone: us-east-1a, market: onDemand, machines: 3, price: 10 USD/h, serves: { server: 1 } }
      two: { type: t, zone: us-east-1a, market: onDemand, machines: 0, price: 20 USD/h, serves: { server: 1 } }
    policies: { queue: { limit: 1_000 } }
    targets: [ p99(latency) <= 150ms, availability >= 90% ]
    """
  static let prices = """
    plimsoll_prices: 1
    name: p
    source: made up
    read: 2024-12-10
    machines: { t: { onDemand: 10 USD/h } }
    """

  /// Files of these texts beside the fleet and its prices.
  static func files(_ more: [String: String] = [:]) -> FileReader {
    FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      switch path {
      case "fleet.yaml": return Array(scenario.utf8)
      case "prices.yaml": return Array(prices.utf8)
      default:
        guard let text = more[path] else { throw .missing }
        return Array(text.utf8)
      }
    }
  }

  static func load(_ overrides: [String]) throws -> LoadedExperiment {
    try ScenarioLoader.load("fleet.yaml", files: files(), overrides: overrides)
  }
}
