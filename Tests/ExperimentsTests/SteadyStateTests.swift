// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import FleetSimulation
import Numerics
import Quantities
import Recording
import Scenario
import SimulationTesting
import Statistics
import Testing
import Workload

@Suite("A run is told apart by whether it settles")
struct SteadyStateTests {
  private func measure(_ name: String, of outcome: Experiment.Outcome) throws -> MeasureRow {
    try #require(outcome.results.measures.first { $0.name == name })
  }

  @Test("a queue that grows gets no percentile, and its targets on time fail for that reason")
  func growing() async throws {
    for replications in [1, 6] {
      var builder = StoppingTests.server()
      builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: 1_100_000_000)))
      builder.targets = ["p99(latency) <= 2h", "availability >= 50%"]
      let outcome = try await StoppingTests.outcome(builder, replications: replications)
      for name in ["mean(latency)", "p50(wait)", "p99(latency)"] {
        let row = try measure(name, of: outcome)
        #expect(row.state == .notStationary && row.interval == nil)
      }
      #expect(outcome.results.verdicts[0].verdict == .fails)
      #expect(outcome.results.verdicts[0].reason.hasPrefix("not stationary"))
    }
  }

  @Test("a queue that settles is not called growing, at any of a hundred seeds")
  func settled() throws {
    let scenario = try StoppingTests.server().build()
    let alarms = try (1...100).count { seed in
      let records = try (0..<5).map {
        try FleetSimulation.run(scenario, seed: UInt64(seed), replication: $0)
      }
      return Measures(scenario, records: records).drift?.isGrowing == true
    }
    #expect(alarms == 0)
  }

  @Test("a daily backlog that is worse each day drifts, one that empties each night does not")
  func daily() throws {
    // A server for one request a second, with a peak of 1.25 to 1.6 of that: it recovers at night or not.
    for (peak, isGrowing) in [("1.25/s", false), ("1.6/s", true)] {
      var builder = StoppingTests.server()
      builder.horizon = .hours(96)
      builder.from = .start
      builder.warmUp = .zero
      builder.arrivals = .poisson(
        .weekly(
          RateProfile.Shape(
            peak: try Rate(parsing: peak), peakTime: .hours(12), swing: try Share(parsing: "50%"),
            weekend: .whole), start: builder.start))
      let scenario = try builder.build()
      let records = try (0..<2).map {
        try FleetSimulation.run(scenario, seed: 1, replication: $0)
      }
      let drift = try #require(Measures(scenario, records: records).drift)
      #expect(drift.isGrowing == isGrowing)
    }
  }

  @Test("too short a run says insufficient, and whoever runs the length it names soon has enough")
  func insufficient() async throws {
    var builder = StoppingTests.server()
    var length = TimeSpan.minutes(40)
    var rounds = 0
    while true {
      builder.length = length
      builder.horizon = .minutes(30) + length
      let outcome = try await StoppingTests.outcome(builder, replications: 10)
      let row = try measure("p99(latency)", of: outcome)
      if row.state == .estimated {
        let interval = try #require(row.interval)
        #expect(abs(interval.estimate - 23.026) < 3 * interval.halfWidth)
        break
      }
      #expect(row.state == .insufficient && row.interval == nil)
      let words = row.note.split(separator: " ")
      let position = try #require(words.firstIndex(of: "about"))
      let named = try TimeSpan(parsing: words[position + 1])
      #expect(named > length)
      length = named
      rounds += 1
      // What a short run knows of its own dependence is little, so that it may ask again.
      try #require(rounds <= 3)
    }
    #expect(rounds >= 1)
  }

  @Test("pilots find the warm-up, and what they cut is not measured")
  func automaticWarmUp() async throws {
    var builder = StoppingTests.server()
    builder.horizon = .hours(10)
    builder.from = .start
    builder.warmUp = .zero
    let scenario = try builder.build().simulatingRequests(
      in: .once(
        Scenario.RequestWindow(
          from: .start, length: .hours(10), warmUp: .zero, isWarmUpAutomatic: true)))
    let experiment = Experiment(
      LoadedExperiment(scenario: scenario, references: []),
      options: Experiment.Options(
        seed: nil, replications: 5, jobs: 2, version: "test", startedAt: ""))
    let outcome = try await experiment.run(into: try .temporary()) { _, _ in }
    let note = try #require(outcome.results.notes.first { $0.topic == "warm-up" })
    #expect(note.text.hasPrefix("MSER-5 over 5 pilot replications cuts "))
    guard case .once(let window) = outcome.scenario.run.requests else {
      Issue.record("the window became a sample")
      return
    }
    #expect(window.warmUp + window.length == .hours(10) && window.from == .start + window.warmUp)
  }

  @Test("sections of one long run give the intervals that replications give")
  func sections() throws {
    var hits = 0
    for seed in UInt64(1)...60 {
      var builder = StoppingTests.server()
      builder.horizon = .hours(60)
      builder.sections = 20
      let scenario = try builder.build()
      let record = try FleetSimulation.run(scenario, seed: seed, replication: 0)
      let measures = Measures(scenario, records: [record])
      let interval = try #require(measures.mean(of: .wait))
      #expect(interval.samples == 20)
      if interval.low <= 4 && 4 <= interval.high { hits += 1 }
      let all = record.sections.reduce(UInt64(0)) { $0 + $1.ended }
      #expect(all == record.requests.arrived - record.requests.inFlight)
      #expect(measures.notes.contains { $0.topic == "sections" })
    }
    print("coverage of the mean wait by 20 sections, of 60:", hits)
    #expect(hits >= 52)
  }
}
