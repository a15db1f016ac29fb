// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import FleetSimulation
import Numerics
import Quantities
import Recording
import ReplicaModel
import Scenario
import Serving
import SimulationTesting
import Testing
import Workload

@Suite("Every rented second is work, idleness or overhead, to the end of the horizon")
struct AccountTests {
  private static func builder(_ rate: Int64, for minutes: Int64) -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(1)
    builder.arrivals = .poisson(
      .recorded([
        RateProfile.Step(start: .start, rate: Rate(nanoPerSecond: rate)),
        RateProfile.Step(start: .start + .minutes(minutes), rate: .zero),
      ]))
    return builder
  }

  /// Each request takes a machine at 1 USD/h for a second.
  @Test("A fleet whose requests end early is idle for the rest of the time")
  func endsEarly() throws {
    let record = try FleetSimulation.run(
      try Self.builder(200_000_000, for: 5).build(), seed: 1, replication: 0)
    let answered = Int64(record.requests[.completed])
    #expect(answered > 20 && answered < 200)
    #expect(record.busyTime == .seconds(answered))
    #expect(record.idleTime == .seconds(3_600 - answered))
    let worth = HourlyPrice(nanodollarsPerHour: 1_000_000_000).cost(of: .seconds(answered))
    #expect(abs(record.tally(.costWorkload) - Int128(worth.nanodollars)) <= 1)
    #expect(record.tally(.costWorkload) + record.tally(.costIdle) == 1_000_000_000)
  }

  @Test("What a queue takes beyond the horizon is not counted")
  func beyondTheHorizon() throws {
    let record = try FleetSimulation.run(
      try Self.builder(3_000_000_000, for: 60).build(), seed: 1, replication: 0)
    #expect(record.requests[.completed] > 7_000)
    #expect(record.busyTime + record.idleTime == .hours(1))
    #expect(record.busyTime > .seconds(3_590))
  }

  @Test("Machines that start, and those that were emptied before their end, are overhead")
  func overhead() throws {
    var builder = Self.builder(500_000_000, for: 60)
    builder.horizon = .hours(24)
    builder.timeout = .seconds(30)
    let minute = try Distribution(.constant(60))
    builder.pools[0].market = .spot
    builder.pools[0].wanted = 2
    builder.pools[0].longestLife = .hours(2)
    builder.pools[0].launch = .staged(
      LaunchLaw.Stages(
        answer: try Distribution(.constant(1)), boot: minute, image: minute, load: minute))
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    let rented = record.tally(.rented)
    // Each start takes three minutes.
    #expect(rented - record.tally(.serving) > 20 * 180_000_000_000)
    #expect(record.busyTime.nanoseconds + record.idleTime.nanoseconds == record.tally(.serving))
    #expect(record.tally(.costOverhead) > 0)
  }

  /// 4,096 lanes for 20,000 h are 2.9e20 ns, thirty times what 64 bits hold.
  @Test("Lanes may be idle for as long as a scenario may run")
  func manyLanes() throws {
    var builder = Self.builder(10_000_000, for: 5)
    builder.length = .minutes(10)
    builder.pools[0].model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 4_096,
      latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .none)
    builder.horizon = .hours(20_000)
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.busyTime + record.idleTime == MachineTime(.hours(20_000), times: 4_096))
    #expect(record.idleTime.nanoseconds > Int128(Int64.max))
  }

  @Test(
    "A quota holds from the start, in an ideal cloud and in one that takes time",
    arguments: [true, false])
  func quota(isIdeal: Bool) throws {
    var builder = Self.builder(500_000_000, for: 60)
    builder.timeout = .seconds(30)
    builder.quotas = [Quota(market: .spot, type: nil, machines: 1)]
    builder.pools[0].market = .spot
    builder.pools[0].wanted = 4
    if !isIdeal {
      let second = try Distribution(.constant(1))
      builder.pools[0].launch = .staged(
        LaunchLaw.Stages(answer: second, boot: second, image: second, load: second))
    }
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.total.cents == "1.00")
    #expect(record.tally(.rented) == Int128(TimeSpan.hours(1).nanoseconds))
  }
}
