// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Reporting
import Scenario

/// The options by which a pipeline gates on `check`.
struct GateOptions: ParsableArguments {
  @Option(help: "Write the verdicts to this file as JUnit's XML.")
  var junit: String?
  @Option(help: "Write the results to this file as JSON, as a baseline for later.")
  var save: String?
  @Flag(help: "Annotate targets that fail or are undecided, and write GITHUB_STEP_SUMMARY.")
  var github = false
  @Option(
    help: ArgumentHelp(
      "Compare the results with this run of the database, or with this file from --save.",
      valueName: "run|file"))
  var baseline: [String] = []
  @Option(
    name: .customLong("tolerance"),
    help: "How much worse than the baseline a measure may be: --tolerance 'monthly_cost: +2%'.")
  var tolerance: [String] = []

  func validate() throws {
    if !tolerance.isEmpty && baseline.isEmpty {
      throw ValidationError("--tolerance says nothing without --baseline")
    }
    _ = try tolerances()
  }

  private func tolerances() throws -> [Tolerance] {
    var all: [Tolerance] = []
    for text in tolerance {
      let one: Tolerance
      do {
        one = try Tolerance(parsing: text)
      } catch {
        throw ValidationError("--tolerance is '\(text)'; allowed: \(error.allowed)")
      }
      guard !all.contains(where: { $0.measure == one.measure }) else {
        throw ValidationError("--tolerance of \(one.measure) is given twice")
      }
      all.append(one)
    }
    return all
  }

  /// What is tolerated of a scenario: what it says itself, and what the command line says instead.
  func tolerances(of scenario: Scenario) throws -> [Tolerance] {
    let given = try tolerances()
    let own = scenario.tolerances.filter { one in !given.contains { $0.measure == one.measure } }
    return own + given
  }

  /// The runs to hold others against, read from wherever they are.
  func baselines(db: String) throws -> Baselines { try Baselines(baseline, db: db) }

  /// Writes every report that was asked for; tells what cannot be written.
  ///
  /// - Returns: whether all of them were.
  func write(_ report: CheckReport, isQuiet: Bool) -> Bool {
    var writer = ReportWriter()
    if let junit { writer.write(to: junit) { report.junit } }
    if let save { writer.write(to: save) { try report.json() } }
    if github { writer.tellGitHub(report, isQuiet: isQuiet) }
    return !writer.failed
  }
}
