// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Reporting
import Scenario

/// `plimsoll check`: run and judge the targets.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Simulate scenarios and judge their targets.",
    discussion:
      "A file of claims runs the scenarios that its claims name and prints a table of claims. "
      + "Exits 0 when all targets hold or are assumed, 98 when one is undecided, 99 when one fails, "
      + "74 when a report could not be written. Documentation/ContinuousIntegration.md tells how "
      + "pipelines use it."
  )

  @Argument(help: "The scenario files, or files of claims about them.")
  var scenarios: [String]
  @OptionGroup var gate: GateOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    if scenarios.isEmpty { throw ValidationError("name a scenario file at least") }
  }

  func run() async throws {
    // All that can be wrong with files is told before anything is simulated.
    let inputs = try inputs()
    let baselines = try gate.baselines(db: options.db)
    for loaded in inputs.flatMap(\.scenarios) { try baselines.check(loaded.scenario, gate) }

    var judged: [Judged] = []
    for input in inputs {
      let one = try await input.judge(options) { try baselines.compare(&$0, with: $1, gate) }
      judged.append(one)
      if options.format == .table, one.isTold {
        Terminal.print(one.suites.map { $0.report.table + "\n" }.joined())
      }
    }
    let report = CheckReport(judged.flatMap(\.suites))
    print(report, judged)
    for line in report.missing { Terminal.tell("plimsoll: \(line)\n") }
    // A report that cannot be written keeps none of the others from being written.
    let isWritten = gate.write(report, isQuiet: options.quiet)
    if !isWritten { throw ExitStatus.inputOutput.code }
    if report.count(.fails) > 0 { throw ExitStatus.targetFails.code }
    if report.count(.undecided) > 0 { throw ExitStatus.undecided.code }
  }

  /// Reads every file; tells what is wrong with any of them.
  private func inputs() throws -> [CheckInput] {
    var inputs: [CheckInput] = []
    var status: ExitCode?
    for path in scenarios {
      do {
        inputs.append(try CheckInput(path, options))
      } catch let code as ExitCode {
        status = status ?? code
      }
    }
    if let status { throw status }
    return inputs
  }

  private func print(_ report: CheckReport, _ judged: [Judged]) {
    let overviews = judged.compactMap(\.overview)
    let told = judged.filter(\.isTold).flatMap(\.suites)
    let tables = judged.compactMap(\.table)
    switch options.format {
    case .table:
      var all = overviews
      if !told.isEmpty { all.append(Overview(told.map(\.report))) }
      Terminal.print(all.map(\.table).joined(separator: "\n"))
      for table in tables { Terminal.print("\n" + table.text) }
      Terminal.print(report.regressionTable)
    case .json:
      do { Terminal.print(try report.json()) } catch { Terminal.tell("plimsoll: \(error)\n") }
    case .csv: Terminal.print(RunReport.csv(report.suites.map(\.report)))
    case .markdown:
      for table in tables { Terminal.print(table.markdown) }
      Terminal.print(overviews.map(\.markdown).joined(separator: "\n"))
      if !told.isEmpty { Terminal.print(CheckReport(told).markdown) }
    }
  }
}
