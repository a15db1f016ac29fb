// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Scenario
import Serving
import Testing

@Suite("What a scenario says of its cloud")
struct CloudKeysTests {
  private static let prices = """
    plimsoll_prices: 1
    name: book
    source: made up for tests
    read: 2024-12-10
    regions: [us-east-1]
    machines:
      p4d: { onDemand: 30 USD/h, spot: 9 USD/h, reserved: 20 USD/h, savings: 22 USD/h, familySavings: 19 USD/h }
    """

  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 730h
    requests: { from: 1h, for: 1h }
    replications: 2
    cloud:
      answer: { uniform: { low: 2s, high: 6s } }
      boot: 60s
      image: { size: 12GB, bandwidth: 400MB/s }
      load: { bandwidth: 2GB/s }
      quotas: [{ market: spot, type: p4d, machines: 4 }, { market: onDemand, machines: 2 }]
    prices: prices.yaml
    workload: { arrivals: { rate: 10/s } }
    client: { timeout: 2s, retries: 0 }
    models:
      m: { weights: 40GB, on: { p4d: { batch: { max: 8, latency: { 1: 10ms, 8: 20ms } } } } }
      n: { weights: 7GB, on: { p4d: { batch: { max: 8, latency: { 1: 10ms, 8: 20ms } } } } }
    regions:
      west: { up: 40h, down: 2h, drops: interrupt, shocks: { every: 300h, takes: 60% } }
    zones:
      us-east-1a: { region: west, up: { exponential: { mean: 20h } }, down: 5h, drops: interrupt }
      us-east-1b: { region: west, replay: b.csv, ones: available, drops: block }
    fleet:
      base:
        type: p4d
        zone: us-east-1a
        market: onDemand
        machines: { min: 1, max: 3 }
        serves: { m: 1 }
        obtainability: { up: 100h, down: 1h, drops: block }
      a:
        type: p4d
        zone: us-east-1a
        market: spot
        machines: 2
        serves: { m: 2, n: 1 }
        lifetime: { weibull: { scale: 30h, shape: 0.8 } }
        shocks: { every: 50h, takes: 10% }
        notice: { lead: 120s, missing: 5%, rebalance: { ahead: 15min, missing: 50% } }
      b:
        type: p4d
        zone: us-east-1b
        market: spot
        machines: 2
        serves: { n: 1 }
        notice: gcp
        price: { mean: 8 USD/h, deviation: 20%, reversion: 12h, jumps: { every: 200h, factor: 2 } }
    policies: { queue: { limit: 10 }, router: { kind: fixed, model: m }, spot: { fallback: onDemand, machines: 4, zone_cap: 50% } }
    """

  private static func load(_ changes: String...) throws(ScenarioErrors) -> Scenario {
    let files = [
      ("a.yaml", scenario), ("prices.yaml", prices),
      ("b.csv", "time,available\n0,1\n3600,0\n7200,1\n90000,0\n"),
      ("log.csv", "0,add,n1\r\n0,add,n2\r\n60000,remove,n1\r\n90000,add,n3"),
      ("price.csv", "time,price\n2024-12-01T00:00:00Z,9.5\n2024-12-01T05:00:00Z,12\n"),
      ("text.csv", "when,up\n0,1\n"),
    ]
    let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let file = files.first(where: { $0.0 == path }) else { throw .missing }
      return Array(file.1.utf8)
    }
    return try ScenarioLoader.load("a.yaml", files: reader, overrides: changes).scenario
  }

  @Test("is read whole: regions above zones, shocks, ages, notices, quotas, launches and prices")
  func reads() throws {
    let scenario = try Self.load()
    #expect(
      scenario.fleet.sharedCapacities.map(\.name) == [
        "region west", "zone us-east-1a", "zone us-east-1b", "pool base",
      ])
    #expect(scenario.fleet.shocks.map(\.name) == ["region west", "pool a"])
    let (base, a, b) = (
      scenario.fleet.pools[0].cloud, scenario.fleet.pools[1].cloud, scenario.fleet.pools[2].cloud
    )
    #expect((base.supply.shared, a.supply.shared, b.supply.shared) == ([3], [0, 1], [0, 2]))
    #expect((base.supply.shocks, a.supply.shocks, b.supply.shocks) == ([], [0, 1], [0]))
    #expect(a.supply.lifetime != nil && b.supply.lifetime == nil)
    #expect(a.supply.notice.rebalance?.missing == Share(billionths: 500_000_000))
    #expect(b.supply.notice == .always(.seconds(30)) && base.supply.notice == .none)
    #expect(b.priceLaw?.mean == b.prices.changes[0].price)
    #expect(scenario.fleet.quotas.map(\.machines) == [4, 2])
    #expect(scenario.fleet.machinesTarget == 4)
    // Weights come once a model: 47 GB at 2 GB/s, and 12 GB of image at 0.4.
    guard case .staged(let stages) = a.launch else {
      Issue.record("launches take time")
      return
    }
    #expect(stages.load.mean == 23.5 && stages.image.mean == 30 && stages.answer.mean == 4)
    #expect(!scenario.isBillExact)
    // West is up 40 of 42 hours, zone a 20 of 25, and b's trace 24 of 25.
    #expect(scenario.expectedUptime(ofPlace: 0, in: scenario.fleet.pools[1]) == 40.0 / 42 * 0.8)
    #expect(
      scenario.expectedUptime(ofPlace: 1, in: scenario.fleet.pools[2]) == 40.0 / 42 * (24.0 / 25))
  }

  @Test(
    "is refused where it makes no sense, at its place",
    arguments: [
      ("zones.us-east-1a.region=east", "zones.us-east-1a.region"),
      ("zones.us-east-1a.drops=~", "required: drops"),
      ("zones.us-east-1a.drops=perhaps", "interrupt, block"),
      ("zones.us-east-1a.down=~", "up and down go together"),
      ("zones.us-east-1b.ones=~", "says what a 1 means"),
      ("zones.us-east-1b.replay=text.csv", "time and available"),
      ("zones.us-east-1b.replay=no.csv", "no.csv"),
      ("zones.us-east-1b.up=3h", "either replay or up and down"),
      (
        "zones.us-east-1b={ replay: log.csv, ones: available, drops: block }",
        "no word of what ones mean"
      ),
      ("fleet.base.obtainability.drops=interrupt", "not taken back"),
      ("fleet.base.shocks={ every: 5h, takes: 5% }", "only spot machines are taken back"),
      ("fleet.base.notice=aws", "only spot machines are taken back"),
      ("fleet.a.notice=ibm", "none, or one of aws, gcp, azure"),
      ("fleet.a.shocks.takes=130%", "a share from 0% to 100%"),
      ("models.n.weights=~", "every model here needs its weights"),
      ("models.n.weights=40 apples", "40GB or 512MiB"),
      ("cloud.load.bandwidth=2GB", "bytes a second"),
      ("cloud.quotas=[{ machines: 2 }]", "cloud.quotas[0].market"),
      ("fleet.b.price.jumps.factor=0.5", "1.0 to 100.0"), ("fleet.b.price.mean=~", "price.mean"),
      ("fleet.b.price={ replay: text.csv }", "time and price"),
      ("policies.autoscaler={ budget: 999 USD/h, p99: 1s }", "give one of them"),
      ("fleet.b.down=5h", "down goes with lifetime"),
      ("billing=oracle", "aws, gcp, azure"),
      (
        "commitments.x={ kind: reservation, type: p4d, machines: 1, upfront: 5 USD }",
        "term: 1y or 3y"
      ),
      ("commitments.x={ kind: savings_plan, commit: 5 USD/h, family: p5 }", "of the family p5"),
      ("commitments.x={ kind: lease }", "reservation, savings_plan, capacity_reservation"),
      ("costs.x={ gb: 5 }", "costs.x.per_gb_month"),
    ])
  func refuses(change: String, message: String) {
    do {
      _ = try Self.load(change)
      Issue.record("\(change) was accepted")
    } catch {
      let messages = error.errors.map(\.description)
      #expect(messages.contains { $0.contains(message) }, "\(messages)")
    }
  }

  @Test("may promise machines, dollars and capacity, by the rules of a provider")
  func commitments() throws {
    let scenario = try Self.load(
      "commitments.ri={ kind: reservation, type: p4d, zone: us-east-1a, machines: 2, upfront: 1 USD, term: 3y }",
      "commitments.sp={ kind: savings_plan, commit: 12.5 USD/h }",
      "commitments.fp={ kind: savings_plan, commit: 5 USD/h, family: p4d }",
      "commitments.odcr={ kind: capacity_reservation, type: p4d, zone: us-east-1a, machines: 1 }",
      "commitments.old={ kind: reservation, type: p4d, machines: 1, until: 2024-12-10 }",
      "costs.weights={ gb: 500, per_gb_month: 0.08 USD }")
    let made = scenario.costs.commitments
    #expect(made.reservations.map(\.zone) == ["us-east-1a", nil])
    #expect(made.reservations[0].upfront?.term == .hours(26_280))
    #expect(made.reservations[1].runs == .start ..< .start + .hours(24))
    #expect(made.savingsPlans.map(\.isForOneFamily) == [false, true])
    #expect(
      made.savingsPlans.flatMap(\.rates).map(\.price.nanodollarsPerHour) == [
        22_000_000_000, 19_000_000_000,
      ])
    #expect(made.capacity.map { $0.keeps(scenario.fleet.pools[0].cloud) } == [true])
    #expect(scenario.costs.fixed.map(\.monthly) == [try USD(parsing: "40 USD")])
    #expect(scenario.costs.rules == .aws && scenario.origin.assumptions.isEmpty)
    #expect(scenario.origin.warnings.isEmpty)
    let elsewhere = try Self.load("fleet.b.zone=us-east-1c")
    #expect(elsewhere.origin.warnings.contains { $0.contains("pool b stands in us-east-1c") })
    let google = try Self.load("billing=gcp")
    #expect(google.costs.rules == .gcp && google.origin.assumptions[0].contains("sustained-use"))
  }

  @Test("may replay a log of events and a series of prices")
  func replays() throws {
    let scenario = try Self.load(
      "zones.us-east-1b={ replay: log.csv, from: 10s, drops: replace }",
      "fleet.b.price={ replay: price.csv, times: relative, end: hold }")
    guard case .replay(let trace, from: .seconds(10)) = scenario.fleet.sharedCapacities[2].law
    else {
      Issue.record("the zone replays a log")
      return
    }
    #expect(trace.changes.map(\.count) == [2, 1] && trace.length == .seconds(90))
    let prices = scenario.fleet.pools[2].cloud.prices
    #expect(prices.changes.map(\.at) == [.start, .start + .hours(5)])
    #expect(prices.changes[1].price == (try HourlyPrice(parsing: "12 USD/h")))
  }
}
