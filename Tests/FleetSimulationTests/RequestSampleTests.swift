// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import FleetSimulation
import Numerics
import Quantities
import ReplicaModel
import Scenario
import SimulationTesting
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
    #expect(record.tally(.costWorkload) + record.tally(.costIdle) == record.total.nanodollars)
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
    builder.arrivals = .poisson(.constant(try Rate(parsing: "0.5/s")))
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
    builder.arrivals = .poisson(.constant(try Rate(parsing: "0.5/s")))
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
    #expect(record.sampledMinutes < 500)
    #expect(record.fleetEvents.contains { $0.kind == .interrupted })
  }
}
