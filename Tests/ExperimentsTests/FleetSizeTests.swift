// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Recording
import Scenario
import Testing

@Suite("The size of a fleet")
struct FleetSizeTests {
  /// Machines that answer ten requests a second each, one after the other.
  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T06:00:00Z
    horizon: 6h
    requests: { from: 1h, for: 5min, warmup: 1min }
    replications: 2
    cloud: { answer: 1s, boot: 30s, load: 30s }
    prices: book.yaml
    workload: { arrivals: { rate: 60/s } }
    client: { timeout: 10s, retries: 0 }
    models: { m: { on: { t: { batch: { max: 1, latency: { 1: 100ms } } } } } }
    fleet:
      base: { type: t, zone: us-east-1a, market: onDemand, machines: { min: 1, max: 20 }, serves: { m: 1 } }
    policies: { queue: { limit: 1_000 }, autoscaler: { budget: 500 USD/h, p99: 1s } }
    """
  private static let book = """
    plimsoll_prices: 1
    name: book
    source: made up
    read: 2024-12-01
    regions: [us-east-1]
    machines: { t: { onDemand: 10 USD/h, spot: 3 USD/h } }
    """
  private static let spot =
    "fleet.spot={ type: t, zone: us-east-1a, market: spot, machines: { min: 0, max: 4 }, serves: { m: 1 } }"

  private static func load(_ overrides: [String]) throws(ScenarioErrors) -> Scenario {
    let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      switch path {
      case "fleet.yaml": return Array(scenario.utf8)
      case "book.yaml": return Array(book.utf8)
      case "open.yaml":
        return Array(
          book.split(separator: "\n").filter { !$0.hasPrefix("regions") }
            .joined(separator: "\n").utf8)
      default: throw .missing
      }
    }
    return try ScenarioLoader.load("fleet.yaml", files: reader, overrides: overrides).scenario
  }

  private static func rows(_ overrides: [String]) throws -> [MeasureRow] {
    let scenario = try load(overrides)
    let records = try (0..<2).map {
      try FleetSimulation.run(scenario, seed: 1, replication: $0)
    }
    return Measures(scenario, records: records).rows
  }

  private static func value(_ rows: [MeasureRow], _ name: String) throws -> Double {
    try #require(rows.first { $0.name == name }?.interval?.estimate, "\(name) is measured")
  }

  private static func errors(_ overrides: String...) -> [String] {
    do {
      _ = try load(overrides)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  // 60 requests a second of 100 ms keep six machines busy; at 80 % that takes 7.5, so eight.
  @Test("on demand follows the load")
  func onDemand() throws {
    let rows = try Self.rows([])
    #expect(abs(try Self.value(rows, "mean(machines_ready)") - 8) < 0.5)
    #expect(try Self.value(rows, "availability") > 0.999)
  }

  @Test("fills the cheaper spot pool first and rents the rest on demand")
  func mixed() throws {
    let rows = try Self.rows([Self.spot])
    #expect(abs(try Self.value(rows, "mean(machines_ready, spot)") - 4) < 0.1)
    #expect(abs(try Self.value(rows, "mean(machines_ready, base)") - 4) < 0.5)
  }

  @Test("stays within the budget")
  func budget() throws {
    // 55 USD an hour pay five machines at 10.
    let rows = try Self.rows(["policies.autoscaler.budget=55 USD/h"])
    #expect(try Self.value(rows, "mean(machines_ready)") <= 5)
    #expect(try Self.value(rows, "availability") < 0.9)
  }

  @Test("follows business hours to the second")
  func schedule() throws {
    // From 06:00 to 12:00 in UTC; in Berlin 08:00 to 12:00 are 07:00 to 11:00: four of six hours. A machine that
    // is launched serves 61 s after it was asked for: 1 + 4 · (4 h - 61 s) ÷ 6 h.
    let rows = try Self.rows([
      "policies.autoscaler=~", "fleet.base.machines=1", "requests.for=10s",
      "fleet.base.schedule=[ { days: mon-fri, from: \"08:00\", to: \"12:00\", zone: Europe/Berlin, machines: 5 } ]",
    ])
    let expected = 1 + 4 * (4 * 3_600 - 61) / (6.0 * 3_600)
    #expect(abs(try Self.value(rows, "mean(machines_ready)") - expected) < 0.001)
  }

  @Test("never ends the process, whatever the start-up times and the market")
  func noRandomTimes() throws {
    for change in ["cloud=ideal", "fleet.base.market=spot", "cloud.boot=0s"] {
      #expect(try Self.value(Self.rows([change]), "availability") > 0.5)
    }
  }

  @Test(
    "is an error where nothing could choose it",
    arguments: [
      (
        "policies.autoscaler=~",
        "fleet.base.machines: has no effect: nothing asks for more than min"
      ),
      (
        "fleet.base.schedule=[ { days: mon-fri, from: \"08:00\", to: \"08:00\", zone: UTC, machines: 1 } ]",
        "schedule[0].to"
      ),
      (
        "fleet.base.schedule=[ { days: mo-fr, from: \"08:00\", to: \"09:00\", zone: UTC, machines: 1 } ]",
        "mon-fri"
      ),
      (
        "fleet.base.schedule=[ { days: mon, from: \"08:00\", to: \"09:00\", zone: Europe/Berln, machines: 1 } ]",
        "did you mean 'Europe/Berlin'?"
      ),
      (
        "fleet.base.schedule=[ { days: mon, from: \"08:00\", to: \"09:00\", zone: UTC, machines: 99 } ]",
        "0 to 20"
      ),
      ("fleet.base.schedule=[]", "1 to 20"),
      (
        "policies.autoscaler={ policy: reference, budget: 1 USD/h, p99: 1s, utilization: 50% }",
        "utilization: has no effect"
      ),
      ("fleet.base.zone=mars", "a zone of AWS, Google Cloud or Azure"),
      ("fleet.base.zone=us-east-1x", "did you mean 'us-east-1"),
      (
        "fleet.base.zone=eu-central-1a",
        "the price book 'book' has no prices of eu-central-1; its regions: us-east-1"
      ),
    ])
  func errors(_ change: String, _ message: String) {
    #expect(Self.errors(change).contains { $0.contains(message) }, "\(Self.errors(change))")
  }

  @Test(
    "takes a pool of another region at a price of its own, and a book without regions for one region"
  )
  func regions() throws {
    #expect(Self.errors("fleet.base.zone=europe-west4-a", "fleet.base.price=9 USD/h").isEmpty)
    let alone = try Self.load(["prices=open.yaml", "fleet.base.zone=eu-central-1a"])
    #expect(alone.origin.assumptions.contains { $0.hasSuffix("its prices are taken for eu-central-1") })
    let both = Self.errors("prices=open.yaml", Self.spot, "fleet.spot.zone=eu-west-1a")
    #expect(both.contains { $0.contains("cannot hold in both us-east-1 and eu-west-1") }, "\(both)")
  }

  @Test("warns of spot machines that are never taken back, and of what has no effect")
  func warnings() throws {
    let never = try Self.load([Self.spot, "fleet.spot.notice=2min"]).origin.warnings
    #expect(never.contains { $0.contains("fleet.spot: its spot machines are never taken back") })
    #expect(never.contains { $0.contains("fleet.spot.notice: has no effect") })
    let interrupted = try Self.load([Self.spot, "fleet.spot.lifetime=2h"]).origin.warnings
    #expect(interrupted.isEmpty)
    let fixed = try Self.load([Self.spot, "fleet.base.machines=2", "policies.autoscaler=~"])
      .origin.warnings
    #expect(fixed.contains { $0.contains("fleet.spot.machines: min has no effect") })
  }

  @Test(
    "refuses machines that come and go more often than can be simulated",
    arguments: [
      "fleet.spot.lifetime=0s", "fleet.spot.longest_life=1ns",
      "fleet.spot.shocks={ every: 1ns, takes: 50% }",
      "fleet.spot.shocks={ every: 10ms, takes: 50% }", "fleet.spot.lifetime=10ms",
      "fleet.spot.obtainability={ up: 0s, down: 0s, drops: block }",
      "zones={ us-east-1a: { up: 0s, down: 1h, drops: interrupt } }",
      "fleet.spot.schedule={ up: 1ns, down: 1ns }",
      "fleet.spot.price={ mean: 3 USD/h, deviation: 1%, reversion: 1h, jumps: { every: 1ns, factor: 2 } }",
      "policies.spot={ fallback: none, back_off: { initial: 1ns, max: 1ns } }",
    ])
  func tooMany(_ change: String) {
    let zero = ["above 0", "at most 1600000", "from 1s", "make them rarer"]
    let errors = Self.errors("cloud={ answer: 0s, boot: 0s, load: 0s }", Self.spot, change)
    #expect(errors.contains { text in zero.contains { text.contains($0) } }, "\(errors)")
  }

  @Test("loads weights: errors elsewhere are told, and end no process")
  func weights() {
    let load = "cloud.load={ bandwidth: 1GB/s }"
    #expect(!Self.errors(load, "policies.queue.limit=many").isEmpty)
    #expect(!Self.errors(load, "models.m.weights=9GB", "fleet.base.serves={ n: 1 }").isEmpty)
    #expect(!Self.errors(load, "models.m.weights=9GB", "fleet.base.serves={ m: 0 }").isEmpty)
    #expect(!Self.errors(load, "models=3").isEmpty)
  }

  @Test("above capacity without a timeout drains for one more horizon, and the rest is unanswered")
  func drains() throws {
    // Ten requests a second of one second each at one machine: 3,600 come in six minutes, and twelve answer 720.
    let scenario = try Self.load([
      "policies.autoscaler=~", "fleet.base.machines=1", "horizon=6min", "requests=all",
      "client.timeout=none", "workload.arrivals.rate=10/s", "policies.queue.limit=100_000",
      "models.m.on.t.batch.latency={ 1: 1s }",
    ])
    let record = try FleetSimulation.run(scenario, seed: 1, replication: 0)
    #expect(record.requests.arrived > 3_300 && record.requests.inFlight > 2_500)
    let answered = record.requests.arrived - record.requests.inFlight
    #expect((700...720).contains(answered))
  }
}
