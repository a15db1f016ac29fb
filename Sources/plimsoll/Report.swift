// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Inputs
import Recording
import Reporting
import ResultsStore

/// `plimsoll report`: one HTML page of answers.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one self-contained HTML page of runs and other answers.",
    discussion: """
      Of a run out of the results database, by its number, or of what run, check, compare, sweep, optimize, explain and \
      sensitivity write with --format json; several go onto one page. Without any it is the newest run. The page needs no \
      network and no script, is printed as it is, and has the numbers behind each drawing.
      """)

  @Argument(
    help: "Numbers of runs, and files that verbs wrote with --format json; - is standard input.")
  var inputs: [String] = []
  @Option(name: [.short, .long], help: "The file to write.")
  var output = "report.html"
  @Option(help: "The heading of the page.")
  var title: String?
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"
  @Flag(help: "Open the page in the browser.")
  var open = false

  func run() throws {
    let texts = try inputs.isEmpty ? [try newest()] : inputs.map { try document($0) }
    var page = Page(title: title ?? heading)
    for (name, bytes) in texts {
      do {
        for root in try JSONFile(bytes).roots { try page.add(root, curves: curves) }
      } catch let error as TraceErrors {
        let first = error.errors.first
        Terminal.tell(
          "plimsoll: \(name): no JSON: found \(first?.found ?? "nothing"), allowed: \(first?.allowed ?? "JSON")\n"
        )
        throw ExitStatus.invalidScenario.code
      } catch let error as Page.UnknownDocument {
        Terminal.tell("plimsoll: \(name): \(error)\n")
        throw ExitStatus.invalidScenario.code
      }
    }
    try Failure.reporting {
      try FileAside(path: output).write { try $0.write(contentsOf: Data(page.html.utf8)) }
    }
    Terminal.tell("plimsoll: wrote \(output)\n")
    if open { openPage() }
  }

  private var heading: String {
    inputs.count > 1
      ? "\(inputs.count) answers about a fleet" : "What this fleet costs, and whether it holds"
  }

  /// The bytes of a document: a file, standard input, or a run of the database.
  private func document(_ input: String) throws -> (name: String, bytes: [UInt8]) {
    if input == "-" { return ("standard input", try Terminal.standardInput()) }
    if let number = Int64(input) {
      return try Failure.reporting { ("run \(number)", try run(number)) }
    }
    return (input, try Terminal.bytes(of: input))
  }

  private func newest() throws -> (name: String, bytes: [UInt8]) {
    try Failure.reporting {
      let store = try openExistingStore(db)
      defer { try? store.close() }
      guard let id = try store.runs(limit: 1).first?.id else {
        Terminal.tell("plimsoll: \(db) has no run\n")
        throw ExitStatus.missingFile.code
      }
      return ("run \(id)", try run(id))
    }
  }

  /// A stored run as `plimsoll show --format json` has it.
  private func run(_ id: Int64) throws -> [UInt8] {
    let store = try openExistingStore(db)
    defer { try? store.close() }
    guard try store.run(id) != nil else {
      Terminal.tell("plimsoll: \(db) has no run \(id)\n")
      throw ExitStatus.missingFile.code
    }
    guard let results = try store.results(of: id) else {
      Terminal.tell("plimsoll: run \(id) was not finished; its replications are stored\n")
      throw ExitStatus.interrupted.code
    }
    let manifest = try store.manifest(of: id)
    let report = RunReport(
      scenario: manifest.scenario, about: "", seed: manifest.seed,
      confidence: manifest.confidence, priceBook: manifest.priceBook,
      assumptions: manifest.catalogueAssumptions, run: id, results: results)
    return Array(try report.json().utf8)
  }

  /// What the replications of a run show; `nil` where the database does not have it.
  private func curves(_ id: Int64) throws -> RunCurves? {
    guard FileManager.default.fileExists(atPath: db) else { return nil }
    return try Failure.reporting {
      let store = try openExistingStore(db)
      defer { try? store.close() }
      guard try store.run(id) != nil else { return nil }
      return RunCurves(try store.soundReplications(of: id))
    }
  }

  /// Asks the desktop to show the page; where there is none, says so.
  private func openPage() {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["xdg-open", output]
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
      process.waitUntilExit()
      if process.terminationStatus == 0 { return }
    } catch {}
    Terminal.tell("plimsoll: nothing here opens pages; open \(output) yourself\n")
  }
}

extension RunManifest {
  /// What a stored run took from the catalogue, as its text keeps it.
  var catalogueAssumptions: [String] {
    let mark = "catalogue: "
    return scenarioText.split(separator: "\n").filter { $0.hasPrefix(mark) }
      .map { String($0.dropFirst(mark.count)) }
  }
}
