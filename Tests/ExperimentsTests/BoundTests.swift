// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import CloudModel
import FleetSimulation
import Numerics
import Quantities
import Recording
import ReplicaModel
import Scenario
import SimulationTesting
import Statistics
import Testing
import Workload

@Suite("A bound")
struct BoundTests {
  /// Ten requests at one instant on a machine that takes a second for each: latencies of 1 to 10 s, waits of
  /// 0 to 9 s.
  static func burst() -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(1)
    let request = ReplayTrace.Request(time: .start, promptTokens: 1, outputTokens: 1)
    builder.arrivals = .replay(
      ReplayTrace(requests: [ReplayTrace.Request](repeating: request, count: 10)))
    return builder
  }

  static func measures(_ builder: ScenarioBuilder, replications: Int = 3) throws -> Measures {
    let scenario = try builder.build()
    return Measures(
      scenario,
      records: try (0..<replications).map {
        try FleetSimulation.run(scenario, seed: 1, replication: $0)
      })
  }

  static func verdicts(_ builder: ScenarioBuilder, _ targets: [String]) throws -> [VerdictRow] {
    var builder = builder
    builder.targets = targets
    let judge = Judge(try measures(builder), references: [], confidence: 0.95)
    return judge.verdicts(on: try builder.build().targets)
  }

  @Test(
    "of a quantile is exact and strict, to the request and to the nanosecond",
    arguments: [
      // The request of rank ⌈0.8·10⌉ = 8 took 8 s.
      ("p80(latency) <= 8s", true), ("p80(latency) < 8s", false),
      ("p80(latency) >= 8s", true), ("p80(latency) > 8s", false),
      ("p80(latency) < 8000000001ns", true), ("p80(latency) > 7999999999ns", true),
      ("p90(latency) <= 9s", true), ("p90(latency) <= 8999999999ns", false),
      // ⌈0.901·10⌉ is 10.
      ("p90.1(latency) <= 9s", false), ("p90.1(latency) <= 10s", true),
      ("p10(wait) <= 0s", true), ("p10(wait) < 0s", false), ("p10(wait) >= 0s", true),
      ("mean(latency) <= 5.5s", true), ("mean(latency) < 5.5s", false),
      ("availability >= 100%", true), ("availability > 99.9999999%", true),
      // A dollar an hour for 730 hours.
      ("monthly_cost <= 730 USD", true), ("monthly_cost < 730 USD", false),
      ("monthly_cost <= 729.999999999 USD", false),
    ])
  func strict(target: String, holds: Bool) throws {
    let row = try #require(try Self.verdicts(Self.burst(), [target]).first)
    #expect(row.verdict == (holds ? .holds : .fails))
  }

  @Test("of a wait counts requests that never started as longer than any")
  func unanswered() throws {
    var builder = Self.burst()
    // Five are answered by then; the sixth starts and is not.
    builder.timeout = .milliseconds(5_500)
    let rows = try Self.verdicts(
      builder,
      [
        "p50(wait) <= 4s", "p51(wait) <= 100h", "p51(wait) > 100h", "availability >= 50%",
        "availability > 50%",
      ])
    #expect(rows.map(\.verdict) == [.holds, .fails, .holds, .holds, .fails])
    #expect(rows[1].interval?.estimate == .infinity)
    #expect(rows[1].reason.hasPrefix("50.000 % waited longer than 100h or got no answer"))
    #expect(rows[4].reason.hasPrefix("50.000 % is exactly on the bound"))
  }

  @Test("is told apart in print from a value that only nearly meets it")
  func printed() throws {
    var builder = Self.burst()
    builder.pools[0].price = HourlyPrice(nanodollarsPerHour: 1_000_001_000)
    let row = try #require(try Self.verdicts(builder, ["monthly_cost <= 730 USD"]).first)
    #expect(row.verdict == .fails)
    #expect(row.reason.hasPrefix("730.001 USD is 0.001 USD above the bound"))
  }

  @Test("of a tolerance is met by exactly what is tolerated, and missed by a nanodollar more")
  func tolerance() throws {
    func run(_ nanodollars: Int64) throws -> ComparedRun {
      var builder = Self.burst()
      builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 100_000_000)))
      builder.pools[0].price = HourlyPrice(nanodollarsPerHour: nanodollars)
      let measures = try Self.measures(builder)
      return ComparedRun(
        scenario: "s", origin: "run", seed: 1, replications: 3, digest: "\(nanodollars)",
        rows: measures.rows, values: measures.values)
    }
    // 1.21 · 1.02 = 1.2342, which binary numbers miss.
    let before = try run(1_210_000_000)
    for (after, verdict) in [(1_234_200_000, VerdictRow.Verdict.holds), (1_234_200_001, .fails)] {
      let found = Regressions(
        of: try run(Int64(after)), against: before,
        tolerances: [try Tolerance(parsing: "monthly_cost: +2%")], confidence: 0.95)
      #expect(found.rows.map(\.verdict.verdict) == [verdict])
    }
  }
}

