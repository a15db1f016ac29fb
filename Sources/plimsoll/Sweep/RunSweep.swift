// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation

/// `plimsoll sweep S`: run all points here.
struct RunSweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the points of a sweep on this machine (what sweep does by itself).",
    discussion: """
      All points meet the same random numbers. Each is stored as a run as soon as it ends; --resume goes on \
      after a kill with those that are not.
      """)

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var work: JobOptions
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"
  @Flag(help: "Go on with the same sweep where it was broken off.")
  var resume = false
  @OptionGroup var output: SweepOutput

  func run() async throws {
    let (prepared, answer) = try await Failure.reporting {
      let prepared = try await PreparedSweep(
        sweep.request, files: Terminal.files, jobs: work.jobs)
      for warning in prepared.warnings where !work.quiet {
        Terminal.tell("plimsoll: \(sweep.scenario): warning: \(warning)\n")
      }
      let signals = Interruption.listen("the points that were done are stored; --resume goes on")
      defer { for signal in signals { signal.cancel() } }
      let store = try openStore(db)
      let progress = ProgressLine(scenario: sweep.scenario, isShown: !work.quiet)
      let runner = SweepRunner(
        prepared,
        options: SweepRunner.Options(
          jobs: work.jobs, isResuming: resume, startedAt: Terminal.timestamp))
      let answer = try await runner.run(into: store) { stored in
        guard resume, !work.quiet else { return }
        Terminal.tell("plimsoll: \(stored) of \(prepared.points.count) points were stored before\n")
      } progress: {
        progress.show(done: $0, of: $1)
      }
      progress.clear()
      try store.close()
      return (prepared, answer)
    }
    try output.tell(answer, refused: prepared.points.count { $0.replications == 0 })
  }
}
