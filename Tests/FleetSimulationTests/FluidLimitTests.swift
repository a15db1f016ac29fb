// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Quantities
import Recording
import ReplicaModel
import Serving
import SimulationTesting
import Testing
import Workload

/// The fluid limit against simulations of the same fleets.
@Suite("The fluid limit of a fleet")
struct FluidLimitTests {
  /// Replicas of one kind and how many of them there are.
  struct Fleet: Sendable, CustomTestStringConvertible {
    let name: String
    let model: BatchModel
    let replicas: Int

    var testDescription: String { name }
    var batchTime: Double { model.latency.times[model.maximumBatch].inSeconds }
    var throughput: Double { Double(replicas) * model.maximumThroughput }

    func fluid(queueLimit: Int = 100_000, timeout: TimeSpan? = nil) -> FluidLimit {
      let place = ReplicaPlace(serves: ModelID(0), service: .batches(model), queueLimit: queueLimit)
      var fluid = FluidLimit(
        [ReplicaPlace](repeating: place, count: replicas), shares: [1], timeout: timeout)
      for replica in 0..<replicas { fluid.set(replica, accepts: true) }
      return fluid
    }

    func run(load: Double, for length: TimeSpan) throws -> ReplicationRecord {
      var builder = ScenarioBuilder()
      builder.horizon = length
      builder.pools[0].wanted = replicas
      builder.pools[0].model = model
      builder.arrivals = .poisson(.constant(Rate(roundingPerSecond: load * throughput)))
      return try FleetSimulation.run(try builder.build(), seed: 3, replication: 0)
    }
  }

  static let fleets: [Fleet] = [
    Fleet(
      name: "six replicas with batches of up to 32",
      model: BatchModel(
        maximumBatch: 32, maximumDelay: .milliseconds(5), lanes: 1,
        latency: [(1, 42), (32, 50), (64, 100)].map {
          BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
        }, noise: .none), replicas: 6),
    Fleet(
      name: "one replica with two lanes and batches of up to 8",
      model: BatchModel(
        maximumBatch: 8, maximumDelay: .milliseconds(20), lanes: 2,
        latency: [(1, 80), (8, 160)].map {
          BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
        }, noise: .none), replicas: 1),
    Fleet(
      name: "two replicas of 64 lanes",
      model: BatchModel(
        maximumBatch: 1, maximumDelay: .zero, lanes: 64,
        latency: [BatchLatency.Point(batchSize: 1, time: .seconds(9))], noise: .none), replicas: 2),
    Fleet(
      name: "a server with exponential times",
      model: BatchModel(
        maximumBatch: 1, maximumDelay: .zero, lanes: 1,
        latency: [BatchLatency.Point(batchSize: 1, time: .milliseconds(100))],
        noise: .exponential), replicas: 1),
    Fleet(
      name: "four replicas of one lane",
      model: BatchModel(
        maximumBatch: 1, maximumDelay: .zero, lanes: 1,
        latency: [BatchLatency.Point(batchSize: 1, time: .milliseconds(100))],
        noise: .exponential), replicas: 4),
  ]

