// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Recording
import ResultsStore
import Scenario
import Statistics
import Synchronization
import Testing

@Suite("A sweep")
struct SweepTests {
  @Test("makes of each point the run that the point alone makes, and stores it")
  func likeRuns() async throws {
    let store = try ResultsStore.temporary()
    let answer = try await SweepFixture.answer(SweepFixture.prepared(), into: store)
    #expect(answer.points.count == 8)
    for (point, run) in zip(answer.points, Int64(1)...) {
      let overrides = zip(answer.keys, point.values).map { "\($0)=\($1)" }
      let loaded = try ScenarioLoader.load(
        "fleet.yaml", files: SweepFixture.files, overrides: overrides)
      let alone = try await Experiment(
        loaded,
        options: Experiment.Options(
          seed: nil, replications: nil, jobs: 2, version: "test", startedAt: "")
      ).run(into: .temporary()) { _, _ in }
      #expect(point.finished?.results == alone.results)
      #expect(point.finished?.run == run)
      #expect(try store.results(of: run) == alone.results)
      #expect(try store.replications(of: run).count == 3)
    }
  }

  @Test("comes out the same on one, two and three jobs, whatever ends first")
  func jobs() async throws {
    let sweep = try await SweepFixture.prepared()
    let one = try await SweepFixture.answer(sweep, jobs: 1)
    for jobs in 2...3 {
      let other = try await SweepFixture.answer(sweep, jobs: jobs)
      #expect(other.essence == one.essence)
      #expect(other.points.map { $0.finished?.run } == one.points.map { $0.finished?.run })
    }
  }

  @Test("goes on where it was broken off: nothing that is stored is made again")
  func resume() async throws {
    let sweep = try await SweepFixture.prepared()
    let full = try ResultsStore.temporary()
    let whole = try await SweepFixture.answer(sweep, into: full)
    // A database in which three points had ended when the process was killed.
    let store = try ResultsStore.temporary()
    let broken = try store.begin(sweep.manifest, startedAt: "")
    for point in [1, 4, 5] {
      let run = Int64(point + 1)
      let digests = try full.digests(of: run).map(\.digest)
      let records = Array(zip(try full.replications(of: run), digests))
      let results = try #require(try full.results(of: run))
      _ = try store.finish(
        FinishedPoint(
          point: point, manifest: full.manifest(of: run), records: records, results: results),
        of: broken, startedAt: "")
    }
    let counts = Counts()
    let resumed = try await SweepFixture.answer(sweep, into: store, resuming: true) {
      counts.note($1)
    }
    #expect(counts.total == (8 - 3) * 3)
    #expect(resumed.essence == whole.essence)
    let again = try await SweepFixture.answer(sweep, into: store, resuming: true) {
      counts.note($1)
    }
    #expect(counts.total == 0 && again.essence == whole.essence)
    #expect(try store.runs(limit: 100).count == 8)
    // Without being asked to go on, it begins anew.
    _ = try await SweepFixture.answer(sweep, into: store)
    #expect(try store.runs(limit: 100).count == 16)
  }

