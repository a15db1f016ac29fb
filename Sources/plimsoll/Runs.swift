// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Recording
import ResultsStore

/// Opens a results database that is there already.
func openExistingStore(_ path: String) throws -> ResultsStore {
  guard FileManager.default.fileExists(atPath: path) else {
    Terminal.tell("plimsoll: there is no results database at \(path)\n")
    throw ExitStatus.missingFile.code
  }
  return try ResultsStore(path: path)
}

/// Opens a results database, or makes it with the folder that it lies in.
func openStore(_ path: String) throws -> ResultsStore {
  let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return try ResultsStore(path: path)
}

/// `plimsoll runs`: list the runs of a database.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the runs of a results database, newest first.")

  @Option(help: "Only runs whose scenario's path contains this text, or whose hash begins with it.")
  var matching: String?
  @Option(help: "How many at most.")
  var limit: Int = 20
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"

  func run() throws {
    try Failure.reporting {
      let store = try openExistingStore(db)
      for run in try store.runs(limit: limit, matching: matching) {
        let digest = run.digest.map { String($0.prefix(16)) } ?? "-"
        let verdicts = VerdictRow.Verdict.allCases
          .filter { run.verdicts[$0] > 0 }.map { "\(run.verdicts[$0]) \($0.rawValue)" }
        Terminal.print(
          "\(run.id)\t\(run.startedAt)\t\(run.state.rawValue)\t\(run.scenario)\tseed \(run.seed)\t"
            + "\(run.replications) replications\t\(digest)\t\(verdicts.joined(separator: ", "))\n")
      }
      try store.close()
    }
  }
}
