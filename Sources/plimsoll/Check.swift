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
    var overviews: [Overview] = []
    var told: [RunReport] = []
    var verdicts: [VerdictRow] = []
    for path in scenarios {
      if let claims = try Claims(path) {
        let judged = try await claims.judge(options)
        reports += judged.reports
        tables.append(judged.table)
        verdicts += judged.verdicts
        if claims.measures.isEmpty {
          told += judged.reports
        } else {
          overviews.append(Overview(judged.reports, measures: claims.measures))
        }
      } else {
        let report = try await options.run(path)
        reports.append(report)
        told.append(report)
        verdicts += report.results.verdicts
        if options.format == .table { Terminal.print(report.table + "\n") }
      }
    }
    if !told.isEmpty { overviews.append(Overview(told)) }
    switch options.format {
    case .table:
      Terminal.print(overviews.map(\.table).joined(separator: "\n"))
      for table in tables { Terminal.print("\n" + table.text) }
    case .json:
      let documents = try reports.map { try $0.json() }
      Terminal.print(
        reports.count == 1 ? documents[0] : "[\n" + documents.joined(separator: ",\n") + "]\n")
    case .markdown:
      for table in tables { Terminal.print(table.markdown) }
      Terminal.print(overviews.map(\.markdown).joined(separator: "\n"))
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