  @Test("that is not the same does not go on with another's points")
  func identity() async throws {
    let identity = try await SweepFixture.prepared().identity
    #expect(try await SweepFixture.prepared().identity == identity)
    for request in [
      SweepFixture.request(replications: 2),
      SweepFixture.request(vary: ["fleet.two.machines=0..3", "fleet.one.price=20 USD/h"]),
      SweepFixture.request(sample: "lhs:8"),
    ] {
      #expect(try await SweepFixture.prepared(request).identity != identity)
    }
    var other = SweepFixture.request()
    other.version = "next"
    #expect(try await SweepFixture.prepared(other).identity != identity)
    other = SweepFixture.request()
    other.seed = 12
    #expect(try await SweepFixture.prepared(other).identity != identity)
    let changed = SweepFixture.files(
      scenario: SweepFixture.scenario.replacing("20ms", with: "21ms"))
    #expect(
      try await PreparedSweep(SweepFixture.request(), files: changed, jobs: 1).identity != identity)
  }

  @Test("reports a point whose scenario is refused, and the others go on")
  func failingPoint() async throws {
    let store = try ResultsStore.temporary()
    let sweep = try await SweepFixture.prepared(
      SweepFixture.request(vary: ["fleet.two.machines=1,-1,2"]))
    let answer = try await SweepFixture.answer(sweep, into: store)
    #expect(answer.points.map { $0.finished != nil } == [true, false, true])
    guard case .failed(let reason) = answer.points[1].outcome else {
      Issue.record("a scenario with fewer than no machines ran")
      return
    }
    #expect(reason.contains("fleet.two.machines") && reason.contains("-1"))
    let stored = try #require(try store.sweep(ofIdentity: sweep.identity))
    #expect(stored.points == [.finished(run: 1), .failed(reason), .finished(run: 3)])
    let resumed = try await SweepFixture.answer(sweep, into: store, resuming: true)
    #expect(resumed.essence == answer.essence)
  }

  @Test("is refused before anything runs when no point can run, and says the same reason once")
  func allRefused() async throws {
    let unknown = await #expect(throws: AllPointsRefused.self) {
      try await SweepFixture.prepared(SweepFixture.request(vary: ["fleet.two.machins=0..3"]))
    }
    let message = try #require(unknown).description
    #expect(message.contains("(4) is refused for the same reason"))
    #expect(
      message.contains("did you mean 'machines'") && message.split(separator: "\n").count == 2)
    let several = await #expect(throws: AllPointsRefused.self) {
      try await SweepFixture.prepared(SweepFixture.request(vary: ["fleet.two.machines=-1,x"]))
    }
    #expect(try #require(several).description.split(separator: "\n").count == 3)
    await #expect(throws: ScenarioErrors.self) {
      try await PreparedSweep(
        SweepRequest(scenario: "none.yaml", vary: ["a=1"], version: "test"),
        files: SweepFixture.files, jobs: 1)
    }
  }

  // MARK: Order

  private func answer(costs: [[Double]], latencies: [[Double]]) -> SweepAnswer {
    let points = zip(costs, latencies).enumerated().map { number, pair in
      let (costs, latencies) = pair
      func row(_ name: String, _ values: [Double]) -> MeasureRow {
        MeasureRow(name: name, unit: "", interval: .mean(of: values, confidence: 0.95))
      }
      let results = RunResults(
        digest: "", replications: costs.count, requests: RequestCounts(),
        measures: [row("monthly_cost", costs), row("p99(latency)", latencies)], invoice: [],
        verdicts: [])
      return SweepAnswer.Point(
        number: number, values: [],
        outcome: .finished(
          SweepAnswer.Finished(run: 1, results: results, costs: costs, latencies: latencies)))
    }
    return SweepAnswer(
      scenario: "", identity: "", seed: 1, keys: [], confidence: 0.95, points: points)
  }

  /// Point 1 costs a dollar more than point 0 in every replication, though both vary by far more; point 2
  /// costs 0.1 less or more than point 1 by turns.
  @Test("calls the order of neighbours settled by paired differences, not by intervals apart")
  func settled() {
    let costs = [
      [10, 20, 30, 40], [11, 21, 31, 41], [11.2, 21, 31.2, 41],
    ]
    let answer = answer(costs: costs, latencies: [[3, 3, 3, 3], [2, 2, 2, 2], [1, 1, 1, 1]])
    #expect(answer.front == [0, 1, 2])
    // Two neighbours in cost, which are those on the front, and the latencies of these.
    #expect(answer.comparisons == 4)
    #expect(answer.unsettled.map { [$0.first, $0.second] } == [[1, 2]])
    #expect(answer.unsettled.map(\.measure) == ["monthly_cost"])
  }

  /// Differences 1, 2, 3 of three pairs: mean 2, standard error 1/√3, Student's t with 2 degrees of freedom
  /// 4.303 at 95 % (half width 2.48, so 2 alone is not settled) and 2.920 at 90 % (1.69, so it is).
  @Test("widens the intervals so that all statements hold together")
  func bonferroni() {
    let answer = answer(costs: [[1, 1, 1], [2, 3, 4]], latencies: [[1, 1, 1], [1, 1, 1]])
    #expect(answer.comparisons == 1)
    let half = answer.unsettled.first?.difference?.halfWidth ?? 0
    #expect(abs(half - 4.302_653 / 3.0.squareRoot()) < 1e-5)
    let more = self.answer(
      costs: [[1, 1, 1], [2, 3, 4], [9, 9, 9]], latencies: [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
    // At 97.5 %: t(0.9875, 2) = 6.205347.
    #expect(more.comparisons == 2 && more.unsettled.count == 1)
    let wider = more.unsettled.first?.difference?.halfWidth ?? 0
    #expect(abs(wider - 6.205_347 / 3.0.squareRoot()) < 1e-5)
  }

  @Test("with one replication settles no order that chance could make")
  func oneReplication() {
    let answer = answer(costs: [[1], [2]], latencies: [[2], [1]])
    #expect(answer.unsettled.count == 2)
  }
}

/// The last total that progress told of.
private final class Counts: Sendable {
  private let last = Mutex(0)

  func note(_ total: Int) { last.withLock { $0 = total } }

  var total: Int { last.withLock { $0 } }
}
