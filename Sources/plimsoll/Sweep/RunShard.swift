// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation

/// `plimsoll sweep run-shard`: run one shard of a plan.
struct RunShard: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run-shard", abstract: "Run one shard of the plan of a sweep.",
    discussion: """
      The file depends only on the plan and the index. If it exists already, nothing is done. Exits 75 when trying \
      again may help, and 64, 65, 66 or 70 when it does not.
      """)

  /// Where array engines say which of their jobs this is.
  private static let variables = [
    "SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX",
  ]

  @Argument(help: "The plan: plan.json.")
  var plan: String
  @Option(
    help: "Which shard, from 0; by default \(variables.joined(separator: ", ")).")
  var index: Int?
  @Option(help: "The folder that shards are written into; shards, beside the plan, by default.")
  var out: String?
  @OptionGroup var work: JobOptions

  func run() async throws {
    try await Failure.retryable {
      let plan = try readPlan(self.plan)
      let index = try self.index ?? Self.indexOfJob()
      guard plan.shards.indices.contains(index) else {
        throw ValidationError(
          "the index is \(index); allowed: 0 to \(plan.shards.count - 1)")
      }
      let folder = out ?? ShardFolder.folder(besides: self.plan)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let file = FileAside(path: "\(folder)/\(index).jsonl")
      let shard = try SweepShard(plan, index: index)
      if try isDone(shard, file.path) { return }
      let watch = Interruption.listen("run the shard again") { file.discard() }
      defer { watch.cancel() }
      let progress = ProgressLine(scenario: "shard \(index)", isShown: !work.quiet)
      try await file.write { handle in
        try await shard.run(jobs: work.jobs, disk: Terminal.files) {
          progress.show(done: $0, of: $1)
        } write: {
          try handle.write(contentsOf: $0)
        }
      }
      progress.clear()
    }
  }

  /// Whether the shard's file is there, whole and of this plan.
  private func isDone(_ shard: SweepShard, _ path: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    switch shard.check([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))) {
    case .whole: return true
    case .foreign: throw PlanError("\(path) is a shard of another plan")
    case .damaged:
      if !work.quiet { Terminal.tell("plimsoll: \(path) is damaged and is made again\n") }
      return false
    }
  }

  private static func indexOfJob() throws -> Int {
    let environment = ProcessInfo.processInfo.environment
    for variable in variables {
      guard let text = environment[variable] else { continue }
      guard let index = Int(text) else {
        throw ValidationError("\(variable) is '\(text)'; allowed: a whole number")
      }
      return index
    }
    throw ValidationError(
      "give --index, or one of \(variables.joined(separator: ", ")) in the environment")
  }
}
