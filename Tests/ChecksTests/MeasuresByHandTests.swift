// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import ReplicaModel
import Scenario
import Serving
import SimulationTesting
import Statistics
import Testing
import TokenEngine

/// Measures of records whose counts are made up, so that each value is worked by hand.
@Suite("A measure")
struct MeasuresByHandTests {
  /// Ten hours of a machine on demand and two of spot; half a request a second is expected.
  private static func builder(tokens: Bool = false) -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    var spot = ScenarioBuilder.Pool()
    (spot.name, spot.market, spot.wanted) = ("spot", .spot, 2)
    builder.pools.append(spot)
    guard tokens else { return builder }
    let law = AffineStepLaw(
      perStep: 10_000_000_000_000, perSequence: 0, perContextToken: 0, perPrefillToken: 0)
    let engine = TokenModel(
      name: "model", rules: .vllm(VLLMSettings()), law: .affine(law), host: .none,
      lengths: [(10, 10)])
    for pool in builder.pools.indices { builder.pools[pool].engine = engine }
    return builder
  }

  private static func hours(_ hours: Double) -> Int128 { Int128(hours * 3_600e9) }

  /// A hundred requests, of which 60 were answered by replicas, 20 by the store and 10 with others, in 100 ms; the bill
  /// is 40 USD, of which 30 are machines.
  private static func record(
    _ number: Int, isDrawn: Bool = false, _ change: (inout ReplicationRecord) -> Void = { _ in }
  ) -> ReplicationRecord {
    var record = ReplicationRecord(replication: number, edges: [])
    record.requests.arrived = 100
    for (outcome, count) in [
      (RequestOutcome.completed, 60), (.hit, 20), (.joined, 10), (.timedOut, 10),
    ] { record.requests[outcome] = UInt64(count) }
    record.weighted = record.requests
    for _ in 0..<90 { record.times.latency.record(100_000_000) }
    (record.minutes, record.minutesAvailable, record.sampledMinutes) = (600, 450, 600)
    record.promptTokens = TokenCount(6_000)
    record.measuredTime = .seconds(100)
    record.billedTime = .hours(10)
    record.invoice = [
      InvoiceLine(
        line: "machines", pool: "pool", market: "onDemand", usage: nil, price: nil,
        amount: USD(nanodollars: 30_000_000_000)),
      InvoiceLine(
        line: "storage", pool: "", market: "fixed", usage: nil, price: nil,
        amount: USD(nanodollars: 10_000_000_000)),
    ]
    record.fleetEvents = [FleetEvent(time: .start, kind: .interrupted, pool: 1, machine: 0)]
    record.tallies =
      [
        ("serving_count_ns", "1", hours(2)), ("serving_count_ns", "2", hours(3)),
        ("serving_count_ns", "3", hours(5)), ("serving_ns", "pool", hours(10)),
        ("serving_ns", "spot", hours(15)), ("rented_ns", "pool", hours(15)),
        ("rented_ns", "spot", hours(14.6)), ("place_up_ns", "spot", hours(16)),
        ("without_spot_ns", "", hours(1)), ("all_spot_lost", "", 1),
        ("cost_idle", "", 4_000_000_000), ("cost_workload", "", 26_000_000_000),
        ("answered_tokens", "", 5_000), ("goodput", "ttft <= 1s", 300), ("kv_block_ns", "", 25),
        ("kv_blocks_there_ns", "", 100), ("tokens_cached", "", 30), ("tokens_prompt", "", 70),
        ("tokens_recomputed", "", 7), ("preemptions", "", 5),
      ].map { Tally(name: $0.0, label: $0.1, value: $0.2) }
    if !isDrawn { record.tallies.append(Draws().tally) }
    change(&record)
    return record
  }

  private static func measures(
    tokens: Bool = false, isDrawn: Bool = false,
    _ change: (inout ReplicationRecord) -> Void = { _ in }
  ) throws -> Measures {
    Measures(
      try builder(tokens: tokens).build(),
      records: (0..<3).map { record($0, isDrawn: isDrawn, change) })
  }

  /// A judge that knows another fleet: four times as dear, twice as large, and without a loss.
  private static func judge(_ measures: Measures) throws -> Judge {
    let other = try Self.measures { record in
      record.invoice.append(
        InvoiceLine(
          line: "egress", pool: "", market: "egress", usage: nil, price: nil,
          amount: USD(nanodollars: 120_000_000_000)))
      record.requests[.timedOut] = 0
      record.requests[.completed] = 70
      record.weighted = record.requests
      for (index, tally) in record.tallies.enumerated() where tally.name == "serving_ns" {
        record.tallies[index] = Tally(
          name: tally.name, label: tally.label, value: 2 * tally.value)
      }
    }
    return Judge(measures, references: [("other.yaml", other)], confidence: 0.95)
  }

  /// What each measure is, as a bound, and the sign with which it holds.
  private static let values = [
    ("monthly_cost", "<=", "2920 USD"), ("hourly_cost", "<=", "4 USD/h"),
    ("bill_share(machines)", "<=", "75%"), ("bill_share(storage)", "<=", "25%"),
    ("mean(latency)", "<=", "100ms"), ("availability", ">=", "90%"),
    ("availability(time)", ">=", "75%"), ("join_ratio", ">=", "10%"),
    ("mean(machines_ready)", ">=", "2.3"), ("p25(machines_ready)", ">=", "2"),
    ("mean(machines_ready, spot)", ">=", "1.5"), ("fallback_hours", "<=", "365"),
    ("savings(other.yaml)", ">=", "75%"), ("goodput(other.yaml)", ">=", "90%"),
    ("capacity(other.yaml)", ">=", "50%"),
  ]

  @Test("of what no draw reaches holds at its very value, and not beyond it", arguments: values)
  func exact(name: String, sign: String, bound: String) throws {
    let judge = try Self.judge(try Self.measures())
    let at = judge.verdict(on: try Target(parsing: "\(name) \(sign) \(bound)"))
    #expect(at.verdict == .holds && at.interval?.isExact == true, "\(at)")
    let beyond = judge.verdict(on: try Target(parsing: "\(name) \(sign.prefix(1)) \(bound)"))
    #expect(beyond.verdict == .fails, "\(beyond)")
  }

  @Test("that a draw may reach is the same number, and is not called exact", arguments: values)
  func drawn(name: String, sign: String, bound: String) throws {
    let judge = try Self.judge(try Self.measures(isDrawn: true))
    let target = try Target(parsing: "\(name) \(sign) \(bound)")
    let interval = try #require(judge.interval(of: target.measure))
    #expect(abs(interval.estimate - target.bound.value) < 1e-9 * max(1, target.bound.value))
    #expect(!interval.isExact && interval.low <= interval.estimate)
  }

  private static let inputValues: [(String, Double)] = [
    // 16 of 2 × 10 hours; one interruption in 14.6 hours, which are a fiftieth of a month.
    ("spot_uptime >= 50%", 0.8), ("interruption_rate <= 200%", 50), ("hit_ratio >= 1%", 0.2),
  ]

  @Test("that restates what a scenario was given is told all the same", arguments: inputValues)
  func inputs(target: String, value: Double) throws {
    let judge = try Self.judge(try Self.measures(isDrawn: true))
    let interval = try #require(judge.interval(of: try Target(parsing: target).measure))
    #expect(abs(interval.estimate - value) < 1e-9)
  }

  @Test("of what a scenario does not say is nothing, and its target fails")
  func missing() throws {
    let judge = try Self.judge(try Self.measures())
    for target in [
      "spot_discount(spot) >= 10%", "token_price_ratio(model, other) >= 2",
      "quality_loss(model) <= 1%", "savings(nowhere.yaml) >= 1%",
    ] {
      let parsed = try Target(parsing: target)
      #expect(judge.interval(of: parsed.measure) == nil, "\(target)")
      #expect(judge.verdict(on: parsed).verdict == .fails, "\(target)")
    }
  }

  private static let tokenValues: [(String, Double)] = [
    // 5,000 tokens in 100 s; 300 good requests in it.
    ("output_rate >= 1/s", 50), ("goodput(ttft <= 1s) >= 1/s", 3),
    ("kv_occupancy <= 90%", 0.25), ("prefix_hit_ratio >= 1%", 0.3),
    ("recomputed_share <= 50%", 1.0 / 11), ("preemption_rate <= 100", 50),
    // 50 tokens for each of 18,000 requests in ten hours are 0.9 million for 40 USD.
    ("cost_per_million_tokens(output) <= 100 USD", 40 / 0.9),
    // And 90 prompts of 100 tokens for each 100 requests: 140 tokens a request.
    ("cost_per_million_tokens(all) <= 100 USD", 40 / 2.52),
  ]

  @Test("of tokens is what the counts say", arguments: tokenValues)
  func tokens(target: String, value: Double) throws {
    let measures = try Self.measures(tokens: true)
    let judge = try Self.judge(measures)
    let parsed = try Target(parsing: target)
    let interval = try #require(judge.interval(of: parsed.measure))
    #expect(abs(interval.estimate - value) < 1e-9)
    #expect(judge.verdict(on: parsed).verdict == .holds)
  }

  @Test("that a run prints has a definition, and so has each that a target names")
  func definitions() throws {
    for measures in [try Self.measures(), try Self.measures(tokens: true)] {
      #expect(measures.rows.count > 15)
      for row in measures.rows {
        #expect(MeasureDefinition.of(row.name) != nil, "\(row.name)")
        #expect(measures.measure(row.name) != nil, "\(row.name)")
      }
    }
    for (name, _, _) in Self.values {
      #expect(MeasureDefinition.of(name) != nil, "\(name)")
    }
    #expect(MeasureDefinition.of("goodput(ttft <= 1s)")?.unit == "1/s")
    #expect(MeasureDefinition.of("goodput(other.yaml)")?.unit != "1/s")
    #expect(MeasureDefinition.of("p99.9(latency)")?.name == "pNN(latency)")
    #expect(MeasureDefinition.of("speed") == nil && MeasureDefinition.of("speed(model)") == nil)
    let table = MeasureDefinition.markdown.split(separator: "\n")
    #expect(table.count == MeasureDefinition.all.count + 2)
    #expect(MeasureDefinition.all[0].text.hasPrefix("monthly_cost, "))
  }

  @Test("of tokens comes with notes of the load, and of what lies outside of what was measured")
  func notes() throws {
    let measures = try Self.measures(tokens: true) { record in
      record.tallies += [("steps", 400), ("steps_outside", 3), ("too_long", 2)].map {
        Tally(name: $0.0, label: "", value: $0.1)
      }
    }
    func note(_ topic: String) -> String? { measures.notes.first { $0.topic == topic }?.text }
    #expect(note("load")?.contains("0.50 requests a second reach replicas") == true)
    #expect(note("steps")?.hasPrefix("0.75 % of the steps") == true)
    #expect(note("lengths")?.hasPrefix("6 requests in all replications") == true)
    #expect(try Self.measures().notes.allSatisfy { $0.topic != "load" })
  }

  @Test(
    "of what the bill pays for is scaled to a month, and nothing is left out that costs nothing")
  func costs() throws {
    let measures = try Self.measures()
    // 4 and 26 USD in ten hours, 73 times as much in a month.
    #expect(measures.measure("cost(idle)")?.interval?.estimate == 292)
    #expect(measures.measure("cost(workload)")?.interval?.estimate == 1_898)
    #expect(measures.measure("cost(other)") == nil)
    // 40 USD for 18,000 requests.
    let each = try #require(measures.measure("cost_per_1000_requests")?.interval)
    #expect(abs(each.estimate - 40.0 / 18) < 1e-12)
    #expect(measures.measure("time_without_spot")?.interval?.estimate == 0.1)
    #expect(measures.measure("all_spot_lost")?.interval?.estimate == 73)
  }
}
