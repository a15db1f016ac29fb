// SPDX-License-Identifier: GPL-3.0-or-later
import FleetSimulation
import Foundation
import Numerics
import Quantities
import ReplicaModel
import Scenario
import SimulationTesting
import Workload

func points(_ list: [(Int, Int64)]) -> [BatchLatency.Point] {
  list.map { BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1)) }
}
var builder = ScenarioBuilder()
builder.horizon = .hours(1)
builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 1_248_000_000_000)))
builder.promptTokens = try Distribution.lognormal(median: 350, p99: 3_000)
builder.outputTokens = try Distribution.gamma(mean: 180, cv: 0.9)
builder.content = RequestMix.Content(
  catalogue: 200_000, zipfExponent: 0.9, unique: Share(billionths: 550_000_000))
builder.timeout = .seconds(2)
builder.queueLimit = 512
builder.targets = ["p99(latency) <= 200ms"]
builder.pools[0].wanted = 6
builder.pools[0].model = BatchModel(
  maximumBatch: 32, maximumDelay: .zero, lanes: 1,
  latency: points([(1, 85), (32, 100), (64, 150)]),
  noise: .none)
let scenario = try builder.build()
for replication in 0..<3 {
  let clock = ContinuousClock()
  var simulated: UInt64 = 0
  var p99 = 0.0
  let time = try clock.measure {
    let record = try FleetSimulation.run(scenario, seed: 1, replication: replication)
    simulated = record.simulatedRequests
    p99 = record.latency.quantile(0.99, population: record.requests.arrived) ?? 0
    print(record.requests, Double(record.batchedRequests) / Double(record.batches), record.total)
  }
  let seconds = Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds)
  print(simulated, seconds, Double(simulated) / seconds / 1e6, "M/s", p99 / 1e6, "ms")
}
