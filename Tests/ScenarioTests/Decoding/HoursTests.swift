// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Testing

@Suite("Rates by hours and at weekends")
struct HoursTests {
  private static let prices = """
    plimsoll_prices: 1
    name: p
    source: made up
    read: 2024-12-10
    machines: { t: { onDemand: 10 USD/h } }
    """

  private func load(_ arrivals: String) throws -> Scenario {
    let scenario = """
      plimsoll: 1
      start: 2024-12-09T00:00:00Z
      horizon: 168h
      requests: { from: 0s, for: 1min }
      replications: 1
      seed: 3
      cloud: ideal
      prices: prices.yaml
      workload: { arrivals: { \(arrivals) } }
      client: { timeout: 5s, retries: 0 }
      models: { m: { on: { t: { batch: { max: 1, latency: { 1: 20ms } } } } } }
      fleet: { one: { type: t, zone: us-east-1a, market: onDemand, machines: 1, serves: { m: 1 } } }
      policies: { queue: { limit: 100 } }
      """
    let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      Array((path == "s.yaml" ? scenario : Self.prices).utf8)
    }
    return try ScenarioLoader.load("s.yaml", files: files).scenario
  }

  private static func week(_ monday: [String]) -> String {
    let flat = [String](repeating: "10%", count: 24)
    return
      (["mon"].map { "\($0): [\(monday.joined(separator: ", "))]" }
      + ["tue", "wed", "thu", "fri", "sat", "sun"].map {
        "\($0): [\(flat.joined(separator: ", "))]"
      }).joined(separator: ", ")
  }

  @Test("a weekend may be busier than the weekdays: 180 % of the peak")
  func busier() throws {
    let scenario = try load("peak: 10/s, weekend: 180%")
    let saturday = scenario.workload.rate(at: .start + .hours(5 * 24 + 1)).rate
    #expect(saturday.perSecond == 18)
    #expect(throws: ScenarioErrors.self) { try load("peak: 10/s, weekend: 10001%") }
    // 200,000/s at 180 % is above the 250,000/s that can be simulated.
    #expect(throws: ScenarioErrors.self) { try load("peak: 200_000/s, weekend: 180%") }
  }

  @Test("hours give each hour of each day its share of the peak")
  func hours() throws {
    var monday = [String](repeating: "20%", count: 24)
    monday[9] = "150%"
    let scenario = try load("peak: 10/s, hours: { \(Self.week(monday)) }")
    let rates = [8, 9, 10, 24].map {
      scenario.workload.rate(at: .start + .hours(Int64($0))).rate.perSecond
    }
    #expect(rates == [2, 15, 2, 1])
  }

  @Test(
    "hours that are no whole week, that say nothing, or stand beside a sine are errors with their key",
    arguments: [
      ("hours: { mon: [10%] }", "hours.mon"),
      ("hours: { \(week([String](repeating: "-1%", count: 24))) }", "hours.mon[0]"),
      ("hours: { \(week([String](repeating: "1%", count: 24))), day: [] }", "hours.day"),
      ("hours: { \(week([String](repeating: "1%", count: 24))) }, weekend: 50%", "weekend"),
      (
        "hours: { \(week([String](repeating: "1%", count: 24))) }, "
          + "daily: { peak: \"12:00\", swing: 5% }", "daily"
      ),
    ])
  func refused(keys: String, place: String) {
    let error = #expect(throws: ScenarioErrors.self) { try load("peak: 10/s, \(keys)") }
    let found = error?.errors.map(\.keyPath) ?? []
    #expect(found.contains("workload.arrivals.\(place)"), "\(found)")
  }
}
