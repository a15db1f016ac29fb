// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation

/// What a sweep is about.
struct SweepOptions: ParsableArguments {
  @Argument(help: "The scenario file.")
  var scenario: String
  @Option(
    help: ArgumentHelp(
      "A key and its values: --vary fleet.spot.machines.max=0..8, --vary policies.cache.ttl=10m,1h.",
      discussion: "Lists a,b,c; ranges lo..hi and lo..hi:step with units, as in 10m..60m:10m."))
  var vary: [String] = []
  @Option(help: "Draw points instead of taking every combination: lhs:N or sobol:N.")
  var sample: String?
  @Option(name: .customLong("set"), help: "Change a value at every point.")
  var overrides: [String] = []
  @Option(help: "The seed of all random streams, instead of the scenario's.")
  var seed: UInt64?
  @Option(
    help: "How many replications of each point, instead of the fewest that the scenario says.")
  var replications: Int?

  func validate() throws {
    if let replications, !(1...10_000).contains(replications) {
      throw ValidationError("--replications is \(replications); allowed: 1 to 10000")
    }
  }

  var request: SweepRequest {
    SweepRequest(
      scenario: scenario, overrides: overrides, vary: vary, sample: sample, seed: seed,
      replications: replications, version: Plimsoll.versionText)
  }
}

/// How many replications run side by side.
struct JobOptions: ParsableArguments {
  @Option(help: "How many replications run side by side; one for each processor by default.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
  @Flag(help: "Print nothing but the results.")
  var quiet = false

  func validate() throws {
    guard (1...1_024).contains(jobs) else {
      throw ValidationError("--jobs is \(jobs); allowed: 1 to 1024")
    }
  }
}
