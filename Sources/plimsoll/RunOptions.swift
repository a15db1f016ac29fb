// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Checks
import Dispatch
import Experiments
import FleetSimulation
import Foundation
import Recording
import Reporting
import ResultsStore
import Scenario

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv, markdown
}

extension RecordDetail: ExpressibleByArgument {}

/// The options of every verb that runs a scenario.
struct RunOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), help: "Change a value: --set fleet.base.machines=4.",
    completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var overrides: [String] = []
  @Option(help: "The seed of all random numbers, instead of the scenario's.")
  var seed: UInt64?
  @Option(help: "How many replications to run, instead of the number in the scenario.")
  var replications: Int?
  @Option(help: "How many replications run at the same time; by default one per processor.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table
  @Option(
    help: """
      How much the database keeps of what happened over time: thinned (at most 500 events of a kind and 1,000 points \
      of a series in a replication) or all.
      """)
  var detail: RecordDetail = .thinned
  @Flag(help: "Print only the results.")
  var quiet = false

  /// A replication of more requests than this takes some seconds: what lies ahead is told.
  private static let longWork = 2e7

  func validate() throws {
    if let replications, !(1...10_000).contains(replications) {
      throw ValidationError("--replications is \(replications); allowed: 1 to 10000")
    }
    guard (1...1_024).contains(jobs) else {
      throw ValidationError("--jobs is \(jobs); allowed: 1 to 1024")
    }
  }

  /// Reads one scenario, and tells its warnings.
  func load(
    _ path: String, overrides: [String], claims: ClaimSet? = nil
  ) throws -> LoadedExperiment {
    try Failure.reporting { try read(path, overrides: overrides, claims: claims) }
  }

  /// The same; errors are the caller's to tell.
  func read(
    _ path: String, overrides: [String], claims: ClaimSet? = nil
  ) throws -> LoadedExperiment {
    let loaded = try ScenarioLoader.load(
      path, files: Terminal.files, overrides: overrides, claims: claims)
    if !quiet { Terminal.tellInputs(of: loaded.scenario, path) }
    for warning in loaded.scenario.origin.warnings where !quiet {
      Terminal.tell("plimsoll: \(path): warning: \(warning)\n")
    }
    return loaded
  }

  /// Runs and stores one scenario.
  func simulate(
    _ loaded: LoadedExperiment, replications: Int? = nil
  ) async throws -> Experiment.Outcome {
    try await Failure.reporting { try await run(loaded, replications: replications) }
  }

  /// The same; errors are the caller's to tell.
  private func run(
    _ loaded: LoadedExperiment, replications: Int? = nil
  ) async throws -> Experiment.Outcome {
    let watch = Interruption.listen()
    defer { watch.cancel() }
    let store = try openStore(db)
    let progress = ProgressLine(scenario: loaded.scenario.origin.path, isShown: !quiet)
    let experiment = Experiment(
      loaded,
      options: Experiment.Options(
        seed: seed, replications: replications ?? self.replications, jobs: jobs,
        version: Plimsoll.versionText, startedAt: Terminal.timestamp, detail: detail))
    let work = ExpectedWork(of: loaded.scenario)
    let isLong = work.units > Self.longWork
    if isLong {
      progress.announce("about \(ProgressLine.requests(work.requests)) in each replication")
    }
    let jobs = jobs
    let outcome = try await experiment.run(into: store) { done, total in
      if isLong && done == 1 && total > jobs {
        progress.estimate(factor: Double(total) / Double(jobs), from: "the first replication")
      }
      progress.show(done: done, of: total)
    }
    try store.close()
    progress.finish(requests: outcome.simulatedRequests)
    return outcome
  }

  /// Runs, stores and reports one scenario; errors are the caller's to tell.
  func report(
    _ loaded: LoadedExperiment
  ) async throws -> (report: RunReport, outcome: Experiment.Outcome) {
    let outcome = try await run(loaded)
    let scenario = loaded.scenario
    var report = RunReport(
      scenario: scenario.origin.path, about: scenario.origin.about, seed: outcome.seed,
      confidence: scenario.run.confidence.fraction, priceBook: scenario.costs.priceBook,
      assumptions: scenario.origin.assumptions, run: outcome.run, results: outcome.results)
    report.values = Measures(outcome.scenario, records: outcome.records).values
    return (report, outcome)
  }
}
