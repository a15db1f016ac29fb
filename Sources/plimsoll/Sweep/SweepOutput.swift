// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Foundation
import Reporting

/// Where the results of a sweep go.
struct SweepOutput: ParsableArguments {
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table
  @Option(help: "Write sweep.csv, sweep.json and sweep.txt into this folder too.")
  var out: String?

  /// Prints and writes what the points came to.
  ///
  /// - Parameters:
  ///   - refused: how many points never ran because their scenario was refused.
  func tell(_ answer: SweepAnswer, refused: Int) throws {
    let report = SweepReport(answer)
    try Failure.reporting {
      if let out {
        try FileManager.default.createDirectory(
          atPath: out, withIntermediateDirectories: true)
        for (name, text) in [
          ("sweep.csv", report.csv), ("sweep.json", try report.json()), ("sweep.txt", report.table),
        ] {
          try FileAside(path: "\(out)/\(name)").write { try $0.write(contentsOf: Data(text.utf8)) }
        }
      }
    }
    switch format {
    case .table: Terminal.show(report.table)
    case .csv: Terminal.print(report.csv)
    case .json: Terminal.print(try report.json())
    case .markdown: Terminal.print(report.markdown)
    }
    let failed = answer.points.count { $0.finished == nil }
    if failed > 0 { Terminal.tell("plimsoll: \(failed) of \(answer.points.count) points failed\n") }
    // A point that its own scenario rules out is an answer; one that broke off is a bug.
    if failed > refused { throw ExitStatus.bug.code }
  }
}
