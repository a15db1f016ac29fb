// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Recording
import Reporting
import ResultsStore

/// Opens a results database that is there already.
func openExistingStore(_ path: String) throws -> ResultsStore {
  guard FileManager.default.fileExists(atPath: path) else {
    Terminal.tell("plimsoll: there is no results database at \(path)\n")
    throw ExitStatus.missingFile.code
  }
  return try ResultsStore.reading(path: path)
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
    commandName: "runs", abstract: "List the runs of a results database, newest first.")

  @Option(help: "Only runs whose scenario's path contains this text, or whose hash begins with it.")
  var matching: String?
  @Option(help: "The most runs to list.")
  var limit: Int = 20
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"

  @Option(help: "The format of the list.")
  var format: OutputFormat = .table

  func run() throws {
    try Failure.reporting {
      let store = try openExistingStore(db)
      let list = RunList(try store.runs(limit: limit, matching: matching).map(row))
      try store.close()
      switch format {
      case .table: Terminal.show(list.table)
      case .json: Terminal.print(try list.json())
      case .csv: Terminal.print(list.csv)
      case .markdown: Terminal.print(list.markdown)
      }
    }
  }

  private func row(_ run: RunSummary) -> RunList.Row {
    let verdicts = VerdictRow.Verdict.allCases
      .filter { run.verdicts[$0] > 0 }.map { "\(run.verdicts[$0]) \($0.rawValue)" }
    return RunList.Row(
      run: run.id, startedAt: run.startedAt, state: run.state.rawValue, scenario: run.scenario,
      seed: run.seed, replications: run.replications, digest: run.digest,
      verdicts: verdicts.joined(separator: ", "))
  }
}
