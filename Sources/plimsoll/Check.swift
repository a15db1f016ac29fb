// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Recording
import Reporting

/// `plimsoll check`: run and judge the targets.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate scenarios and judge their targets.",
    discussion:
      "Exits 0 when all targets hold or are assumed, 98 when one is undecided, 99 when one fails.")

  @Argument(help: "The scenario files.")
  var scenarios: [String]
  @OptionGroup var options: RunOptions

  func run() async throws {
    var reports: [RunReport] = []
    for scenario in scenarios {
      let report = try await options.run(scenario)
      reports.append(report)
      if options.format == .table { Terminal.print(report.table + "\n") }
    }
    switch options.format {
    case .table: Terminal.print(Overview(reports).table)
    case .json:
      let documents = try reports.map { try $0.json() }
      Terminal.print(
        reports.count == 1 ? documents[0] : "[\n" + documents.joined(separator: ",\n") + "]\n")
    case .markdown: Terminal.print(Overview(reports).markdown)
    }
    try leave(reports.flatMap(\.results.verdicts))
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
