// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Foundation
import Reporting
import Scenario

/// A file that `check` was given, read and ready to be run.
enum CheckInput {
  case scenario(path: String, LoadedExperiment)
  case claims(Claims, [LoadedExperiment])

  /// Reads a file; of one of claims, scenarios that are wrong are noted and left out.
  init(
    _ path: String, _ options: RunOptions, noting unjudged: inout [CheckReport.Unjudged]
  ) throws {
    if let claims = try Claims(path) {
      self = .claims(claims, claims.load(options, noting: &unjudged))
    } else {
      self = .scenario(path: path, try options.read(path, overrides: options.overrides))
    }
  }

  /// The scenarios that will be run.
  var scenarios: [LoadedExperiment] {
    switch self {
    case .scenario(_, let loaded): [loaded]
    case .claims(_, let loaded): loaded
    }
  }

  /// Runs the scenarios, holds each against its baseline and judges it; what could not be run is noted.
  ///
  /// - Returns: `nil` where nothing could.
  func judge(
    _ options: RunOptions, noting unjudged: inout [CheckReport.Unjudged],
    compare: (inout RunReport, Experiment.Outcome) throws -> Void
  ) async -> Judged? {
    var runs: [(report: RunReport, seconds: Double)] = []
    for loaded in scenarios {
      do {
        let started = Date()
        var (report, outcome) = try await options.report(loaded)
        try compare(&report, outcome)
        runs.append((report, Date().timeIntervalSince(started)))
      } catch {
        unjudged.append(Failure.unjudged(loaded.scenario.origin.path, error))
      }
    }
    switch self {
    case .scenario(_, let loaded):
      guard let (report, seconds) = runs.first else { return nil }
      let cases = zip(loaded.scenario.targets, report.results.verdicts).map { target, verdict in
        CheckReport.Case(
          kind: .target, name: target.text, verdict: verdict, location: target.location)
      }
      return Judged(suites: [CheckReport.Suite(report, judged: cases, seconds: seconds)])
    case .claims(let claims, _):
      guard !runs.isEmpty else { return nil }
      let (table, cases) = claims.judge(runs.map(\.report), noting: &unjudged)
      // A scenario has no suite where another one keeps each of its claims from being judged.
      let suites = runs.compactMap { run in
        let judged = cases.filter { $0.scenario == run.report.scenario }.map(\.judged)
        return judged.isEmpty
          ? nil : CheckReport.Suite(run.report, judged: judged, seconds: run.seconds)
      }
      let isTold = claims.measures.isEmpty
      return Judged(
        suites: suites, table: table,
        overview: isTold
          ? Overview(runs.map(\.report)) : Overview(runs.map(\.report), measures: claims.measures))
    }
  }
}

/// A file that `check` was given, judged.
struct Judged {
  let suites: [CheckReport.Suite]
  /// The table of its claims; `nil` for a scenario.
  var table: ClaimTable?
  /// Its scenarios side by side; `nil` for a scenario, which stands beside others.
  var overview: Overview?

  /// Whether each of its runs is told on its own.
  var isTold: Bool { table == nil }
}
