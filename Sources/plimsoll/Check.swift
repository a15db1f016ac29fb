// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Reporting
import Scenario

/// `plimsoll check`: run and judge the targets.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Simulate scenarios and judge their targets.",
    discussion: """
      A file of claims runs the scenarios that its claims name and prints a table of claims. A wrong file does not \
      stop the others from being judged. Exits 0 when all targets hold or are assumed, 98 when one is undecided, 99 \
      when one fails, 65 or 66 when a file could not be judged, 74 when a report could not be written. \
      Documentation/ContinuousIntegration.md shows how to use it in pipelines.
      """)

  @Argument(help: "The scenario files, or files of claims about them.")
  var scenarios: [String]
  @OptionGroup var gate: GateOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    if scenarios.isEmpty { throw ValidationError("name a scenario file at least") }
  }

  func run() async throws {
    var unjudged: [CheckReport.Unjudged] = []
    let inputs = inputs(noting: &unjudged)
    let baselines = try gate.baselines(db: options.db)
    for loaded in inputs.flatMap(\.scenarios) {
      if case .lacking(let reasons) = try baselines.standing(of: loaded.scenario, gate) {
        unjudged.append(
          CheckReport.Unjudged(
            path: loaded.scenario.origin.path, code: ExitStatus.invalidScenario.rawValue,
            faults: reasons.map { .init(message: $0) }))
      }
    }

    var judged: [Judged] = []
    for input in inputs {
      let one = await input.judge(options, noting: &unjudged) {
        try baselines.compare(&$0, with: $1, gate)
      }
      guard let one else { continue }
      judged.append(one)
      if options.format == .table, one.isTold {
        Terminal.show(one.suites.map { $0.report.table + "\n" }.joined())
      }
    }
    let report = CheckReport(judged.flatMap(\.suites), unjudged: unjudged)
    print(report, judged)
    for line in report.missing { Terminal.tell("plimsoll: \(line)\n") }
    // A report that cannot be written keeps none of the others from being written.
    let isWritten = gate.write(report, isQuiet: options.quiet)
    let status = status(of: report, isWritten: isWritten)
    if status != .done { throw status.code }
  }

  /// The first in order of the codes of all that happened.
  private func status(of report: CheckReport, isWritten: Bool) -> ExitStatus {
    var status = ExitStatus.done
    for file in report.unjudged { status = status.first(ExitStatus(rawValue: file.code) ?? .bug) }
    if !isWritten { status = status.first(.inputOutput) }
    if report.count(.fails) > 0 { status = status.first(.targetFails) }
    if report.count(.undecided) > 0 { status = status.first(.undecided) }
    return status
  }

  /// Reads every file; tells and notes what is wrong with any of them.
  private func inputs(noting unjudged: inout [CheckReport.Unjudged]) -> [CheckInput] {
    scenarios.compactMap { path in
      do {
        return try CheckInput(path, options, noting: &unjudged)
      } catch {
        unjudged.append(Failure.unjudged(path, error))
        return nil
      }
    }
  }

  private func print(_ report: CheckReport, _ judged: [Judged]) {
    let overviews = judged.compactMap(\.overview)
    let told = judged.filter(\.isTold).flatMap(\.suites)
    let tables = judged.compactMap(\.table)
    switch options.format {
    case .table:
      for table in tables { Terminal.show(table.answer + "\n\n") }
      var all = overviews
      if !told.isEmpty { all.append(Overview(told.map(\.report))) }
      Terminal.show(all.map(\.table).joined(separator: "\n"))
      for table in tables { Terminal.show("\n" + table.text) }
      Terminal.show(report.regressionTable)
      if let line = report.unjudgedLine { Terminal.show(line) }
    case .json:
      do { Terminal.print(try report.json()) } catch { Terminal.tell("plimsoll: \(error)\n") }
    case .csv: Terminal.print(RunReport.csv(report.suites.map(\.report)))
    case .markdown:
      for table in tables { Terminal.print(table.markdown) }
      Terminal.print(overviews.map(\.markdown).joined(separator: "\n"))
      if !told.isEmpty || !report.unjudged.isEmpty {
        Terminal.print(CheckReport(told, unjudged: report.unjudged).markdown)
      }
    }
  }
}
