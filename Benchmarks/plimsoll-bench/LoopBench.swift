// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Numerics
import Policies
import Quantities
import ReplicaModel
import Scenario
import SimulationTesting
import Workload

/// Six replicas of one model against a bare loop that gives every request the same latency.
enum LoopBench {
  /// Times both in turn, on the same requests.
  ///
  /// - Parameters:
  ///   - policies: whether there are response cache and de-duplication; the bare loop has neither.
  ///   - isAlone: whether the bare loop is left out.
  static func run(minutes: Int64, runs: Int, policies: Bool, isAlone: Bool) throws {
    let scenario = try scenario(minutes: minutes, policies: policies)
    var ours: [Double] = []
    var bare: [Double] = []
    var requests = 0.0
    for replication in 0..<runs {
      let record = try Stopwatch.time(into: &ours) {
        try FleetSimulation.run(scenario, seed: 1, replication: replication)
      }
      requests += Double(record.requests.arrived)
      guard !isAlone else { continue }
      var loop = BareLoop(scenario, replication: UInt32(replication))
      Stopwatch.time(into: &bare) { loop.run(until: .start + scenario.run.horizon) }
      // The ratio means something only if both did the same work.
      precondition(loop.served == Int(record.requests.arrived), "both serve the same requests")
      precondition(
        policies || Int128(loop.latencySum) == record.latency.sum,
        "both give every request the same latency")
    }
    let each = requests / Double(runs)
    let our = Stopwatch.median(ours)
    print("requests              \(Int(requests))")
    print("simulation            \(rate(each, our))")
    guard !isAlone else { return }
    let their = Stopwatch.median(bare)
    print("bare loop             \(rate(each, their))")
    print("simulation / bare     \(formatted(our / their, places: 2)) times the time")
  }

  private static func rate(_ requests: Double, _ seconds: Double) -> String {
    "\(formatted(requests / seconds / 1e6, places: 2)) million requests a second, "
      + "\(formatted(seconds / requests * 1e9, places: 1)) ns a request"
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
