// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Scenario
import Testing

@Suite("Studies that go by rounds of shards")
struct StudyRoundTests {
  private static let noDisk = FileReader { (_: String) throws(FileReadFailure) -> [UInt8] in
    throw .missing
  }
  private static let paths = ["fleet.yaml", "prices.yaml"]

  /// What the rounds of a study came to.
  private struct Course {
    var answer: OptimumAnswer
    var rounds: [SweepPlan]
  }

  private func search(_ over: [String], set: [String], ahead: Int) throws -> Optimisation {
    var effort = Optimisation.Effort()
    effort.maximumReplications = 20
    effort.jobs = 2
    effort.ahead = ahead
    return try Optimisation("fleet.yaml", over: over, effort: effort, seed: nil) {
      try ServerFleet.load(set + $0)
    }
  }

  /// Runs a search round by round, each shard as a machine of its own would.
  private func byRounds(
    _ over: [String], set: [String] = [], ahead: Int = 8, shards: Int? = nil
  ) async throws -> Course {
    var known = KnownReplications()
    var rounds: [SweepPlan] = []
    while true {
      var search = try search(over, set: set, ahead: ahead)
      search.source = .shards(known)
      do {
        return Course(answer: try await search.run { _, _ in }, rounds: rounds)
      } catch is NotSimulatedYet {
        let plan = try await search.source.round(
          overrides: set, version: "test", paths: Self.paths, files: ServerFleet.files(),
          shards: shards)
        let read = try SweepPlan(json: Array(try plan.json().utf8), path: "plan.json")
        #expect(read == plan && plan.isRound && !plan.shards.isEmpty)
        try await add(read, to: &known)
        rounds.append(read)
      }
      try #require(rounds.count < 40)
    }
  }

  private func add(_ plan: SweepPlan, to known: inout KnownReplications) async throws {
    var files: [[UInt8]] = []
    for index in plan.shards.indices {
      var bytes: [UInt8] = []
      let shard = try SweepShard(plan, index: index)
      try await shard.run(jobs: 1, disk: Self.noDisk) { _, _ in
      } write: {
        bytes += $0
      }
      #expect(shard.check(bytes) == .whole)
      files.append(bytes)
    }
    try known.add(plan) { files[$0] }
  }

  @Test(
    "answer as one process does, however many points a round tries and however it is cut",
    arguments: [(1, 1), (3, nil), (8, 2), (100, nil)])
  func same(ahead: Int, shards: Int?) async throws {
    let over = ["fleet.one.machines=0..4", "fleet.two.machines=0..2"]
    let whole = try await search(over, set: [], ahead: 1).run { _, _ in }
    let course = try await byRounds(over, ahead: ahead, shards: shards)
    #expect(String(reflecting: course.answer) == String(reflecting: whole))
    #expect(course.rounds.count >= 2)
  }

  @Test("try fewer points for nothing the fewer a round tries, in more rounds")
  func ahead() async throws {
    func pairs(_ course: Course) -> Int { course.rounds.reduce(0) { $0 + $1.pairCount } }
    let one = try await byRounds(["fleet.one.machines=1..8"], ahead: 1)
    let all = try await byRounds(["fleet.one.machines=1..8"], ahead: 8)
    #expect(one.rounds.count > all.rounds.count)
    #expect(pairs(one) < pairs(all))
    // Eight bills, each by one replication since nothing in them is left to chance, are one shard.
    #expect(all.rounds[0].pairCount == 8 && all.rounds[0].shards.count == 1)
  }

  @Test(
    "simulate what scenarios are compared with too, and again with requests where it takes them")
  func references() async throws {
    let set = [
      "targets=[ p99(latency) <= 150ms, goodput(other.yaml) >= 50%, savings(other.yaml) >= -900% ]"
    ]
    let files = ServerFleet.files(["other.yaml": ServerFleet.scenario])
    func search() throws -> Optimisation {
      try Optimisation(
        "fleet.yaml", over: ["fleet.one.machines=2..4"], effort: .init(), seed: nil
      ) {
        try ScenarioLoader.load("fleet.yaml", files: files, overrides: set + $0)
      }
    }
    #expect(
      try ScenarioLoader.load("fleet.yaml", files: files, overrides: set).references.count == 1)
    let whole = try await search().run { _, _ in }
    var known = KnownReplications()
    for _ in 0..<20 {
      var stepped = try search()
      stepped.source = .shards(known)
      do {
        #expect(String(reflecting: try await stepped.run { _, _ in }) == String(reflecting: whole))
        return
      } catch is NotSimulatedYet {
        let plan = try await stepped.source.round(
          overrides: set, version: "test", paths: Self.paths + ["other.yaml"], files: files,
          shards: nil)
        try await add(plan, to: &known)
      }
    }
    Issue.record("no answer after 20 rounds")
  }

  @Test("are no sweeps, and sweeps no rounds")
  func apart() async throws {
    let round = try #require(try await byRounds(["fleet.one.machines=2..3"]).rounds.first)
    await #expect(throws: PlanError.self) {
      try await SweepMerge(round).run(
        into: .temporary(), disk: Self.noDisk, jobs: 1, progress: { _, _ in }
      ) { _ in [] }
    }
    let sweep = try await SweepPlan(
      SweepFixture.prepared(SweepFixture.request(vary: ["fleet.two.machines=1"])),
      paths: SweepFixture.paths, files: SweepFixture.files, shards: 1)
    let text = try sweep.json()
    #expect(!sweep.isRound && !text.contains("\"part\""))
    var known = KnownReplications()
    var bytes: [UInt8] = []
    try await SweepShard(sweep, index: 0).run(jobs: 1, disk: Self.noDisk) { _, _ in
    } write: {
      bytes += $0
    }
    #expect(throws: PlanError.self) { try known.add(sweep) { _ in bytes } }
  }
}
