// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Experiments
import Reporting
import Scenario

/// `plimsoll compare`: two scenarios under common random numbers.
struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two scenarios, replication by replication.",
    discussion: """
      Both get the same requests and the same capacity, so most of the noise cancels. Where horizons are equal, the \
      second runs its requests in the windows of the first. --set changes only the second, so a scenario can be \
      compared with a changed copy of itself.
      """)

  @Argument(help: "The first scenario: the reference.")
  var first: String
  @Argument(help: "The second scenario; --set changes this one.")
  var second: String
  @OptionGroup var options: RunOptions

  func run() async throws {
    let before = try options.load(first, overrides: [])
    let after = try options.load(second, overrides: options.overrides)
    let count =
      options.replications
      ?? max(before.scenario.run.replications.minimum, after.scenario.run.replications.minimum)
    let one = try await options.simulate(before, replications: count)
    let paired = after.simulating(inWindowsOf: one.scenario)
    if after.scenario.run.requests != before.scenario.run.requests && !options.quiet {
      Terminal.tell("plimsoll: requests of \(second) run in the windows of \(first)\n")
    }
    let two = try await options.simulate(paired, replications: count)
    let report = ComparisonReport(
      Comparison((one.scenario, one.records), (two.scenario, two.records)),
      first: first, second: second == first ? changed(second) : second,
      runs: (one.run, two.run))
    switch options.format {
    case .table: Terminal.show(report.table)
    case .json: Terminal.print(try report.json())
    case .csv: Terminal.print(report.csv)
    case .markdown: Terminal.print(report.markdown)
    }
  }

  /// What to call a scenario that is compared with itself.
  private func changed(_ path: String) -> String {
    (path.hasSuffix(".yaml") ? String(path.dropLast(5)) : path) + " changed"
  }
}
