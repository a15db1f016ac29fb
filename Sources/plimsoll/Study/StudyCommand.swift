// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import Reporting
import Scenario

/// A verb that simulates in rounds: what a round brings decides what the next one simulates.
///
/// Here it simulates whatever it needs. With `--plan` it simulates nothing: each round is a plan of shards.
protocol StudyCommand: AsyncParsableCommand {
  /// Where rounds and results go.
  var rounds: RoundOptions { get }
  /// How the answer is printed.
  var format: OutputFormat { get }
  /// The path of the scenario or of the study.
  var subject: String { get }
  /// The overrides of every point that ``find(_:files:)`` does not hand on with each.
  var base: [String] { get }
  /// What was asked of it, as options; only what changes a result.
  var asked: [String] { get }

  /// Finds the answer with replications from a source.
  ///
  /// - Throws: `NotSimulatedYet` where the source lacks some.
  func find(_ source: ReplicationSource, files: FileReader) async throws -> any StudyReport
}

/// The answer of a study, to be printed.
protocol StudyReport {
  var table: String { get }
  var csv: String { get }
  var markdown: String { get }
  func json() throws -> String
}

extension OptimumReport: StudyReport {}
extension LeverReport: StudyReport {}
extension SensitivityReport: StudyReport {}

extension StudyReport {
  /// Prints it.
  func tell(_ format: OutputFormat) throws {
    switch format {
    case .table: Terminal.show(table)
    case .csv: Terminal.print(csv)
    case .json: Terminal.print(try json())
    case .markdown: Terminal.print(markdown)
    }
  }
}

/// Where the rounds of a study and its results go.
struct RoundOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Simulate nothing, but write the first round into this folder: DIR/round-1.",
      discussion: "Its shards run anywhere, by sweep run-shard; then plimsoll next DIR goes on."))
  var plan: String?
  @Option(help: "With --plan: how many shards a round has at most.")
  var shards: Int?
  @Option(help: "Store the fleets that were simulated with requests in this new database.")
  var db: String?

  func validate() throws {
    if let shards, !(1...SweepPlan.shardLimit).contains(shards) {
      throw ValidationError("--shards is \(shards); allowed: 1 to \(SweepPlan.shardLimit)")
    }
    if shards != nil, plan == nil { throw ValidationError("--shards says nothing without --plan") }
    if db != nil, plan != nil {
      throw ValidationError("--plan and --db: plimsoll next stores what the rounds bring")
    }
  }
}

extension StudyCommand {
  /// Finds the answer here, or begins the rounds.
  func run() async throws {
    if let folder = rounds.plan {
      let rounds = try Failure.reporting { try StudyFolder.begin(self, in: folder) }
      return try await rounds.advance(format: nil, db: nil)
    }
    let report = try await Failure.reporting {
      let source = ReplicationSource.simulated(keepsFleets: rounds.db != nil)
      let report = try await find(source, files: Terminal.files)
      if let db = rounds.db { try await store(source, db) }
      return report
    }
    try report.tell(format)
  }

  /// Stores what was simulated.
  func store(_ source: ReplicationSource, _ path: String) async throws {
    try await DatabaseAside.make(path, left: "nothing was stored") { store in
      try await source.store(
        into: store, study: subject, options: asked, version: Plimsoll.versionText)
    }
  }
}
