// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Scenario
import Testing

@Suite("What a scenario says of its promises and of money")
struct CommitmentKeysTests {
  private static let prices = """
    plimsoll_prices: 1
    name: book
    source: made up for tests
    read: 2025-06-10
    machines:
      g:
        onDemand: 1.0000000004999 USD/h
        spot: 9 USD/h
        reserved: [{ from: 2024-01-01, price: 20 USD/h }, { from: 2025-06-01, price: 14 USD/h }]
        savings: [{ from: 2024-01-01, price: 21 USD/h }, { from: 2025-06-01, price: 15 USD/h }]
    """

  private static let scenario = """
    plimsoll: 1
    start: 2025-05-31
    horizon: 730h
    requests: { from: 1h, for: 1h }
    replications: 2
    cloud: { answer: 1s, boot: 1s, load: 1s }
    prices: prices.yaml
    workload: { arrivals: { rate: 10/s } }
    client: { timeout: 2s, retries: 0 }
    models: { m: { on: { g: { batch: { max: 1, latency: { 1: 10ms } } } } } }
    fleet:
      base: { type: g, zone: us-east-1a, market: onDemand, machines: 2, serves: { m: 1 } }
      spot: { type: g, zone: us-east-1a, market: spot, machines: 2, serves: { m: 1 }, lifetime: 5h }
    policies: { queue: { limit: 10 } }
    """

  private static func load(_ overrides: String...) throws(ScenarioErrors) -> Scenario {
    let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      switch path {
      case "scenario.yaml": return Array(scenario.utf8)
      case "prices.yaml": return Array(prices.utf8)
      default: throw .missing
      }
    }
    return try ScenarioLoader.load("scenario.yaml", files: files, overrides: overrides).scenario
  }

  private static func reservation(_ keys: String) throws -> Commitment {
    let text = "commitments.ri={ kind: reservation, type: g, machines: 1, \(keys) }"
    return try load(text).costs.commitments.reservations[0]
  }

  @Test(
    "A promise has the price of its purchase, before a cut and after, whatever the start",
    arguments: [
      ("", 20), ("from: 2024-12-01", 20), ("from: 2025-06-05", 14), ("until: 2026-01-01", 20),
      ("term: 1y, until: 2026-05-30", 20), ("term: 1y, until: 2026-06-02", 14),
      ("from: 2025-06-05, price: 3 USD/h", 3),
    ])
  func purchase(keys: String, dollars: Int64) throws {
    #expect(try Self.reservation(keys).price.nanodollarsPerHour == dollars * 1_000_000_000)
    guard !keys.contains("price") else { return }
    let plan = try Self.load("commitments.sp={ kind: savings_plan, commit: 5 USD/h, \(keys) }")
      .costs.commitments.savingsPlans[0]
    #expect(plan.rates.map(\.price.nanodollarsPerHour) == [(dollars + 1) * 1_000_000_000])
  }

  @Test("A term without an end ends after 365 days, and a leap year may be named whole")
  func terms() throws {
    let plain = try Self.reservation("from: 2025-05-31, term: 1y, upfront: 5 USD")
    #expect(plain.runs == .start ..< .start + .hours(8_760))
    let leap = try Self.reservation(
      "from: 2024-02-01, until: 2025-02-01, term: 1y, upfront: 5 USD")
    #expect(leap.upfront?.term == .hours(8_784) && leap.runs.lowerBound < .start)
  }

  @Test(
    "What contradicts itself, or no amount holds, is refused with its place",
    arguments: [
      ("commitments.x={ kind: reservation, type: g, machines: 1, from: 2023-06-01 }", "2023-06-01"),
      (
        "commitments.x={ kind: savings_plan, commit: 5 USD/h, from: 2023-06-01 }",
        "on 2023-06-01T00:00:00Z, when it is bought"
      ),
      (
        "commitments.x={ kind: savings_plan, commit: 5 USD/h, term: 1y, from: 2025-01-01, "
          + "until: 2027-01-01 }", "commitments.x.until"
      ),
      ("fleet.spot.price=10_001 USD/h", "a price from 0 to 10000 USD/h"),
      ("fleet.spot.price=9_200_000_000 USD/h", "a price from 0 to 10000 USD/h"),
      ("costs.support=2_000_000_000 USD/month", "at most 1,000,000,000.00 USD"),
      ("costs.net={ per_gb: 9_000_000_000 USD, bytes_per_token: 1 }", "to 1,000,000,000.00 USD"),
      ("commitments.x={ kind: savings_plan, commit: 20_000_000 USD/h }", "to 10000000 USD/h"),
      (
        "commitments.x={ kind: reservation, type: g, machines: 1, upfront: 2_000_000_000 USD, "
          + "term: 1y }", "from 0 to 1,000,000,000.00 USD"
      ),
      (
        "commitments.x={ kind: reservation, type: g, machines: 100_000, price: 10_000 USD/h }",
        "what costs at most 9,000,000,000 USD"
      ),
      ("workload.arrivals.rate=9_100_000_000/s", "at most 250000/s"),
      (
        "fleet.spot.price={ mean: 9 USD/h, deviation: 10%, reversion: 6h, "
          + "jumps: { every: 1min, factor: 2 } }", "below a hundredth of its mean"
      ),
      ("policies.ledger={ budget: 20_000_000 USD/h }", "to 10000000 USD/h"),
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

  @Test("A fleet of 10,000 machines may run for ten years, and prices have any number of decimals")
  func large() throws {
    let scenario = try Self.load("horizon=87_600h", "fleet.base.machines=10_000")
    #expect(scenario.fleet.pools[0].cloud.prices.changes[0].price.nanodollarsPerHour == 1_000_000_000)
  }
}
