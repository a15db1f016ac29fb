// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation

/// `plimsoll sweep status`: which shards of a plan are there.
struct SweepStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List which shards of a plan are whole, damaged or missing.",
    discussion: "Exits 0 when all are whole, 75 otherwise.")

  /// How the state of a plan is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  @Argument(help: "The plan: plan.json.")
  var plan: String
  @Option(
    name: .customLong("from"), help: "A folder with shards; shards, beside the plan, by default.")
  var folders: [String] = []
  @Option(help: "The format of the table.")
  var format: Format = .table

  func run() throws {
    try Failure.reporting {
      let plan = try readPlan(self.plan)
      let survey = try ShardFolder(plan, at: self.plan, folders: folders).survey()
      switch format {
      case .table: Terminal.show(Self.text(survey, plan) + "\n")
      case .json: Terminal.print(try Self.json(survey, plan))
      }
      if survey.done < plan.shards.count { throw ExitStatus.interrupted.code }
    }
  }

  /// One line for a person.
  static func text(_ survey: ShardFolder.Survey, _ plan: SweepPlan) -> String {
    var parts = ["\(survey.done) of \(plan.shards.count) shards are whole"]
    func list(_ name: String, _ indices: [Int]) {
      guard !indices.isEmpty else { return }
      let shown = indices.prefix(20).map(String.init).joined(separator: ", ")
      parts.append("\(name): \(shown)\(indices.count > 20 ? ", …" : "")")
    }
    list("missing", survey.missing)
    list("damaged", survey.damaged)
    if !survey.foreign.isEmpty {
      parts.append("of another plan: \(survey.foreign.joined(separator: ", "))")
    }
    return parts.joined(separator: "; ")
  }

  private struct Document: Encodable {
    let plimsollSweepStatus: Int
    let plan: String
    let scenario: String
    let version: String
    let points: Int
    let refused: Int
    let replications: Int
    let shards: Int
    let done: Int
    let missing: [Int]
    let damaged: [Int]
    let foreign: [String]
    let isComplete: Bool
  }

  private static func json(_ survey: ShardFolder.Survey, _ plan: SweepPlan) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      plimsollSweepStatus: 1, plan: plan.hash, scenario: plan.scenario, version: plan.version,
      points: plan.pointCount, refused: plan.refusedCount, replications: plan.pairCount,
      shards: plan.shards.count, done: survey.done, missing: survey.missing,
      damaged: survey.damaged, foreign: survey.foreign,
      isComplete: survey.done == plan.shards.count)
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}
