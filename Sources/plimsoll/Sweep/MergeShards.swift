// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Experiments
import Foundation

/// `plimsoll sweep merge`: put the shards of a plan together.
struct MergeShards: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge the shards of a plan into one results database.",
    discussion: """
      The database is the same, byte for byte, wherever and in whatever order the shards ran. Exits 75 while shards \
      are missing or damaged.
      """)

  @Argument(help: "The plan: plan.json.")
  var plan: String
  @Option(
    name: .customLong("from"), help: "A folder with shards; shards, beside the plan, by default.")
  var folders: [String] = []
  @Option(help: "The database that is made; sweep.sqlite, beside the plan, by default.")
  var db: String?
  @OptionGroup var work: JobOptions
  @OptionGroup var output: SweepOutput

  func run() async throws {
    let (plan, answer) = try await Failure.reporting {
      let plan = try readPlan(self.plan)
      let folder = ShardFolder(plan, at: self.plan, folders: folders)
      let survey = try folder.survey()
      if let foreign = survey.foreign.first {
        throw PlanError("\(foreign) is a shard of another plan")
      }
      guard survey.done == plan.shards.count else {
        Terminal.tell("plimsoll: \(SweepStatus.text(survey, plan))\n")
        throw ExitStatus.interrupted.code
      }
      let answer = try await merge(plan) { index in try folder.bytes(of: survey.whole[index][0]) }
      return (plan, answer)
    }
    try output.tell(answer, refused: plan.refusedCount)
  }

  private func merge(
    _ plan: SweepPlan, read: (Int) throws -> [UInt8]
  ) async throws -> SweepAnswer {
    let path =
      db
      ?? URL(fileURLWithPath: self.plan).deletingLastPathComponent()
      .appendingPathComponent("sweep.sqlite").path
    return try await DatabaseAside.make(path, left: "nothing was merged") { store in
      let progress = ProgressLine(scenario: "merge", isShown: !work.quiet, unit: "shards")
      let answer = try await SweepMerge(plan).run(
        into: store, disk: Terminal.files, jobs: work.jobs
      ) {
        progress.show(done: $0, of: $1)
      } read: {
        try read($0)
      }
      progress.clear()
      return answer
    }
  }
}
