// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Digests
import Foundation
import Inputs
import Reporting
import Scenario

/// `plimsoll calibrate`: laws of measured data, with what speaks against them.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit laws to measured data and write them as fragments that scenarios include.",
    subcommands: [
      CalibrateLifetimes.self,
      CalibrateAvailability.self,
      CalibrateLatency.self,
      CalibrateArrivals.self,
      CalibrateContent.self,
      CalibrateSteps.self,
      CalibrateLengths.self,
    ])
}

/// The options of every verb that fits.
struct CalibrateOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "Write the fragment with its provenance to this file.")
  var output: String?
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table

  /// Tells what was read of a file, in a line.
  func tell(_ path: String, _ summary: String) {
    Terminal.tell("plimsoll: \(path): \(summary)\n")
  }

  /// A file that is fitted, with what identifies it.
  struct Input {
    let path: String
    let bytes: [UInt8]

    /// The file's place in a fragment's provenance.
    func source(records: Int) -> Provenance.Source {
      Provenance.Source(
        path: path, digest: SHA256.digest(of: bytes).hexadecimal, records: records)
    }
  }

  /// Conditions of the form column=text, or leaves with a message.
  func conditions(_ texts: [String]) throws -> [MeasuredTable.Condition] {
    try texts.map { text in
      guard let condition = MeasuredTable.Condition(parsing: text) else {
        throw ValidationError("--where is '\(text)'; allowed: column=text")
      }
      return condition
    }
  }

  /// Reads a file, or leaves with a message and its exit code.
  func read(_ path: String) throws -> Input {
    Input(path: path, bytes: try Terminal.bytes(of: path))
  }

  /// Does `body`; tells what is wrong with the data of a file and leaves with the exit code for
  /// that.
  func reading<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let errors as TraceErrors {
      for problem in errors.errors {
        Terminal.tell(
          "\(path):\(problem.line):\(problem.column): found \(problem.found), "
            + "allowed: \(problem.allowed)\n")
      }
      throw ExitStatus.invalidScenario.code
    }
  }

  /// Prints what was found, and writes its fragment where that was asked for and a scenario would
  /// take it.
  func finish(_ report: CalibrationReport, _ sources: [Provenance.Source]) throws {
    let text = CalibrationText(report)
    switch format {
    case .table: Terminal.show(text.table)
    case .markdown: Terminal.print(text.markdown)
    case .json: Terminal.print(try text.json())
    case .csv: Terminal.print(text.csv)
    }
    let arguments = CommandLine.arguments.dropFirst().map { argument in
      argument.contains(" ") ? "'\(argument)'" : argument
    }
    let provenance = Provenance(
      command: (["plimsoll"] + arguments).joined(separator: " "), version: Plimsoll.versionText,
      sources: sources)
    let file = provenance.file(of: report)
    try check(report, file)
    guard let output else { return }
    try Failure.reporting {
      try FileAside(path: output).write { try $0.write(contentsOf: Data(file.utf8)) }
    }
    Terminal.tell("plimsoll: wrote \(output)\n")
  }

  /// Leaves with a message where there is nothing to write, or where what was fitted is beyond
  /// what a scenario
  /// can say.
  private func check(_ report: CalibrationReport, _ file: String) throws {
    if report.fragment.isEmpty {
      guard let output else { return }
      Terminal.tell("plimsoll: no law was fitted, so \(output) is not written\n")
      throw ExitStatus.invalidScenario.code
    }
    guard let place = FragmentPlace(rawValue: report.place),
      let errors = FragmentCheck(file, at: place).problems()
    else { return }
    let reasons = errors.errors.prefix(5).map { "  \($0)\n" }.joined()
    Terminal.tell(
      "plimsoll: what was fitted is beyond what a scenario can say, so nothing is "
        + "written:\n\(reasons)"
    )
    throw ExitStatus.invalidScenario.code
  }
}
