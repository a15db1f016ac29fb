// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Numerics
import Quantities
import RandomStreams
import ReplicaModel
import Scenario
import SimulationTesting
import Workload

/// Fleets and workloads that are small enough to be run in full, on which windows could go wrong.
enum SampledWorkload: String, CaseIterable, Sendable {
  case interruptions = "spot machines that come and go under a daily swing"
  case spike = "a spike on launch day"
  case plateau = "four hours above the fleet's throughput"
  case afternoons = "a fleet that saturates every afternoon"
  case outage = "an outage of half the fleet"
  case trace = "a trace with bursts"
  case lanes = "lanes without batches"
  case beyondBudget = "afternoons of high load that are too many to be simulated whole"

  /// How many windows are drawn, of five minutes each.
  var windows: Int { 60 }

  /// The time whose share is judged.
  var edge: TimeSpan {
    switch self {
    case .lanes: .seconds(6)
    default: .seconds(2)
    }
  }

  /// Whether hours decide that are so rare that no number of windows tells them from chance.
  var isRare: Bool { self == .interruptions || self == .outage }

  /// The scenario in full, without a sample.
  func builder() throws -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(48)
    builder.timeout = .seconds(8)
    builder.queueLimit = 64
    builder.pools[0].model = Self.batches
    builder.pools[0].wanted = 2
    // Two machines answer 2 × 4 ÷ 1.2 s = 6.67 requests a second.
    switch self {
    case .interruptions:
      builder.arrivals = try Self.daily("5/s", swing: "40%")
      builder.pools[0].wanted = 1
      var spot = ScenarioBuilder.Pool()
      spot.name = "spot"
      spot.market = .spot
      spot.model = Self.batches
      spot.wanted = 2
      spot.places = [CapacityLaw](
        repeating: .renewal(
          up: try Distribution(.exponential(mean: 5_400)),
          down: try .gamma(mean: 1_800, cv: 1)), count: 2)
      builder.pools.append(spot)
    case .spike: builder.arrivals = try Self.steps([(0, "3/s"), (1_500, "14/s"), (1_520, "3/s")])
    case .plateau: builder.arrivals = try Self.steps([(0, "3/s"), (900, "7.2/s"), (1_140, "3/s")])
    case .afternoons, .beyondBudget: builder.arrivals = try Self.daily("7.4/s", swing: "60%")
    case .outage:
      builder.arrivals = try Self.daily("4/s", swing: "20%")
      builder.pools[0].places = Self.placesWithOutage
    case .trace: builder.arrivals = .replay(Self.bursts)
    case .lanes:
      builder.arrivals = try Self.daily("7/s", swing: "50%")
      builder.pools[0].model = BatchModel(
        maximumBatch: 1, maximumDelay: .zero, lanes: 8,
        latency: [BatchLatency.Point(batchSize: 1, time: .seconds(2))], noise: .exponential)
    }
    return builder
  }

  /// The windows of the scenario.
  var sample: Scenario.RequestSample {
    Scenario.RequestSample(
      windows: windows, length: .minutes(5), warmUp: .minutes(1), afterInterruption: .minutes(3),
      certainRequests: self == .beyondBudget ? 60_000 : 50_000_000)
  }

  private static let batches = BatchModel(
    maximumBatch: 4, maximumDelay: .zero, lanes: 1,
    latency: [(1, 800), (4, 1_200)].map {
      BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
    }, noise: .none)

  private static func daily(_ peak: String, swing: String) throws -> ArrivalProcess {
    .poisson(
      .weekly(
        RateProfile.Shape(
          peak: try Rate(parsing: peak), peakTime: .hours(15), swing: try Share(parsing: swing),
          weekend: .whole),
        start: ScenarioBuilder().start))
  }

  /// Rates from so many minutes on.
  private static func steps(_ steps: [(minute: Int64, rate: String)]) throws -> ArrivalProcess {
    let last = RateProfile.Step(
      start: .start + .hours(24 * 30), rate: try Rate(parsing: steps[steps.count - 1].rate))
    return .poisson(
      .recorded(
        try steps.map {
          RateProfile.Step(start: .start + .minutes($0.minute), rate: try Rate(parsing: $0.rate))
        } + [last]))
  }

  /// One of two places is gone from the 25th hour to the 28th.
  private static let placesWithOutage: [CapacityLaw] = [
    .always, .schedule(up: .hours(30), down: .hours(3), phase: .hours(5)),
  ]

  /// Two recorded days of Poisson arrivals at 3 a second, with ten bursts of two minutes at 16.
  private static let bursts: ReplayTrace = {
    var stream = RandomStream(seed: 99, replication: 0, purpose: .arrivals, entity: 7)
    var (time, requests) = (0.0, [ReplayTrace.Request]())
    while time < 48 * 3_600 {
      requests.append(
        ReplayTrace.Request(
          time: .start + TimeSpan(roundingToMicroseconds: time), promptTokens: 100,
          outputTokens: 100))
      let isBurst = time.truncatingRemainder(dividingBy: 17_280) > 17_160
      time -= Elementary.log(stream.nextPositiveUniform()) / (isBurst ? 16 : 3)
    }
    return ReplayTrace(requests: requests)
  }()
}
