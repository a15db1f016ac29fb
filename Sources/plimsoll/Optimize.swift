// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Quantities
import Reporting
import Scenario

/// `plimsoll optimize`: the cheapest point of a grid that holds all targets.
struct Optimize: StudyCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimize",
    abstract: "Find the cheapest combination of values that holds all service targets.",
    discussion: """
      Tries points from the cheapest bill on, and never simulates the requests of a point that costs clearly more \
      than one that holds. Picks the cheapest of those that hold by ranking and selection (Kim and Nelson). Where \
      points cannot be separated, it prints all of them and names no winner. All points get the same random \
      numbers. A bound on the bill (monthly_cost, hourly_cost, savings) is a budget: the answer says whether it \
      holds, and no point is rejected for it. Exits 0 whatever it finds.
      """)

  @Argument(help: "The scenario file.")
  var scenario: String
  @Option(
    help: ArgumentHelp(
      "A key and its values: --over fleet.spot.machines.max=0..4.",
      discussion: "The values are written as sweep --vary takes them; every combination is a point."
    ), completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var over: [String] = []
  @Option(help: "What to minimise; only monthly_cost for now.")
  var minimize = "monthly_cost"
  @Option(
    name: .customLong("set"), help: "Change a value at every point.",
    completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var overrides: [String] = []
  @Option(help: "The smallest difference in the bill worth finding.")
  var delta = "1%"
  @Option(help: "The confidence of the answer.")
  var confidence = "95%"
  @Option(help: "The most replications of a point.")
  var maxReplications = 40
  @Option(help: "The seed of all random numbers, instead of the scenario's.")
  var seed: UInt64?
  @Option(
    help:
      "With --plan: how many points a round tries at once; more rounds or more work, one answer.")
  var ahead = 8
  @OptionGroup var rounds: RoundOptions
  @OptionGroup var work: JobOptions
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table

  func validate() throws {
    guard minimize == "monthly_cost" else {
      throw ValidationError("--minimize is \(minimize); allowed: monthly_cost")
    }
    guard (2...10_000).contains(maxReplications) else {
      throw ValidationError("--max-replications is \(maxReplications); allowed: 2 to 10000")
    }
    guard (1...SweepDesign.pointLimit).contains(ahead) else {
      throw ValidationError("--ahead is \(ahead); allowed: 1 to \(SweepDesign.pointLimit)")
    }
    _ = try share(delta, of: "--delta", in: 0.0001...0.5, allowed: "0.01% to 50%")
    _ = try share(confidence, of: "--confidence", in: 0.5...0.9999, allowed: "50% to 99.99%")
  }

  private func share(
    _ text: String, of option: String, in range: ClosedRange<Double>, allowed: String
  ) throws -> Double {
    guard let share = try? Share(parsing: text), range.contains(share.fraction) else {
      throw ValidationError("\(option) is \(text); allowed: \(allowed)")
    }
    return share.fraction
  }

  var subject: String { scenario }
  var base: [String] { overrides }
  var asked: [String] {
    ["optimize"] + overrides.map { "--set \($0)" } + over.map { "--over \($0)" }
      + ["--delta \(delta)", "--confidence \(confidence)", "--max-replications \(maxReplications)"]
      + [seed].compactMap { $0.map { "--seed \($0)" } }
  }

  func find(_ source: ReplicationSource, files: FileReader) async throws -> any StudyReport {
    var effort = Optimisation.Effort()
    effort.delta = try share(delta, of: "--delta", in: 0...1, allowed: "")
    effort.confidence = try share(confidence, of: "--confidence", in: 0...1, allowed: "")
    effort.maximumReplications = maxReplications
    effort.jobs = work.jobs
    effort.ahead = ahead
    let (scenario, overrides) = (self.scenario, self.overrides)
    var search = try Optimisation(scenario, over: over, effort: effort, seed: seed) {
      try ScenarioLoader.load(scenario, files: files, overrides: overrides + $0)
    }
    search.source = source
    let progress = ProgressLine(
      scenario: scenario, isShown: !work.quiet && source.isSimulating, unit: "points")
    progress.announce(
      "\(search.pointCount) points, at most \(maxReplications) replications each; those that "
        + "cost clearly "
        + "more than one that holds are not simulated with requests")
    let answer = try await search.run { done, count in
      if done == 1, count > 1 {
        progress.estimate(factor: Double(count), from: "the first point; at most, as a rule")
      }
      progress.show(done: done, of: count)
    }
    progress.clear()
    return OptimumReport(answer)
  }
}
