// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import ResultsStore

/// `plimsoll sweep S`: run all points here.
struct RunSweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the points of a sweep on this machine (what sweep does by itself).",
    discussion: """
      All points get the same random numbers. Each is stored as a run as soon as it ends; after a kill, --resume \
      runs only the points that are missing.
      """)

  @OptionGroup var sweep: SweepOptions
  @OptionGroup var work: JobOptions
  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"
  @Flag(help: "Continue the same sweep where it stopped.")
  var resume = false
  @OptionGroup var output: SweepOutput

  func run() async throws {
    let (prepared, answer) = try await Failure.reporting {
      let prepared = try await sweep.prepared(files: Terminal.files, work)
      for warning in prepared.warnings where !work.quiet {
        Terminal.tell("plimsoll: \(sweep.scenario): warning: \(warning)\n")
      }
      let watch = Interruption.listen("the points that were done are stored; --resume goes on")
      defer { watch.cancel() }
      let store = try openStore(db)
      let progress = ProgressLine(scenario: sweep.scenario, isShown: !work.quiet)
      let runner = SweepRunner(
        prepared,
        options: SweepRunner.Options(
          jobs: work.jobs, isResuming: resume, startedAt: Terminal.timestamp))
      var hasWaited = false
      let answer = try await runner.run(into: store) { holder in
        if !hasWaited, !work.quiet { tellWaiting(for: holder) }
        hasWaited = true
        try await Task.sleep(for: .milliseconds(500))
      } begun: { stored in
        guard resume, !work.quiet else { return }
        Terminal.tell("plimsoll: \(stored) of \(prepared.points.count) points were stored before\n")
      } progress: { done, count in
        if done == 1, count > 1 {
          progress.estimate(
            factor: Double(count) * prepared.meanFactor / Double(min(count, work.jobs)),
            from: "the first replication")
        }
        progress.show(done: done, of: count)
      }
      progress.clear()
      try store.close()
      return (prepared, answer)
    }
    try output.tell(answer, refused: prepared.points.count { $0.replications == 0 })
  }

  /// Another process runs the same sweep and goes first.
  private func tellWaiting(for holder: WritingProcess) {
    Terminal.tell(
      "plimsoll: \(db): process \(holder.number) runs this sweep; this one goes on when it has "
        + "ended\n"
    )
  }
}
