// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FleetSimulation
import Numerics
import Policies
import Quantities
import ReplicaModel
import Scenario
import SimulationTesting
import Workload

/// Measures how fast the simulation is against a bare loop over the same draws and batches.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plimsoll-bench",
    abstract: "Times the batch model with the least-loaded choice against a bare loop, in turn.")

  @Option(help: "How often each is timed; the median is printed.")
  var runs = 5
  @Option(help: "How many minutes of requests a run simulates.")
  var minutes = 60
  @Flag(help: "With response cache and de-duplication; the bare loop has neither.")
  var policies = false

  @Flag(help: "Time the decisions about a request instead: route, cache and de-duplication.")
  var decisions = false

  func run() throws {
    if decisions { return timeDecisions() }
    let scenario = try Self.scenario(minutes: Int64(max(1, minutes)), policies: policies)
    var ours: [Double] = []
    var bare: [Double] = []
    var requests = 0.0
    for replication in 0..<max(1, runs) {
      let record = try Self.timed(into: &ours) {
        try FleetSimulation.run(scenario, seed: 1, replication: replication)
      }
      var loop = BareLoop(scenario, replication: UInt32(replication))
      Self.timed(into: &bare) { loop.run(until: .start + scenario.horizon) }
      // The ratio means something only if both did the same work.
      precondition(loop.served == Int(record.requests.arrived), "both serve the same requests")
      precondition(
        policies || Int128(loop.latencySum) == record.latency.sum,
        "both give every request the same latency")
      requests += Double(loop.served)
    }
    let each = requests / Double(max(1, runs))
    let (our, their) = (Self.median(ours), Self.median(bare))
    print("requests a run        \(formatted(each / 1e6, places: 2)) million")
    print("simulation            \(Self.rate(each, our))")
    print("bare loop             \(Self.rate(each, their))")
    print("simulation / bare     \(formatted(our / their, places: 2)) times the time")
  }

  private func timeDecisions() {
    var bench = DecisionBench()
    var ours: [(route: Double, lookUp: Double, join: Double, land: Double)] = []
    var bare: [Double] = []
    for _ in 0..<max(20, runs * 20) {
      ours.append(bench.decide())
      bare.append(bench.lookUp())
    }
    let route = Self.median(ours.map(\.route))
    let lookUp = Self.median(ours.map(\.lookUp))
    let join = Self.median(ours.map(\.join))
    print("route                         \(formatted(route, places: 1)) ns a request")
    print("cache look-up                 \(formatted(lookUp, places: 1)) ns")
    print("opening a flight              \(formatted(join, places: 1)) ns")
    print("a request that passes all     \(formatted(route + lookUp + join, places: 1)) ns")
    // As in the reference design's simulated fleet: 60 % are deterministic, and 40 % of these hit.
    let mixed = route + 0.6 * lookUp + 0.36 * join
    print("a request of the usual mix    \(formatted(mixed, places: 1)) ns")
    print("ending a flight               \(formatted(Self.median(ours.map(\.land)), places: 1)) ns")
    print("bare look-up of the table     \(formatted(Self.median(bare), places: 1)) ns")
  }

  private static func rate(_ requests: Double, _ seconds: Double) -> String {
    "\(formatted(requests / seconds / 1e6, places: 2)) million requests a second, "
      + "\(formatted(seconds / requests * 1e9, places: 1)) ns a request"
  }

  private static func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
  }

  private static func timed<Result: ~Copyable>(
    into times: inout [Double], _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    let time = ContinuousClock.now - start
    times.append(Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
    return result
  }

  /// Six replicas at 65 % load, with every draw that the reference design's scenarios make.
  private static func scenario(minutes: Int64, policies: Bool) throws -> Scenario {
    var builder = ScenarioBuilder()
    builder.horizon = .minutes(minutes)
    builder.arrivals = .poisson(.constant(try Rate(parsing: "1_248/s")))
    builder.promptTokens = try Distribution.lognormal(median: 350, p99: 3_000)
    builder.outputTokens = try Distribution.gamma(mean: 180, cv: 0.9)
    builder.content = RequestMix.Content(
      catalogue: 200_000, zipfExponent: 0.9, unique: try Share(parsing: "55%"))
    builder.queueLimit = 512
    // One section, so that runs of different lengths differ by their requests and nothing else.
    builder.sections = 1
    builder.timeout = .seconds(2)
    builder.targets = ["p99(latency) <= 200ms"]
    builder.pools[0].wanted = 6
    builder.pools[0].model = BatchModel(
      maximumBatch: 32, maximumDelay: .zero, lanes: 1,
      latency: [(1, 85), (32, 100), (64, 150)].map {
        BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
      }, noise: .none)
    if policies {
      builder.cache = RequestPolicies.Cache(
        configuration: ResponseCache.Configuration(), latency: .milliseconds(2))
      builder.deduplication = Deduplicator.Configuration()
    }
    return try builder.build()
  }
}
