// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// Measures each bar of speed and memory, and says which are met.
@main
struct Bench: ParsableCommand {
  /// What can be measured by itself.
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case simulated, tokens, decisions, trace, runs, memory, scaling, month
    case startUp = "start-up"
  }

  static let configuration = CommandConfiguration(
    commandName: "plimsoll-bench",
    abstract: "Measures speed and memory, and prints each figure beside its bar.",
    discussion: """
      All of it runs from the project's folder and takes some minutes. The command is taken from the folder of \
      this program. Times are of the wall clock: only a calm machine meets a bar or misses it. The simulated fleet \
      is run until as many replications as asked for had a core for themselves, five times as many at most, and the \
      fastest and the slowest of those count; where none had, requests a second that miss a bar are not judged. Of \
      two jobs the fastest run counts, since all else that a machine does only adds to it; of everything else the one \
      in the middle.
      """)

  @Option(
    help: "Measure one thing only: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")).")
  var only: Subject?
  @Option(help: "How often each is timed.")
  var runs = 5

  @Option(
    help: "Time the small fleet of one model instead, simulating so many minutes of requests.")
  var minutes: Int?
  @Option(
    help: "Only simulate the reference design's fleet in so many windows, for a profiler.")
  var windows: Int?
  @Flag(
    help: "Time either fleet with response cache and de-duplication; the bare loop has neither.")
  var policies = false
  @Flag(help: "Without the bare loop, so that instructions and blocks are those of the simulation.")
  var alone = false
  @Flag(help: "Time the decisions about a request only: the same as --only decisions.")
  var decisions = false

  func run() throws {
    let runs = max(1, runs)
    if let windows {
      return try FleetBench.simulate(windows: max(1, windows), policies: policies)
    }
    if minutes != nil || policies {
      return try LoopBench.run(
        minutes: Int64(max(1, minutes ?? 60)), runs: runs, policies: policies, isAlone: alone)
    }
    for subject in Subject.allCases {
      guard decisions ? subject == .decisions : only == nil || only == subject else { continue }
      try measure(subject, runs: runs)
    }
  }

  private func measure(_ subject: Subject, runs: Int) throws {
    switch subject {
    case .simulated: try FleetBench.run(runs: runs)
    case .tokens: try TokenBench.run(runs: runs)
    case .decisions: DecisionBench.run(rounds: runs * 20)
    case .trace: try CommandBench().readTrace(runs: runs)
    case .runs: try CommandBench().listRuns(runs: runs)
    case .memory: try CommandBench().compareHorizons()
    case .scaling: try CommandBench().compareJobs(runs: runs)
    case .month: try CommandBench().judgeMonth()
    case .startUp: try CommandBench().startUp(runs: runs)
    }
  }
}
