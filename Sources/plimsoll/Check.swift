// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Recording
import Reporting

/// `plimsoll check`: run and judge the targets.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate scenarios and judge their targets.",
    discussion:
      "A file of claims runs the scenarios that its claims name and prints a table of claims. "
      + "Exits 0 when all targets hold or are assumed, 98 when one is undecided, 99 when one fails."
  )

  @Argument(help: "The scenario files, or files of claims about them.")
  var scenarios: [String]
  @OptionGroup var options: RunOptions

  func run() async throws {
    var reports: [RunReport] = []
    var tables: [ClaimTable] = []
    var verdicts: [VerdictRow] = []
    for path in scenarios {
      if let claims = try Claims(path) {
        let judged = try await claims.judge(options)
        reports += judged.reports
        tables.append(judged.table)
        verdicts += judged.verdicts
      } else {
        let report = try await options.run(path)
        reports.append(report)
        verdicts += report.results.verdicts
        if options.format == .table { Terminal.print(report.table + "\n") }
      }
    }
    switch options.format {
    case .table:
      Terminal.print(Overview(reports).table)
      for table in tables { Terminal.print("\n" + table.text) }
    case .json:
      let documents = try reports.map { try $0.json() }
      Terminal.print(
        reports.count == 1 ? documents[0] : "[\n" + documents.joined(separator: ",\n") + "]\n")
    case .markdown:
      for table in tables { Terminal.print(table.markdown) }
      Terminal.print(Overview(reports).markdown)
    }
    try leave(verdicts)
  }

  private func leave(_ verdicts: [VerdictRow]) throws {
    if verdicts.isEmpty {
      Terminal.tell("plimsoll: the scenarios have no targets, so there is nothing to judge\n")
      throw ExitStatus.targetFails.code
    }
    if verdicts.contains(where: { $0.verdict == .fails }) { throw ExitStatus.targetFails.code }
    if verdicts.contains(where: { $0.verdict == .undecided }) { throw ExitStatus.undecided.code }
  }
}
