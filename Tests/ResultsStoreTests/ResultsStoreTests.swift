// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import ResultsStore
import StoreWriter
import Testing

@Suite("The results database")
struct ResultsStoreTests {
  private let store: ResultsStore

  init() throws { store = try .temporary() }

  private func begin(_ scenario: String = "Scenarios/a.yaml", hash: String = "ab12") throws -> Int64
  {
    try store.begin(Samples.manifest(scenario, hash: hash), startedAt: Samples.startedAt)
  }

  @Test("gives back replications equal to those added, in the order of their numbers")
  func replications() throws {
    let run = try begin()
    let other = try begin()
    let records = (0..<3).map { SyntheticReplication.record(seed: 9, replication: $0) }
    for record in records.reversed() {
      try store.add(record, digest: "d\(record.replication)", to: run)
      try store.add(
        SyntheticReplication.record(seed: 10, replication: record.replication), digest: "",
        to: other)
    }
    #expect(try store.replications(of: run) == records)
    #expect(try store.digests(of: run).map(\.digest) == ["d0", "d1", "d2"])
  }

  @Test("gives back a replication of nothing and one with infinite values")
  func extremes() throws {
    let run = try begin()
    let nothing = ReplicationRecord(replication: 0, edges: [])
    var extreme = ReplicationRecord(replication: 1, edges: [5, 5, 1])
    extreme.times.latency.record(.max)
    extreme.times.latency.record(.max)
    extreme.times.latency.record(0)
    extreme.series = [.infinity, -.infinity, 0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
      .map { SeriesPoint(time: Instant(nanoseconds: -1), name: "é", pool: "", value: $0) }
    extreme.workloadDigest = .max
    try store.add(nothing, digest: "", to: run)
    try store.add(extreme, digest: "", to: run)
    #expect(try store.replications(of: run) == [nothing, extreme])
  }

  @Test("gives back manifests and results equal to those stored")
  func results() throws {
    let run = try begin()
    #expect(try store.results(of: run) == nil)
    try store.finish(run, Samples.results())
    #expect(try store.results(of: run) == Samples.results())
    #expect(try store.manifest(of: run) == Samples.manifest())
    #expect(try store.integrityProblems().isEmpty)
  }

  @Test("lists a run as running until it is finished, with its stored replications and verdicts")
  func states() throws {
    let run = try begin()
    try store.add(SyntheticReplication.record(seed: 1, replication: 0), digest: "", to: run)
    let running = try #require(try store.run(run))
    #expect(running.state == .running && running.digest == nil && running.replications == 1)
    #expect(running.verdicts == RunSummary.VerdictCounts())
    #expect(running.seed == .max && running.startedAt == Samples.startedAt)
    try store.finish(run, Samples.results())
    let finished = try #require(try store.run(run))
    #expect(finished.state == .finished && finished.digest == "d1")
    #expect(finished.verdicts[.holds] == 2 && finished.verdicts[.undecided] == 1)
    #expect(finished.verdicts[.fails] == 0 && finished.verdicts[.assumed] == 0)
  }

  @Test("lists the newest runs first and chooses by scenario or hash")
  func listing() throws {
    let first = try begin("Scenarios/a.yaml", hash: "ab12")
    let second = try begin("Scenarios/b.yaml", hash: "cd34")
    let third = try begin("Scenarios/a.yaml", hash: "ef12")
    #expect(try store.runs(limit: 10).map(\.id) == [third, second, first])
    #expect(try store.runs(limit: 2).map(\.id) == [third, second])
    #expect(try store.runs(limit: 10, matching: "a.yaml").map(\.id) == [third, first])
    #expect(try store.runs(limit: 10, matching: "cd").map(\.id) == [second])
    #expect(try store.runs(limit: 10, matching: "12").isEmpty)
    #expect(try store.runs(limit: 10, matching: "%").isEmpty)
    #expect(try store.latestRun(of: "Scenarios/a.yaml")?.id == third)
    #expect(try store.latestRun(of: "a.yaml") == nil)
    #expect(try store.run(99) == nil)
  }

  @Test("refuses to add twice, to a finished run, or to one that is not there")
  func refusals() throws {
    let run = try begin()
    let record = SyntheticReplication.record(seed: 1, replication: 0)
    try store.add(record, digest: "", to: run)
    #expect(throws: StoreError.self) { try store.add(record, digest: "", to: run) }
    #expect(try store.replications(of: run) == [record])
    try store.finish(run, Samples.results())
    let finished = StoreError(
      path: "in memory", reason: "run 1 is finished; nothing can be added to it")
    #expect(throws: finished) { try store.finish(run, Samples.results()) }
    #expect(throws: finished) {
      try store.add(SyntheticReplication.record(seed: 1, replication: 1), digest: "", to: run)
    }
    let missing = StoreError(path: "in memory", reason: "holds no run 7")
    #expect(throws: missing) { try store.finish(7, Samples.results()) }
    #expect(throws: missing) { try store.add(record, digest: "", to: 7) }
    #expect(throws: missing) { try store.manifest(of: 7) }
    #expect(throws: missing) { try store.replications(of: 7) }
    #expect(throws: missing) { try store.results(of: 7) }
  }

  @Test("lists quickly among 10,000 runs")
  func manyRuns() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore(path: folder.path())
    for index in 0..<10_000 {
      let run = try store.begin(
        Samples.manifest("Scenarios/\(index % 100).yaml"), startedAt: Samples.startedAt)
      if index % 100 == 7 { try store.finish(run, Samples.results()) }
    }
    let start = ContinuousClock.now
    #expect(try store.runs(limit: 50).count == 50)
    #expect(try store.runs(limit: 50, matching: "/7.yaml").count == 50)
    #expect(try store.latestRun(of: "Scenarios/7.yaml")?.id == 9_908)
    #expect(start.duration(to: .now) < .milliseconds(500))
  }
}
