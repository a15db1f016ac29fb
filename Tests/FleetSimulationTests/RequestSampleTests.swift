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

/// Windows against the whole horizon, on a fleet that is small enough to run in full.
@Suite("A sample of request windows")
struct RequestSampleTests {
  /// One machine that is always there carries half the peak; two spot machines come and go.
  private func builder() throws -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(12)
    builder.timeout = .seconds(4)
    builder.queueLimit = 16
    builder.arrivals = .poisson(
      .weekly(
        RateProfile.Shape(
          peak: try Rate(parsing: "6/s"), peakTime: .hours(6), swing: try Share(parsing: "40%"),
          weekend: .whole),
        start: builder.start))
    let model = BatchModel(
      maximumBatch: 4, maximumDelay: .zero, lanes: 1,
      latency: [(1, 800), (4, 1_200)].map {
        BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
      }, noise: .none)
    builder.pools[0].model = model
    var spot = ScenarioBuilder.Pool()
    spot.name = "spot"
    spot.market = .spot
    spot.model = model
    spot.wanted = 2
    spot.places = [CapacityLaw](
      repeating: .renewal(
        up: try Distribution(.exponential(mean: 5_400)), down: try .gamma(mean: 1_800, cv: 1)),
      count: 2)
    builder.pools.append(spot)
    return builder
  }

  private struct Pair: Sendable {
    let seed: UInt64
    let full: (latency: Double, availability: Double)
    let sampled: (latency: Interval, availability: Interval)
  }

  private static func pair(
    _ full: Scenario, _ sampled: Scenario, seed: UInt64, replications: Int
  ) throws -> Pair {
    func measures(_ scenario: Scenario) throws -> Measures {
      Measures(
        scenario,
        records: try (0..<replications).map {
          try FleetSimulation.run(scenario, seed: seed, replication: $0)
        })
    }
    let (whole, part) = (try measures(full), try measures(sampled))
    return Pair(
      seed: seed,
      full: (
        try #require(whole.mean(of: .latency(.mean))).estimate,
        try #require(whole.availability).estimate
      ),
      sampled: (
        try #require(part.mean(of: .latency(.mean))), try #require(part.availability)
      ))
  }

  @Test("covers the value of the full run in 93 of 100 seeds, and errs to neither side")
  func coverage() async throws {
    var builder = try self.builder()
    let full = try builder.build()
    builder.sample = Scenario.RequestSample(
      windows: 24, length: .minutes(5), warmUp: .minutes(1), afterInterruption: .minutes(3))
    let sampled = try builder.build()
    let pairs = try await withThrowingTaskGroup(of: Pair.self) { group in
      for seed in 1...100 {
        group.addTask { try Self.pair(full, sampled, seed: UInt64(seed), replications: 8) }
      }
      var pairs: [Pair] = []
      for try await pair in group { pairs.append(pair) }
      return pairs.sorted { $0.seed < $1.seed }
    }
    func check(_ name: Comment, _ full: (Pair) -> Double, _ sampled: (Pair) -> Interval) throws {
      let covered = pairs.count {
        sampled($0).low <= full($0) && full($0) <= sampled($0).high
      }
      #expect(covered >= 93, name)
      let bias = try #require(
        Interval.mean(of: pairs.map { sampled($0).estimate - full($0) }, confidence: 0.9999))
      #expect(bias.low <= 0 && bias.high >= 0, name)
    }
    try check("latency", { $0.full.latency }, { $0.sampled.latency })
    try check("availability", { $0.full.availability }, { $0.sampled.availability })
    // The case is one in which sampling could go wrong: some requests are lost, most are not.
    let share = pairs.reduce(0) { $0 + $1.full.availability } / 100
    #expect(share > 0.5 && share < 0.99)
  }

  @Test("lets one minute stand for the longest horizon")
  func oneMinute() throws {
    var builder = ScenarioBuilder()
    builder.horizon = .longestStretch
    builder.sample = Scenario.RequestSample(
      windows: 1, length: .minutes(1), warmUp: .zero, afterInterruption: nil)
    let record = try FleetSimulation.run(try builder.build(), seed: 7, replication: 0)
    // 640,000 hours of minutes, in thousandths.
    #expect(record.requests.arrived > 0)
    #expect(record.weighted.arrived == record.requests.arrived * 640_000 * 60 * 1_000)
    #expect(record.sections.reduce(0) { $0 + $1.ended } == record.weighted.arrived)
    #expect(record.tally("cost_workload") + record.tally("cost_idle") == record.total.nanodollars)
  }

  @Test("measures a minute that both modes look at with the same requests in it")
  func sameRequests() throws {
    var builder = try self.builder()
    builder.pools.removeLast()
    let full = try FleetSimulation.run(try builder.build(), seed: 5, replication: 1)
    builder.sample = Scenario.RequestSample(
      windows: 6, length: .minutes(10), warmUp: .minutes(1), afterInterruption: .minutes(1))
    let sampled = try FleetSimulation.run(try builder.build(), seed: 5, replication: 1)
    let offered = sampled.series.filter { $0.name == "offered" }
    #expect(offered.count > 50)
    for point in offered { #expect(full.series.contains(point)) }
  }

  @Test("looks at every minute of a part about as often")
  func positions() throws {
    var builder = ScenarioBuilder()
    builder.horizon = .minutes(60)
    builder.arrivals = .poisson(.constant(try Rate(parsing: "2/s")))
    builder.sample = Scenario.RequestSample(
      windows: 2, length: .minutes(1), warmUp: .minutes(1), afterInterruption: .minutes(1))
    let scenario = try builder.build()
    var seen = [Int](repeating: 0, count: 60)
    for replication in 0..<1_500 {
      let record = try FleetSimulation.run(scenario, seed: 1, replication: replication)
      for point in record.series where point.name == "offered" {
        seen[Int(point.time.nanoseconds / TimeSpan.minutes(1).nanoseconds)] += 1
      }
    }
    // 1,500 draws over 30 minutes: 50 each, with a standard deviation of 7.
    #expect(seen.allSatisfy { (15...85).contains($0) })
  }

  /// Four weeks and a day: with a window for each of 29 parts of the week's minutes, every hour of the
  /// week is near one.
  @Test("spreads its windows over the hours of the week")
  func hoursOfWeek() throws {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(29 * 24)
    builder.arrivals = .poisson(.constant(try Rate(parsing: "1/s")))
    builder.sample = Scenario.RequestSample(
      windows: 84, length: .minutes(1), warmUp: .minutes(1), afterInterruption: .minutes(1))
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    let minutes = record.series.filter { $0.name == "offered" }.map {
      Int($0.time.nanoseconds / TimeSpan.minutes(1).nanoseconds)
    }
    #expect(minutes.count == 84)
    let hours = minutes.map { $0 % 10_080 / 60 }.sorted()
    for (hour, next) in zip(hours, hours.dropFirst()) { #expect(next - hour <= 4) }
    // Weeks are drawn, so all of them are seen.
    for week in 0..<4 { #expect(minutes.contains { $0 / 10_080 == week }) }
  }

  @Test("gives weights that make up the whole horizon")
  func weights() throws {
    var builder = try self.builder()
    builder.sample = Scenario.RequestSample(
      windows: 12, length: .minutes(5), warmUp: .minutes(1), afterInterruption: .minutes(3))
    let record = try FleetSimulation.run(try builder.build(), seed: 2, replication: 0)
    let minutes = Double(record.minutes) / Double(record.weightUnit)
    #expect(abs(minutes - 720) < 1)
    #expect(record.sampledMinutes < 300)
    #expect(record.fleetEvents.contains { $0.kind == .interrupted })
  }
}
