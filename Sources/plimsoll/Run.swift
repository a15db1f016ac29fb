// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Reporting

/// `plimsoll run`: simulate, store, print the summary.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate a scenario, store the run and print its summary.")

  @Argument(help: "The scenario file.")
  var scenario: String
  @OptionGroup var options: RunOptions

  func run() async throws {
    let report = try await options.run(scenario)
    switch options.format {
    case .table: Terminal.print(report.table)
    case .json: Terminal.print(try report.json())
    case .markdown: Terminal.print(report.markdown)
    }
  }
}
