// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Experiments
import Quantities
import Reporting
import ResultsStore
import Scenario

/// `plimsoll capacity`: how much load a fleet holds, or how small a fleet holds the load.
struct Capacity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity",
    abstract: "Find the highest load that the fleet holds, or with --fleet the smallest fleet.",
    discussion: """
      Every rate of the scenario is multiplied (workload.arrivals.scale) until a service target stops to hold; budgets are \
      left out. All loads meet the same random numbers. The answer is an interval: between the last load that holds and \
      the first that fails nothing is decided, and more replications or windows narrow it. With --fleet POOL the number of \
      machines of that pool is looked for instead, at the load as it is.
      """)

  @Argument(help: "The scenario file.")
  var scenario: String
  @Option(help: "Look for the smallest number of machines of this pool.")
  var fleet: String?
  @Option(help: "The lowest load that is tried, as a multiple of the scenario's.")
  var from: Double = 0.1
  @Option(help: "The highest.")
  var to: Double = 10
  @Option(help: "The most machines that are tried with --fleet.")
  var most: Int = 64
  @OptionGroup var options: RunOptions

  func validate() throws {
    guard from >= 0.001, to <= 1_000, from < to else {
      throw ValidationError(
        "--from \(from) --to \(to); allowed: from 0.001 to 1000, the first below the last")
    }
    guard (1...10_000).contains(most) else {
      throw ValidationError("--most is \(most); allowed: 1 to 10000")
    }
    guard options.format == .table || options.format == .json else {
      throw ValidationError("--format is \(options.format.rawValue); allowed: table, json")
    }
  }

  func run() async throws {
    let loaded = try options.load(scenario, overrides: options.overrides)
    guard loaded.scenario.targets.contains(where: { !$0.isBudget }) else {
      Terminal.tell("plimsoll: \(scenario): has no target but budgets, so every load holds\n")
      throw ExitStatus.invalidScenario.code
    }
    let watch = Interruption.listen("nothing is stored")
    defer { watch.cancel() }
    let scale: CapacitySearch.Scale =
      fleet == nil ? .load(from: from, to: to, step: 0.02) : .machines(from: 1, to: most)
    let answer = try await Failure.reporting {
      try await CapacitySearch.run(scale) { try await trial($0) }
    }
    if options.format == .json {
      return Terminal.print(try CapacityReport(scenario, fleet, answer).json())
    }
    Terminal.show(CapacityReport(scenario, fleet, answer).text)
  }

  private func trial(_ value: Double) async throws -> CapacitySearch.Trial {
    let change =
      fleet.map { "fleet.\(quoted($0)).machines=\(Int(value))" }
      ?? "workload.arrivals.scale=\(formatted(digits: Int64((value * 1e6).rounded()), places: 6, trimmingZeros: true))"
    let loaded = try ScenarioLoader.load(
      scenario, files: Terminal.files, overrides: options.overrides + [change])
    let outcome = try await Experiment(
      loaded,
      options: Experiment.Options(
        seed: options.seed, replications: options.replications, jobs: options.jobs,
        version: Plimsoll.versionText, startedAt: Terminal.timestamp)
    ).run(into: .temporary()) { _, _ in }
    let judged = zip(loaded.scenario.targets, outcome.results.verdicts).filter { !$0.0.isBudget }
      .map(\.1)
    let open = judged.filter { $0.verdict == .fails || $0.verdict == .undecided }
    let standing: CapacitySearch.Standing =
      judged.contains { $0.verdict == .fails } ? .fails : open.isEmpty ? .holds : .undecided
    if !options.quiet {
      let said = standing == .holds ? "holds" : standing == .fails ? "fails" : "is undecided"
      Terminal.tell("plimsoll: \(change): \(said)\n")
    }
    return CapacitySearch.Trial(
      value: value, standing: standing,
      open: open.filter { standing != .fails || $0.verdict == .fails }.map(\.target))
  }

  /// A name in a key path; one with a point stands in quotation marks.
  private func quoted(_ name: String) -> String { name.contains(".") ? "\"\(name)\"" : name }
}
