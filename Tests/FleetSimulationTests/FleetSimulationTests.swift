// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import FleetSimulation
import Numerics
import Quantities
import QueueingTheory
import Recording
import ReplicaModel
import Scenario
import Serving
import SimulationTesting
import Testing
import Workload

@Suite("A fleet simulation")
struct FleetSimulationTests {
  private func spotBuilder(_ places: [CapacityLaw]) -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.timeout = .seconds(30)
    builder.pools[0].name = "base"
    var spot = ScenarioBuilder.Pool()
    spot.name = "spot"
    spot.market = .spot
    spot.places = places
    spot.wanted = places.count
    builder.pools.append(spot)
    return builder
  }

  @Test("gives the same record when it is run twice")
  func runTwice() throws {
    let law = CapacityLaw.renewal(
      up: try Distribution(.exponential(mean: 3_600)), down: try .gamma(mean: 600, cv: 1))
    let scenario = try spotBuilder([law, law]).build()
    let first = try FleetSimulation.run(scenario, seed: 3, replication: 2)
    let second = try FleetSimulation.run(scenario, seed: 3, replication: 2)
    #expect(first == second)
    let other = try FleetSimulation.run(scenario, seed: 4, replication: 2)
    #expect(first.workloadDigest != other.workloadDigest)
  }

  @Test("draws the same requests whatever the fleet is")
  func commonRandomNumbers() throws {
    let small = try ScenarioBuilder().build()
    var builder = spotBuilder([.schedule(up: .hours(2), down: .hours(1), phase: .zero)])
    builder.timeout = nil
    let large = try builder.build()
    let first = try FleetSimulation.run(small, seed: 1, replication: 0)
    let second = try FleetSimulation.run(large, seed: 1, replication: 0)
    #expect(first.requests.arrived == second.requests.arrived)
    #expect(first.simulatedRequests > 10_000)
  }

  /// Two places that are up 2 h and down 1 h over 9 h: 6 h each at 1 USD/h, and 9 h of the base.
  @Test("bills a schedule to the cent, as worked by hand")
  func scheduledBill() throws {
    let law = CapacityLaw.schedule(up: .hours(2), down: .hours(1), phase: .zero)
    var builder = spotBuilder([law, law])
    builder.horizon = .hours(9)
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.total.cents == "21.00")
    #expect(record.fleetEvents.count { $0.kind == .interrupted } == 6)
  }

  /// The same with a fallback of 2 machines for the 3 h that both are missing: 6 h more at 1 USD/h.
  @Test("rents on demand exactly what is missing, and gives it back at once")
  func fallback() throws {
    let law = CapacityLaw.schedule(up: .hours(2), down: .hours(1), phase: .zero)
    var builder = spotBuilder([law, law])
    builder.horizon = .hours(9)
    builder.fallsBackToOnDemand = true
    builder.pools[0].places = [.always, .always, .always]
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.total.cents == "27.00")
  }

  @Test("ends every request once when machines are lost with requests on them")
  func conservation() throws {
    let law = CapacityLaw.renewal(
      up: try Distribution(.exponential(mean: 600)), down: try Distribution(.exponential(mean: 300))
    )
    var builder = spotBuilder([law, law, law])
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 2_500_000_000)))
    builder.queueLimit = 20
    for replication in 0..<20 {
      let record = try FleetSimulation.run(
        try builder.build(), seed: 9, replication: replication)
      let ended = RequestOutcome.allCases.reduce(UInt64(0)) { $0 + record.requests[$1] }
      #expect(record.requests.arrived == ended)
      #expect(record.migrations > 0)
    }
  }

  /// A full queue refuses: an M/M/1/K queue with 4 places in all loses a known share.
  @Test("refuses at a full queue as often as M/M/1/K does")
  func lossProbability() throws {
    var builder = ScenarioBuilder()
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 800_000_000)))
    builder.queueLimit = 3
    builder.pools[0].model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .exponential)
    builder.from = .start + .hours(1)
    builder.horizon = .hours(51)
    let scenario = try builder.build()
    let shares = try (0..<20).map { replication in
      let record = try FleetSimulation.run(scenario, seed: 5, replication: replication)
      return Double(record.requests[.rejected]) / Double(record.requests.arrived)
    }
    let mean = shares.reduce(0, +) / 20
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19
    let truth = MMCK(arrivalRate: 0.8, serviceRate: 1, servers: 1, places: 4).blockingProbability
    #expect(abs(mean - truth) <= 4 * (variance / 20).squareRoot())
  }

  @Test("keeps a spot place available as much as its renewal law says")
  func availability() throws {
    let law = CapacityLaw.renewal(
      up: try Distribution(.weibull(shape: 0.8, scale: 7_200)), down: try .gamma(mean: 3_600, cv: 1)
    )
    var builder = spotBuilder([law])
    builder.horizon = .hours(730)
    builder.length = .minutes(1)
    let scenario = try builder.build()
    let hours = try (0..<60).map { replication in
      let record = try FleetSimulation.run(
        scenario, seed: 11, replication: replication, withRequests: false)
      return record.invoice.first { $0.pool == "spot" }?.usage?.inSeconds ?? 0
    }
    let shares = hours.map { $0 / TimeSpan.hours(730).inSeconds }
    let mean = shares.reduce(0, +) / 60
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59
    #expect(abs(mean - law.availability(ofPlace: 0)) <= 4 * (variance / 60).squareRoot())
  }

  @Test("counts a request as timed out when its answer comes after the client has left")
  func timeouts() throws {
    var builder = ScenarioBuilder()
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 3_000_000_000)))
    builder.timeout = .seconds(4)
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.requests[.timedOut] > 0)
    #expect(record.latency.maximum <= TimeSpan.seconds(4).nanoseconds)
  }
}