  @Test(
    "waits on average as long as simulated requests, within one batch time from 10 % to 90 % load",
    arguments: fleets)
  func waits(fleet: Fleet) throws {
    var fluid = fleet.fluid()
    for tenth in 1...9 {
      let load = Double(tenth) / 10
      // Some 100,000 requests, of which those of the beginning find an empty fleet.
      let length = TimeSpan.minutes(
        max(60, Int64(100_000 / (load * fleet.throughput) / 60)))
      let record = try fleet.run(load: load, for: length)
      let wait = try #require(record.wait.mean) / 1e9
      let times = fluid.times(rate: load * fleet.throughput)
      #expect(abs(times.wait.inSeconds - wait) <= fleet.batchTime, "\(load): \(wait)")
      // The autoscaler acts on this one: it is neither double nor half of what was measured.
      let p99 =
        try #require(
          record.latency.quantile(
            billionths: 990_000_000, population: record.requests.arrived)
        ).estimate / 1e9
      let fluidP99 = try #require(times.p99).inSeconds
      #expect(fluidP99 < 1.6 * p99 + fleet.batchTime / 2, "\(load): \(p99) \(fluidP99)")
      #expect(fluidP99 > 0.6 * p99, "\(load): \(p99) \(fluidP99)")
    }
  }

  @Test("grows its queue as a simulated fleet does above its throughput", arguments: fleets)
  func queues(fleet: Fleet) throws {
    for load in [1.05, 1.1, 1.2] {
      let seconds = 40_000 / fleet.throughput
      let length = TimeSpan.minutes(Int64(seconds / 60) + 2)
      let record = try fleet.run(load: load, for: length)
      let backlogs = record.series.filter { $0.name == "backlog" }
      let last = try #require(backlogs.last)
      var fluid = fleet.fluid()
      fluid.advance(by: last.time.sinceStart.inSeconds, rate: load * fleet.throughput)
      // The simulated number counts those in service, which a full fleet has from the beginning.
      let grown = last.value - fluid.inService(of: 0)
      let chance = 3 * (load * fleet.throughput * last.time.sinceStart.inSeconds).squareRoot()
      #expect(
        abs(fluid.backlog(of: 0) - grown) <= max(0.1 * grown, chance),
        "\(load): \(grown) \(fluid.backlog(of: 0))")
      #expect(fluid.hasBacklog)
    }
  }

  @Test("keeps two models apart")
  func twoModels() throws {
    let (first, second) = (Self.fleets[0], Self.fleets[2])
    let places = [
      ReplicaPlace(serves: ModelID(0), service: .batches(first.model), queueLimit: 9),
      ReplicaPlace(serves: ModelID(1), service: .batches(second.model), queueLimit: 9),
    ]
    var fluid = FluidLimit(places, shares: [0.9, 0.1], timeout: nil)
    fluid.set(0, accepts: true)
    // 32 ÷ 0.05 s = 640 a second; 64 ÷ 9 s = 7.11 a second.
    #expect(fluid.load(at: 100) == FluidLimit.loadWithoutReplica)
    fluid.set(1, accepts: true)
    #expect(abs(fluid.load(at: 100) - 10 / (64.0 / 9)) < 1e-9)
    #expect(abs(fluid.load(at: 10) - 1 / (64.0 / 9)) < 1e-9)
    // 10 - 7.11 = 2.89 a second more than are answered, up to nine less 10 ÷ (2 · 2.89) on average.
    fluid.advance(by: 2, rate: 100)
    #expect(abs(fluid.backlog(of: 1) - 2 * (10 - 64.0 / 9)) < 1e-9 && fluid.backlog(of: 0) == 0)
    fluid.advance(by: 100, rate: 100)
    #expect(abs(fluid.backlog(of: 1) - (9 - 5 / (10 - 64.0 / 9))) < 1e-9)
    fluid.set(1, accepts: false)
    #expect(!fluid.hasBacklog)
  }

  @Test("holds no more than came within the time-out, and forgets the queue of who is gone")
  func timeouts() {
    let fleet = Self.fleets[3]
    var fluid = fleet.fluid(timeout: .seconds(2))
    // 12 a second come and 10 are answered: within two seconds 24 come, less 12 ÷ (2 · 2) on average.
    fluid.advance(by: 1_000, rate: 12)
    #expect(fluid.backlog(of: 0) == 21)
    #expect(fluid.times(rate: 12).wait == .seconds(2))
    // Then 4 a second: 6 fewer each second, of the 20 at most that 10 a second answer in time.
    fluid.advance(by: 1, rate: 4)
    #expect(abs(fluid.backlog(of: 0) - 15) < 1e-9)
    fluid.advance(by: 10, rate: 4)
    #expect(!fluid.hasBacklog)
    fluid.set(0, accepts: false)
    #expect(fluid.times(rate: 4).p99 == nil && fluid.times(rate: 4).wait == .seconds(2))
  }
}
