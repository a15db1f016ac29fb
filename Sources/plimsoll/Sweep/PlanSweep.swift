// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import Scenario

/// `plimsoll sweep plan`: cut a sweep into shards.
struct PlanSweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Write the plan of a sweep, cut into shards that run anywhere.",
    discussion: "Every scenario is checked; nothing is simulated.")

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var work: JobOptions
  @Option(help: "How many shards; by default one per replication, at most 1000.")
  var shards: Int?
  @Option(help: "Write plan.json to this folder.")
  var out: String

  func validate() throws {
    if let shards, !(1...SweepPlan.shardLimit).contains(shards) {
      throw ValidationError("--shards is \(shards); allowed: 1 to \(SweepPlan.shardLimit)")
    }
  }

  func run() async throws {
    try await Failure.reporting {
      // Whatever the scenarios read goes into the plan.
      let (paths, reads) = AsyncStream.makeStream(of: String.self)
      let recording = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
        reads.yield(path)
        return try Terminal.files.read(path)
      }
      let prepared = try await sweep.prepared(files: recording, work)
      reads.finish()
      var read: [String] = []
      for await path in paths { read.append(path) }
      let plan = try SweepPlan(
        prepared, paths: read, files: Terminal.files, shards: shards ?? 1_000)
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      let text = try plan.json()
      try FileAside(path: "\(out)/plan.json").write { try $0.write(contentsOf: Data(text.utf8)) }
      guard !work.quiet else { return }
      Terminal.print(
        "\(out)/plan.json: \(plan.pointCount) points, \(plan.refusedCount) refused, "
          + "\(plan.pairCount) replications in \(plan.shards.count) shards, "
          + "plan \(plan.hash.prefix(16))\n")
    }
  }
}
