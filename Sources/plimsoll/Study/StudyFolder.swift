// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import Scenario

/// A study that goes by rounds, in a folder: what was asked, and the plans and shards of its rounds.
struct StudyFolder {
  /// What was asked, as the folder keeps it.
  private struct Document: Codable, Equatable {
    let plimsollStudy: Int
    let version: String
    /// The command line, without the folder.
    let arguments: [String]
  }

  /// What a step prints for the program that drives the rounds.
  private struct Step: Encodable {
    var round: Int?
    var shards: Int?
    var done: Bool?
  }

  let path: String
  private let command: any StudyCommand

  /// Begins a study in a folder, or goes on with the same.
  static func begin(_ command: any StudyCommand, in path: String) throws -> StudyFolder {
    let document = Document(
      plimsollStudy: 1, version: Plimsoll.versionText,
      arguments: arguments(Array(CommandLine.arguments.dropFirst())))
    let file = "\(path)/study.json"
    if FileManager.default.fileExists(atPath: file) {
      guard try read(file) == document else {
        throw PlanError("\(path) holds another study; name another folder with --plan")
      }
    } else {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let text = try json(document, .prettyPrinted)
      try FileAside(path: file).write { try $0.write(contentsOf: Data(text.utf8)) }
    }
    return StudyFolder(path: path, command: command)
  }

  /// The study of a folder.
  static func open(_ path: String) throws -> StudyFolder {
    let file = "\(path)/study.json"
    guard FileManager.default.fileExists(atPath: file) else {
      Terminal.tell("plimsoll: there is no study at \(path): no \(file)\n")
      throw ExitStatus.missingFile.code
    }
    let document = try read(file)
    guard document.plimsollStudy == 1, document.version == Plimsoll.versionText else {
      throw PlanError(
        "\(file) was made by version \(document.version); this is \(Plimsoll.versionText)")
    }
    let words = document.arguments + ["--plan", path]
    guard let command = try? Plimsoll.parseAsRoot(words) as? any StudyCommand else {
      throw PlanError("\(file) says no study: \(document.arguments.joined(separator: " "))")
    }
    return StudyFolder(path: path, command: command)
  }

  private static func read(_ file: String) throws -> Document {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    guard let document = try? JSONDecoder().decode(Document.self, from: data) else {
      throw PlanError("\(file) is no study")
    }
    return document
  }

  private static func json(
    _ value: some Encodable, _ more: JSONEncoder.OutputFormatting = []
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, more]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// A command line without the folder, which may be moved.
  private static func arguments(_ all: [String]) -> [String] {
    var kept: [String] = []
    var isFolder = false
    for word in all {
      if isFolder {
        isFolder = false
      } else if word == "--plan" {
        isFolder = true
      } else if !word.hasPrefix("--plan=") {
        kept.append(word)
      }
    }
    return kept
  }

  private func plan(_ round: Int) -> String { "\(path)/round-\(round)/plan.json" }

  /// Goes on by one round: writes the next, or prints the answer.
  ///
  /// - Parameters:
  ///   - format: how the answer is printed; as was asked when the study began, when it is `nil`.
  ///   - db: the database of the answer; in the folder when it is `nil`.
  func advance(format: OutputFormat?, db: String?) async throws {
    let (step, report) = try await Failure.reporting { try await advanced(db: db) }
    try report?.tell(format ?? command.format)
    Terminal.print(try Self.json(step))
  }

  private func advanced(db: String?) async throws -> (Step, (any StudyReport)?) {
    var known = KnownReplications()
    var round = 1
    var newest: SweepPlan?
    while FileManager.default.fileExists(atPath: plan(round)) {
      newest = try add(round, to: &known)
      round += 1
    }
    let reads = RecordedReads(of: newest?.files(before: Terminal.files) ?? Terminal.files)
    let source = ReplicationSource.shards(known)
    do {
      let report = try await command.find(source, files: reads.files)
      try await command.store(source, db ?? "\(path)/study.sqlite")
      return (Step(done: true), report)
    } catch is NotSimulatedYet {
      let next = try await source.round(
        overrides: command.base, version: Plimsoll.versionText, paths: await reads.finish(),
        files: reads.files, shards: command.rounds.shards)
      try FileManager.default.createDirectory(
        atPath: "\(path)/round-\(round)", withIntermediateDirectories: true)
      let text = try next.json()
      try FileAside(path: plan(round)).write { try $0.write(contentsOf: Data(text.utf8)) }
      return (Step(round: round, shards: next.shards.count), nil)
    }
  }

  /// Takes in the shards of a round; leaves where some are missing.
  private func add(_ round: Int, to known: inout KnownReplications) throws -> SweepPlan {
    let plan = try readPlan(plan(round))
    let folder = ShardFolder(plan, at: self.plan(round), folders: [])
    let survey = try folder.survey()
    if let foreign = survey.foreign.first {
      throw PlanError("\(foreign) is a shard of another plan")
    }
    guard survey.done == plan.shards.count else {
      Terminal.tell("plimsoll: round \(round): \(SweepStatus.text(survey, plan))\n")
      throw ExitStatus.interrupted.code
    }
    try known.add(plan) { try folder.bytes(of: survey.whole[$0][0]) }
    return plan
  }
}
