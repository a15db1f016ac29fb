// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import Reporting
import Scenario

/// `plimsoll explain`: what each lever of a fleet is worth.
struct Explain: StudyCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what each lever saves: spot, commitments, routing, cache, and so on.",
    discussion: """
      The study names a scenario with every lever on, how to switch each lever off, and the sizes that the fleet may \
      have. For each coalition of levers it searches the cheapest fleet that holds all service targets. A bound on \
      the bill (monthly_cost, hourly_cost, savings) is a budget for the whole fleet. It prints what each lever saves \
      alone, what is lost without it, and its Shapley share. With more than eight levers it draws orders at random.
      """)

  @Argument(help: "The file of the study.")
  var study: String
  @Option(
    name: .customLong("set"), help: "Change a value of every fleet.",
    completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var overrides: [String] = []
  @Option(help: "The seed of all random numbers, instead of the scenario's.")
  var seed: UInt64?
  @OptionGroup var rounds: RoundOptions
  @OptionGroup var work: JobOptions
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table

  var subject: String { study }
  var base: [String] { [] }
  var asked: [String] {
    ["explain"] + overrides.map { "--set \($0)" } + [seed].compactMap { $0.map { "--seed \($0)" } }
  }

  func find(_ source: ReplicationSource, files: FileReader) async throws -> any StudyReport {
    let study = try LeverStudy.load(
      self.study, files: files, overrides: overrides, sizeProblem: LeverAnalysis.sizeProblem)
    var analysis = try LeverAnalysis(study, seed: seed, jobs: work.jobs) {
      try ScenarioLoader.load(study.scenario, files: files, overrides: $0)
    }
    analysis.source = source
    let progress = ProgressLine(
      scenario: self.study, isShown: !work.quiet && source.isSimulating, unit: "coalitions")
    let fleets = analysis.fleetLimit
    progress.announce(
      "at most \(fleets) fleets of \(study.replications) replications each, fewer where "
        + "coalitions share them"
    )
    let answer = try await analysis.run { done, count in
      // The fleet as operated tells little of the others, which may be larger and fail at once.
      if done == count / 8, done > 0 {
        progress.estimate(
          factor: Double(count) / Double(done), from: "\(done) of \(count) coalitions")
      }
      progress.show(done: done, of: count)
    }
    progress.clear()
    return LeverReport(answer)
  }
}
