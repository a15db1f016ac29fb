// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Reporting
import ResultsStore

/// `plimsoll show`: print a stored run again.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a run out of a results database.")

  @Argument(help: "The number of the run; the newest when it is left out.")
  var number: Int64?
  @Option(help: "Print what a measure means instead: its name, or all.")
  var define: String?
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"
  @Option(help: "How results are printed: \(OutputFormat.allCases.map(\.rawValue)).")
  var format: OutputFormat = .table

  func run() throws {
    if let define { return try tellDefinition(of: define) }
    try Failure.reporting {
      let store = try openExistingStore(db)
      defer { try? store.close() }
      guard let id = try number ?? store.runs(limit: 1).first?.id, try store.run(id) != nil else {
        Terminal.tell("plimsoll: \(db) has no such run\n")
        throw ExitStatus.missingFile.code
      }
      guard let results = try store.results(of: id) else {
        Terminal.tell("plimsoll: run \(id) was not finished; its replications are stored\n")
        throw ExitStatus.interrupted.code
      }
      let manifest = try store.manifest(of: id)
      let report = RunReport(
        scenario: manifest.scenario, about: "", seed: manifest.seed,
        confidence: manifest.confidence, priceBook: manifest.priceBook, assumptions: [], run: id,
        results: results)
      switch format {
      case .table: Terminal.print(report.table)
      case .json: Terminal.print(try report.json())
      case .markdown: Terminal.print(report.markdown)
      }
    }
  }

  private func tellDefinition(of name: String) throws {
    if name == "all" { return Terminal.print(MeasureDefinition.markdown) }
    guard let definition = MeasureDefinition.of(name) else {
      let names = MeasureDefinition.all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no measure \(name); allowed: all, \(names)")
    }
    Terminal.print(definition.text)
  }
}