@Suite("What is exact")
struct ExactnessTests {
  private func interval(_ name: String, _ builder: ScenarioBuilder) throws -> Interval {
    try #require(try BoundTests.measures(builder).measure(name)?.interval)
  }

  @Test("is a replay without a draw: its quantiles are order statistics")
  func replay() throws {
    let found = try interval("p99(latency)", BoundTests.burst())
    #expect(found.isExact && found.estimate == 10)
    let median = try interval("p50(wait)", BoundTests.burst())
    #expect(median.isExact && median.estimate == 4)
  }

  @Test("is nothing about requests that a draw reaches")
  func drawn() throws {
    var noisy = BoundTests.burst()
    noisy.pools[0].model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .exponential)
    var repeating = BoundTests.burst()
    repeating.content = RequestMix.Content(
      catalogue: 2, zipfExponent: 1, unique: Share(billionths: 500_000_000))
    repeating.deduplication = .reference
    var arriving = BoundTests.burst()
    arriving.arrivals = .poisson(.constant(Rate(nanoPerSecond: 100_000_000)))
    for builder in [noisy, repeating, arriving] {
      #expect(try !interval("p50(latency)", builder).isExact)
      #expect(try !interval("availability", builder).isExact)
      #expect(try interval("monthly_cost", builder).isExact)
    }
  }

  @Test("is a bill whose machines could start at random and never had to")
  func unused() throws {
    var builder = BoundTests.burst()
    let boot = try Distribution(.exponential(mean: 60))
    let none = try Distribution(.constant(0))
    builder.pools[0].launch = .staged(
      LaunchLaw.Stages(answer: none, boot: boot, image: none, load: none))
    #expect(try interval("monthly_cost", builder).isExact)
    builder.pools[0].market = .spot
    builder.pools[0].lifetime = try Distribution(.exponential(mean: 600))
    #expect(try !interval("monthly_cost", builder).isExact)
    #expect(try !interval("p50(latency)", builder).isExact)
  }

  @Test("is no bill that rounding moves by cents: of a millisecond, scaled to a month")
  func rounded() throws {
    var builder = BoundTests.burst()
    builder.horizon = .milliseconds(1)
    // A dollar an hour is 277.8 nanodollars a millisecond: 278 on the invoice, 730.58 USD a month.
    let found = try interval("monthly_cost", builder)
    #expect(!found.isExact && found.low < 730 && found.high > 730.58)
  }

  @Test("follows requests to machines and bills where these depend on them")
  func reach() {
    var draws = Draws()
    draws.note(.arrivals)
    #expect(draws.leaveBill && draws.leaveMachines && !draws.leaveRequests)
    draws.requestsReachBill = true
    #expect(!draws.leaveBill && draws.leaveMachines)
    draws.requestsReachMachines = true
    #expect(!draws.leaveMachines && Draws(tally: draws.tally.value) == draws)
    var price = Draws()
    price.note(.price)
    #expect(!price.leaveBill && price.leaveRequests)
  }

  @Test("elsewhere a quantile's interval holds its bucket, and no interval leaves its range")
  func bucket() throws {
    var builder = BoundTests.burst()
    // Fewer than one request in a thousand seconds waits: all take a second.
    builder.horizon = .hours(200)
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 10_000_000)))
    let found = try interval("p50(latency)", builder)
    #expect(!found.isExact && found.low <= 1 && found.high >= 1)
    #expect(try interval("mean(wait)", builder).low >= 0)
    #expect(try interval("p50(wait)", builder).low == 0)
    #expect(try interval("availability", builder).high <= 1)
  }
}

@Suite("Digits")
struct FigureTextTests {
  @Test(
    "of a known value are the usual ones, or three where it is small",
    arguments: [
      (0.0128, "USD", "0.0128 USD"), (0.1, "USD", "0.10 USD"), (49_645.444, "USD", "49,645.44 USD"),
      (0.00000123, "USD", "0.00000123 USD"), (0, "USD", "0.00 USD"), (0.999, "", "99.900 %"),
      (0.00000001, "", "0.000001 %"), (0.2, "s", "200.000 ms"), (.infinity, "s", "∞"),
    ])
  func known(value: Double, unit: String, text: String) {
    #expect(FigureText.text(value, unit: unit) == text)
  }

  @Test(
    "of an estimate are two of its half width",
    arguments: [
      (32_569.69, 49.0, "32,570 USD"), (49_645.444, 0.04, "49,645.44 USD"),
      (0.0128, 0.00011, "0.0128 USD"), (3.2, 0.5, "3.20 USD"),
    ])
  func estimated(value: Double, halfWidth: Double, text: String) {
    let interval = Interval(
      estimate: value, low: value - halfWidth, high: value + halfWidth, samples: 5)
    #expect(
      FigureText.text(value, unit: "USD", places: FigureText.places(interval, unit: "USD")) == text)
  }
}
