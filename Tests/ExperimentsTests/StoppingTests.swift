// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import FleetSimulation
import LongTests
import Quantities
import Recording
import ReplicaModel
import ResultsStore
import Scenario
import SimulationTesting
import Testing
import Workload

@Suite("Replications stop")
struct StoppingTests {
  /// A single server at load 0.8 whose mean sojourn is 5 s and whose P99 is 23.03 s.
  static func server() -> ScenarioBuilder {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(4)
    builder.from = .start + .minutes(30)
    builder.warmUp = .minutes(30)
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 800_000_000)))
    builder.pools[0].model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .exponential)
    return builder
  }

  static func outcome(
    _ builder: ScenarioBuilder, jobs: Int = 2, replications: Int? = nil
  ) async throws -> Experiment.Outcome {
    let experiment = Experiment(
      LoadedExperiment(scenario: try builder.build(), references: []),
      options: Experiment.Options(
        seed: nil, replications: replications, jobs: jobs, version: "test", startedAt: ""))
    return try await experiment.run(into: try .temporary()) { _, _ in }
  }

  private func note(_ topic: String, of outcome: Experiment.Outcome) -> String? {
    outcome.results.notes.first { $0.topic == topic }?.text
  }

  @Test("as soon as every target is decided, after whole blocks")
  func decided() async throws {
    var builder = Self.server()
    builder.targets = ["mean(latency) <= 6s", "p99(latency) <= 30s"]
    builder.replications = ReplicationPlan(minimum: 4, maximum: 100, block: 3, goal: .decided)
    let outcome = try await Self.outcome(builder)
    let count = outcome.results.replications
    #expect(count < 100 && (count - 4) % 3 == 0)
    #expect(outcome.results.verdicts.map(\.verdict) == [.holds, .holds])
    #expect(
      note("replications", of: outcome)
        == "every target was decided after \(count) of at most 100 replications")
  }

  @Test(
    "at the maximum when a target lies on the truth, and say what is left and what it would take")
  func undecided() async throws {
    var builder = Self.server()
    builder.targets = ["mean(latency) <= 5s"]
    builder.replications = ReplicationPlan(minimum: 3, maximum: 8, block: 5, goal: .decided)
    let outcome = try await Self.outcome(builder)
    #expect(outcome.results.replications == 8)
    #expect(outcome.results.verdicts.map(\.verdict) == [.undecided])
    #expect(outcome.results.verdicts[0].reason.contains("more would tell"))
    #expect(
      note("replications", of: outcome)
        == "the most, 8 replications, were run; undecided: mean(latency) <= 5s")
  }

  @Test("at a relative half-width, which then holds")
  func relative() async throws {
    var builder = Self.server()
    builder.targets = ["mean(latency) <= 5s"]
    builder.replications = ReplicationPlan(
      minimum: 4, maximum: 400, block: 4, goal: .relativeHalfWidth(try Share(parsing: "3%")))
    let outcome = try await Self.outcome(builder)
    let measures = Measures(outcome.scenario, records: outcome.records)
    let interval = try #require(measures.mean(of: .latency))
    #expect(interval.halfWidth <= 0.03 * interval.estimate)
    #expect(outcome.results.replications < 400)
    builder.replications = ReplicationPlan(
      minimum: 4, maximum: 8, block: 4, goal: .relativeHalfWidth(try Share(parsing: "0.1%")))
    let missed = try await Self.outcome(builder)
    #expect(note("replications", of: missed)?.contains("would take about") == true)
  }

  @Test("at the same number with the same results on any number of jobs")
  func jobs() async throws {
    var builder = Self.server()
    builder.targets = ["mean(latency) <= 5200ms"]
    builder.replications = ReplicationPlan(minimum: 5, maximum: 30, block: 5, goal: .decided)
    let one = try await Self.outcome(builder, jobs: 1)
    for jobs in [2, 7] {
      let other = try await Self.outcome(builder, jobs: jobs)
      #expect(other.results == one.results)
    }
  }

  @Test("wrongly in at most 5 % of experiments, however often they look", .long)
  func errorRate() async throws {
    // The truth lies on the bound, so that every decision is an error.
    var builder = Self.server()
    builder.horizon = .minutes(90)
    builder.from = .start + .minutes(3)
    builder.warmUp = .minutes(3)
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 500_000_000)))
    builder.targets = ["mean(wait) <= 1s"]
    let scenario = try builder.build()
    let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
      for seed in UInt64(1)...200 {
        group.addTask {
          var records: [ReplicationRecord] = []
          for look in 1...6 {
            records += try (0..<10).map {
              try FleetSimulation.run(scenario, seed: seed, replication: records.count + $0)
            }
            let judge = Judge(
              Measures(scenario, records: records), references: [], confidence: 0.95)
            let verdict = judge.verdicts(on: scenario.targets, look: look)[0].verdict
            if verdict != .undecided { return true }
          }
          return false
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    print("decided wrongly, of 200 experiments that look up to six times:", wrong)
    // Five per cent are 10; a rule that spent all of its errors at each of six looks would make some 30.
    #expect(wrong <= 17)
  }
}
