// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import Reporting
import Scenario

/// `plimsoll sensitivity`: which uncertain input moves the verdict most.
struct Sensitivity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity",
    abstract: "Vary the uncertain inputs of a scenario and rank what to measure next.",
    discussion: """
      The study names the scenario, the inputs with their ranges, and the measures. Each input is varied alone (the \
      tornado). Morris' elementary effects then screen all inputs, and the most important get Sobol' indices. All \
      points get the same random numbers.
      """)

  @Argument(help: "The file of the study.")
  var study: String
  @Option(help: "Trajectories of Morris' screening.")
  var trajectories = 10
  @Option(help: "Rows of the Sobol' design, a power of two; 0 leaves it out.")
  var rows = 64
  @Option(help: "How many inputs get Sobol' indices.")
  var keep = 5
  @Option(help: "The seed of all random numbers, instead of the scenario's.")
  var seed: UInt64?
  @Option(help: "How many points run at the same time; by default one per processor.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table
  @Flag(help: "Print only the results.")
  var quiet = false

  func validate() throws {
    guard (2...1_000).contains(trajectories) else {
      throw ValidationError("--trajectories is \(trajectories); allowed: 2 to 1000")
    }
    guard rows == 0 || (4...65_536).contains(rows) && rows.nonzeroBitCount == 1 else {
      throw ValidationError("--rows is \(rows); allowed: 0, or a power of two from 4 to 65536")
    }
    guard (1...15).contains(keep) else {
      throw ValidationError("--keep is \(keep); allowed: 1 to 15")
    }
    guard (1...1_024).contains(jobs) else {
      throw ValidationError("--jobs is \(jobs); allowed: 1 to 1024")
    }
  }

  func run() async throws {
    let path = study
    let study = try Failure.reporting {
      try SensitivityStudy.load(path, files: Terminal.files)
    }
    let report = try await Failure.reporting {
      var effort = SensitivityAnalysis.Effort()
      effort.trajectories = trajectories
      effort.rows = rows
      effort.kept = min(keep, study.inputs.count)
      effort.jobs = jobs
      let analysis = SensitivityAnalysis(study, effort: effort, seed: seed) {
        try ScenarioLoader.load(study.scenario, files: Terminal.files, overrides: $0)
      }
      let progress = ProgressLine(scenario: path, isShown: !quiet, unit: "points")
      let (count, jobs) = (analysis.pointCount, self.jobs)
      progress.announce("\(count) points of \(study.replications) replications each")
      let answers = try await analysis.run { done, count in
        if done == 1, count > 1 {
          progress.estimate(
            factor: Double(count) / Double(min(count, jobs)), from: "the first point")
        }
        progress.show(done: done, of: count)
      }
      progress.clear()
      return SensitivityReport(
        about: study.about, scenario: study.scenario, answers: answers,
        points: analysis.pointCount)
    }
    switch format {
    case .table: Terminal.show(report.table)
    case .json: Terminal.print(try report.json())
    case .csv: Terminal.print(report.csv)
    case .markdown: Terminal.print(report.markdown)
    }
  }
}
