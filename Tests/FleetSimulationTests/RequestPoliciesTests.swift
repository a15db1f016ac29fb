// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Numerics
import Policies
import Quantities
import Recording
import ReplicaModel
import Scenario
import Serving
import SimulationTesting
import Statistics
import Testing
import Workload

/// Cache and de-duplication inside the simulation against closed forms, and what they may not change.
@Suite("Request policies in a simulation")
struct RequestPoliciesTests {
  private static let life = TimeSpan.minutes(2)
  private static let service = TimeSpan.seconds(3)
  private static let rate = 4.0
  private static let contents = 40

  /// Requests for few contents that repeat, on so many replicas that nobody ever waits.
  private func builder(cache: Bool, deduplication: Bool) throws -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(4)
    builder.arrivals = .poisson(.constant(Rate(roundingPerSecond: Self.rate)))
    builder.content = RequestMix.Content(
      catalogue: Self.contents, zipfExponent: 0.8, unique: try Share(parsing: "20%"))
    builder.pools[0].model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 200,
      latency: [BatchLatency.Point(batchSize: 1, time: Self.service)], noise: .none)
    if cache {
      builder.cache = RequestPolicies.Cache(
        configuration: ResponseCache.Configuration(ttl: Self.life, jitter: .zero), latency: .zero)
    }
    if deduplication { builder.deduplication = Deduplicator.Configuration() }
    return builder
  }

  private func records(_ scenario: Scenario, _ count: Int) throws -> [ReplicationRecord] {
    try (0..<count).map { try FleetSimulation.run(scenario, seed: 11, replication: $0) }
  }

  /// A cycle of a content at rate λ: one request opens a call of length S that λS join, and its answer
  /// lives T, in which λT hit. So of 1 + λS + λT requests λT are hits and λS joined.
  private func expected(cache: Bool, deduplication: Bool) -> (hit: Double, joined: Double) {
    let weights = zipfWeights(count: Self.contents, exponent: 0.8)
    let sum = weights.reduce(0, +)
    let (s, t) = (Self.service.inSeconds, cache ? Self.life.inSeconds : 0)
    return weights.reduce((0, 0)) { total, weight in
      let share = 0.8 * weight / sum
      let rate = Self.rate * share
      let whole = 1 + rate * s + rate * t
      return (total.0 + share * rate * t / whole, total.1 + share * rate * s / whole)
    }
  }

  @Test(
    "give the closed form's share of hits and of joined requests",
    arguments: [(true, true), (false, true)])
  func closedForm(cache: Bool, deduplication: Bool) throws {
    let records = try records(try builder(cache: cache, deduplication: deduplication).build(), 10)
    let truth = expected(cache: cache, deduplication: deduplication)
    for (outcome, value) in [(RequestOutcome.hit, truth.hit), (.joined, truth.joined)] {
      let shares = records.map {
        Double($0.requests[outcome]) / Double($0.requests.arrived)
      }
      let interval = try #require(Interval.mean(of: shares, confidence: 0.9999))
      #expect(interval.low <= value && value <= interval.high, "\(outcome)")
      #expect(interval.halfWidth < 0.01)
    }
  }

  @Test(
    "find a primed cache in windows as full as a run from the start makes it, by either rule of keys",
    arguments: [
      ResponseCache.Configuration(ttl: life, jitter: .zero), .reference(ttl: life),
    ])
  func priming(configuration: ResponseCache.Configuration) throws {
    var builder = try self.builder(cache: true, deduplication: true)
    builder.cache = RequestPolicies.Cache(configuration: configuration, latency: .zero)
    builder.sample = Scenario.RequestSample(
      windows: 24, length: .minutes(2), warmUp: .minutes(1), afterInterruption: .minutes(1))
    let records = try records(try builder.build(), 12)
    let truth = expected(cache: true, deduplication: true)
    let shares = records.map {
      Double($0.weighted[.hit]) / Double($0.weighted.arrived)
    }
    let interval = try #require(Interval.mean(of: shares, confidence: 0.9999))
    #expect(interval.low <= truth.hit && truth.hit <= interval.high)
    #expect(interval.halfWidth < 0.02)
  }

  @Test("move no draw of arrivals, contents or capacity, whichever is switched")
  func commonRandomNumbers() throws {
    let variants = try [(false, false), (true, false), (false, true), (true, true)].map {
      try FleetSimulation.run(
        try builder(cache: $0.0, deduplication: $0.1).build(), seed: 3, replication: 1)
    }
    for variant in variants {
      #expect(variant.workloadDigest == variants[0].workloadDigest)
      #expect(variant.requests.arrived == variants[0].requests.arrived)
    }
    #expect(variants[1].requests[.hit] > 0 && variants[2].requests[.joined] > 0)
  }

  /// A thousand requests for three contents while one call lasts.
  @Test("answer all of a thousand requests that wait for the same call")
  func manyWaiting() throws {
    var builder = try self.builder(cache: false, deduplication: true)
    builder.horizon = .minutes(2)
    builder.arrivals = .poisson(.constant(Rate(roundingPerSecond: 400)))
    builder.content = RequestMix.Content(catalogue: 3, zipfExponent: 0.1, unique: .zero)
    let record = try FleetSimulation.run(try builder.build(), seed: 2, replication: 0)
    let requests = record.requests
    // Three calls of three seconds each follow one another: about 120 of 48,000.
    #expect(requests[.completed] + requests[.joined] == requests.arrived)
    #expect((100...140).contains(Int(requests[.completed])) && requests.arrived > 40_000)
  }

  /// Two answers a second and a queue of two: most calls are refused, and with them who joined them.
  @Test("end every request once where calls fail, time out and are made again")
  func failures() throws {
    var builder = try self.builder(cache: true, deduplication: true)
    builder.queueLimit = 2
    builder.timeout = .milliseconds(1_500)
    builder.pools[0].model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 2,
      latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .none)
    builder.content = RequestMix.Content(
      catalogue: 8, zipfExponent: 0.5, unique: try Share(parsing: "60%"))
    builder.arrivals = .poisson(.constant(try Rate(parsing: "9/s")))
    let record = try FleetSimulation.run(try builder.build(), seed: 1, replication: 0)
    #expect(record.requests[.rejected] > 1_000 && record.requests[.joined] > 100)
    #expect(record.requests[.timedOut] > 0)
    #expect(record.requests.inFlight == 0)
  }
}
