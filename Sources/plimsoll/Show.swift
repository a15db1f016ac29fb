// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Reporting
import ResultsStore

/// How a stored run is printed.
enum ShownFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv, markdown, focus
}

/// `plimsoll show`: print a stored run again.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a run from a results database.")

  @Argument(help: "The number of the run; by default the newest.")
  var number: Int64?
  @Option(help: "Print the definition of this measure instead, or of all.")
  var define: String?
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"
  @Option(
    help:
      "table, json, csv or markdown; or focus: the bill of one replication by the calendar month, as FOCUS 1.2 in CSV."
  )
  var format: ShownFormat = .table
  @Option(help: "Print the invoice of this replication, counted from 0.")
  var replication: Int = 0

  func run() throws {
    if let define { return try tellDefinition(of: define) }
    try Failure.reporting {
      let store = try openExistingStore(db)
      defer { try? store.close() }
      guard let id = try number ?? store.runs(limit: 1).first?.id, try store.run(id) != nil else {
        Terminal.tell("plimsoll: \(db) has no such run\n")
        throw ExitStatus.missingFile.code
      }
      if format == .focus { return try tellInvoice(of: id, in: store) }
      guard let results = try store.results(of: id) else {
        Terminal.tell("plimsoll: run \(id) was not finished; its replications are stored\n")
        throw ExitStatus.interrupted.code
      }
      let manifest = try store.manifest(of: id)
      var report = RunReport(
        scenario: manifest.scenario, about: "", seed: manifest.seed,
        confidence: manifest.confidence, priceBook: manifest.priceBook, assumptions: [], run: id,
        results: results)
      switch format {
      case .table:
        Terminal.show(report.table)
        if number == nil { Terminal.show(Self.questions(about: id, manifest.scenario, db: db)) }
      case .json:
        report.values = RunValues(try store.soundReplications(of: id))
        Terminal.print(try report.json())
      case .csv: Terminal.print(RunReport.csv([report]))
      case .markdown: Terminal.print("\(report.answer)\n\n\(report.markdown)")
      case .focus: break
      }
    }
  }

  /// What can be asked next.
  private static func questions(about run: Int64, _ scenario: String, db: String) -> String {
    let database = db == "Results/plimsoll.sqlite" ? "" : " --db \(db)"
    return """

        What next:
          plimsoll report \(run)\(database)  a page to share
          plimsoll show \(run) --format focus\(database)  the invoice by calendar month
          plimsoll show --define 'p99(latency)'  what a measure means
          plimsoll runs\(database)  the other runs
          plimsoll capacity \(scenario)  how much load it holds
          plimsoll compare \(scenario) \(scenario) --set KEY=VALUE  what a change does
          plimsoll optimize \(scenario) --over KEY=VALUES  which fleet is the cheapest

      """
  }

  private func tellInvoice(of run: Int64, in store: ResultsStore) throws {
    let records = try store.soundReplications(of: run)
    guard let record = records.first(where: { $0.replication == replication }) else {
      Terminal.tell(
        "plimsoll: run \(run) has no replication \(replication); it has \(records.count), from 0\n")
      throw ExitStatus.missingFile.code
    }
    if record.charges.isEmpty && !record.invoice.isEmpty {
      Terminal.tell(
        "plimsoll: run \(run) was stored by a version that did not bill by the calendar month; run it again\n"
      )
      throw ExitStatus.inputOutput.code
    }
    Terminal.print(try FocusTable(record, try store.manifest(of: run)).csv)
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
