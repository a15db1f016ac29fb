// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import CloudModel
import FleetSimulation
import Numerics
import Quantities
import QueueingTheory
import Recording
import ReplicaModel
import Scenario
import SimulationTesting
import Testing
import Workload

@Suite("Two scenarios are compared under common random numbers")
struct ComparisonTests {
  private func comparison(
    _ first: ScenarioBuilder, _ second: ScenarioBuilder, replications: Int = 12
  ) throws -> Comparison {
    func run(_ builder: ScenarioBuilder) throws -> (Scenario, [ReplicationRecord]) {
      let scenario = try builder.build()
      return (
        scenario,
        try (0..<replications).map {
          try FleetSimulation.run(scenario, seed: 5, replication: $0)
        }
      )
    }
    return Comparison(try run(first), try run(second))
  }

  @Test("a scenario with itself differs in nothing, at all")
  func itself() throws {
    let comparison = try comparison(StoppingTests.server(), StoppingTests.server())
    #expect(comparison.equalRequests == 12 && comparison.commonPools == (1, 1))
    for row in comparison.measures + comparison.bill {
      #expect(row.change == .same || row.change == .unknown)
    }
  }

  @Test("a second server answers sooner for twice the price, and pairing sharpens the difference")
  func servers() throws {
    let one = StoppingTests.server()
    var two = one
    two.pools[0].wanted = 2
    let comparison = try comparison(one, two)
    let cost = try #require(comparison.measure("monthly_cost"))
    #expect(cost.difference?.estimate == 730 && cost.change == .higher)
    #expect(comparison.bill.map(\.name) == ["machines, pool, onDemand"])
    let wait = try #require(comparison.measure("mean(wait)"))
    #expect(wait.change == .lower && comparison.measure("mean(latency)")?.change == .lower)
    // The requests are the same, so most of what makes one replication slower is in both.
    let served = try #require(comparison.measure("mean(latency)")?.varianceReduction)
    #expect(served > 1)
    #expect(comparison.equalRequests == 12)
  }

  @Test(
    "fleets of twenty and twenty-one servers at load: pairing divides the variance several times")
  func reduction() throws {
    func fleet(_ machines: Int) -> ScenarioBuilder {
      var builder = StoppingTests.server()
      builder.horizon = .hours(1)
      builder.from = .start + .minutes(10)
      builder.warmUp = .minutes(10)
      builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 17_000_000_000)))
      // One replica with as many lanes is M/M/c.
      builder.pools[0].model = BatchModel(
        maximumBatch: 1, maximumDelay: .zero, lanes: machines,
        latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .exponential)
      return builder
    }
    let comparison = try comparison(fleet(20), fleet(21), replications: 40)
    let mean = try #require(comparison.measure("mean(wait)"))
    let reduction = try #require(mean.varianceReduction)
    print("variance reduction, 20 against 21 servers: mean wait", reduction)
    #expect(reduction > 3)
    func truth(_ servers: Int) -> Double {
      MMC(arrivalRate: 17, serviceRate: 1, servers: servers).waitingTimeMean
    }
    let difference = try #require(mean.difference)
    #expect(abs(difference.estimate - (truth(21) - truth(20))) <= 2 * difference.halfWidth)
  }

  @Test("a pool more leaves the capacity of the others as it was")
  func pools() throws {
    var spot = ScenarioBuilder.Pool()
    spot.name = "spot"
    spot.market = .spot
    spot.places = [
      .renewal(up: try .gamma(mean: 3_600, cv: 1), down: try .gamma(mean: 1_800, cv: 1))
    ]
    var small = StoppingTests.server()
    small.pools.append(spot)
    var large = small
    var other = spot
    other.name = "another"
    large.pools.insert(other, at: 0)
    let comparison = try comparison(small, large)
    #expect(comparison.commonPools == (2, 2))
    #expect(comparison.bill.map(\.name).contains("machines, another, spot"))
  }

  @Test("every target is judged at the confidence that all of them need, ratios too")
  func family() throws {
    var builder = StoppingTests.server()
    var spot = ScenarioBuilder.Pool()
    spot.name = "spot"
    spot.market = .spot
    spot.places = [
      .renewal(up: try .gamma(mean: 3_600, cv: 1), down: try .gamma(mean: 1_800, cv: 1))
    ]
    builder.pools = [StoppingTests.server().pools[0], spot]
    builder.fixedCosts = [FixedCost(name: "network", monthly: try USD(parsing: "100 USD"))]
    builder.targets = [
      "bill_share(network) <= 50%", "mean(latency) <= 1h", "availability >= 1%",
      "monthly_cost <= 9_000 USD",
    ]
    let scenario = try builder.build()
    let records = try (0..<8).map { try FleetSimulation.run(scenario, seed: 3, replication: $0) }
    let judge = Judge(Measures(scenario, records: records), references: [], confidence: 0.95)
    for (target, verdict) in zip(scenario.targets, judge.verdicts(on: scenario.targets)) {
      #expect(abs(verdict.confidence - 0.9875) < 1e-12)
      let alone = try #require(judge.interval(of: target.measure))
      let joint = try #require(verdict.interval)
      #expect(joint.halfWidth > 1.2 * alone.halfWidth, "\(target.text)")
    }
    let later = judge.verdicts(on: scenario.targets, look: 2)
    #expect(later.allSatisfy { abs($0.confidence - (1 - 0.05 / 4 / 6)) < 1e-12 })
  }

  @Test("spot that is down on a schedule is lost as often, and for as long, as the schedule says")
  func outages() throws {
    var builder = StoppingTests.server()
    builder.horizon = .hours(730)
    builder.length = .minutes(1)
    var spot = ScenarioBuilder.Pool()
    spot.name = "spot"
    spot.market = .spot
    // One place alone: 6 h up, 4 h down, 73 times.
    spot.places = [.schedule(up: .hours(6), down: .hours(4), phase: .zero)]
    builder.pools.append(spot)
    var record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.tally(.allSpotLost) == 73)
    #expect(record.tally(.withoutSpot) == TimeSpan.hours(4 * 73).nanoseconds)
    // A second one half a cycle later is up whenever the first is down.
    builder.pools[1].wanted = 2
    builder.pools[1].places.append(.schedule(up: .hours(6), down: .hours(4), phase: .hours(5)))
    record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.tally(.allSpotLost) == 0 && record.tally(.withoutSpot) == 0)
    // In step they are lost together, once a cycle.
    builder.pools[1].places[1] = builder.pools[1].places[0]
    record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.tally(.allSpotLost) == 73)
  }
}
