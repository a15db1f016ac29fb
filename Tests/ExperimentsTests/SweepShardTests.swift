// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import ResultsStore
import Scenario
import Testing

@Suite("Shards of a sweep")
struct SweepShardTests {
  private static let noDisk = FileReader { (_: String) throws(FileReadFailure) -> [UInt8] in
    throw .missing
  }

  private func plan(shards: Int, vary: [String] = SweepFixture.vary) async throws -> SweepPlan {
    try SweepPlan(
      await SweepFixture.prepared(SweepFixture.request(vary: vary)), paths: SweepFixture.paths,
      files: SweepFixture.files, shards: shards)
  }

  private func bytes(of index: Int, _ plan: SweepPlan, jobs: Int = 2) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await SweepShard(plan, index: index).run(jobs: jobs, disk: Self.noDisk) { _, _ in
    } write: {
      bytes += $0
    }
    return bytes
  }

  @Test(
    "merge into what one process finds, however many there are, without a file but the plan",
    arguments: [1, 2, 5, 24, 100])
  func merged(shards: Int) async throws {
    let whole = try await SweepFixture.answer(SweepFixture.prepared())
    let plan = try SweepPlan(json: Array(try await plan(shards: shards).json().utf8), path: "p")
    #expect(plan.shards.count == min(shards, 24))
    var files: [[UInt8]] = []
    for index in plan.shards.indices { files.append(try await bytes(of: index, plan)) }
    let merged = try await SweepMerge(plan).run(
      into: .temporary(), disk: Self.noDisk, jobs: 3
    ) { _, _ in
    } read: {
      files[$0]
    }
    #expect(merged.essence == whole.essence && merged.identity == whole.identity)
    #expect(merged.points.map { $0.finished?.run } == whole.points.map { $0.finished?.run })
  }

  @Test("cover every replication once and in order, in nearly equal parts")
  func ranges() async throws {
    for count in 1...24 {
      let shards = try await plan(shards: count).shards
      #expect(shards.map(\.count).reduce(0, +) == 24 && shards[0].first == 0)
      #expect(zip(shards, shards.dropFirst()).allSatisfy { $0.first + $0.count == $1.first })
      let sizes = shards.map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test("are the same bytes on one job and on three")
  func jobs() async throws {
    let plan = try await plan(shards: 3)
    #expect(try await bytes(of: 1, plan, jobs: 1) == bytes(of: 1, plan, jobs: 3))
  }

  @Test("that are cut short anywhere, or changed in any byte, are damaged")
  func damaged() async throws {
    let plan = try await plan(shards: 8)
    let shard = try SweepShard(plan, index: 2)
    let whole = try await bytes(of: 2, plan)
    #expect(shard.check(whole) == .whole)
    #expect(shard.check([]) == .damaged)
    for step in 1..<120 {
      let place = whole.count * step / 120
      #expect(shard.check(Array(whole[..<place])) == .damaged)
      var changed = whole
      changed[place] ^= 1
      #expect(shard.check(changed) != .whole)
    }
    #expect(shard.check(whole + whole) == .damaged)
  }

  @Test("of another plan or another index are told apart")
  func foreign() async throws {
    let plan = try await plan(shards: 4)
    let other = try await self.plan(shards: 4, vary: ["fleet.two.machines=0..3"])
    #expect(other.hash != plan.hash)
    let file = try await bytes(of: 0, other)
    #expect(try SweepShard(other, index: 0).check(file) == .whole)
    #expect(try SweepShard(other, index: 1).check(file) == .foreign)
    #expect(try SweepShard(plan, index: 0).check(file) == .foreign)
    #expect(throws: PlanError.self) { try SweepShard(plan, index: 4) }
  }

  @Test("are not run from a plan that was changed, or is none")
  func changedPlan() async throws {
    let text = try await plan(shards: 2).json()
    for changed in [
      text.replacing("\"seed\" : 11", with: "\"seed\" : 12"),
      text.replacing("20ms", with: "21ms"), "{}", "", String(text.dropLast(3)),
    ] {
      #expect(changed != text)
      #expect(throws: PlanError.self) { try SweepPlan(json: Array(changed.utf8), path: "p") }
    }
  }

  @Test("keep large files by their hash, and refuse another file in their place")
  func largeFile() async throws {
    let comment = String(repeating: "# nothing\n", count: 30_000)
    let files = SweepFixture.files(scenario: SweepFixture.scenario + "\n" + comment)
    let sweep = try await PreparedSweep(
      SweepFixture.request(vary: ["fleet.two.machines=1"]), files: files, jobs: 1)
    let plan = try SweepPlan(sweep, paths: SweepFixture.paths, files: files, shards: 1)
    #expect(try plan.json().utf8.count < 20_000)
    let shard = try SweepShard(plan, index: 0)
    try await shard.run(jobs: 2, disk: files, progress: { _, _ in }, write: { _ in })
    for disk in [Self.noDisk, SweepFixture.files] {
      await #expect(throws: ScenarioErrors.self) {
        try await shard.run(jobs: 2, disk: disk, progress: { _, _ in }, write: { _ in })
      }
    }
  }

  @Test("leave out points that are refused, which the merge reports")
  func refused() async throws {
    let plan = try await plan(shards: 2, vary: ["fleet.two.machines=1,-1,2"])
    #expect(plan.pairCount == 6 && plan.pointCount == 3 && plan.refusedCount == 1)
    var files: [[UInt8]] = []
    for index in plan.shards.indices { files.append(try await bytes(of: index, plan)) }
    let merged = try await SweepMerge(plan).run(
      into: .temporary(), disk: Self.noDisk, jobs: 3
    ) { _, _ in
    } read: {
      files[$0]
    }
    #expect(merged.points.map { $0.finished != nil } == [true, false, true])
  }
}
