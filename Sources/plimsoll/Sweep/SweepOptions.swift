// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Foundation
import Scenario

/// What a sweep is about.
struct SweepOptions: ParsableArguments {
  @Argument(help: "The scenario file.")
  var scenario: String
  @Option(
    help: ArgumentHelp(
      "A key and its values: --vary fleet.spot.machines.max=0..8, --vary "
        + "policies.cache.ttl=10m,1h.",
      discussion: "Lists a,b,c; ranges lo..hi and lo..hi:step with units, as in 10m..60m:10m."),
    completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var vary: [String] = []
  @Option(help: "Draw points instead of all combinations: lhs:N or sobol:N.")
  var sample: String?
  @Option(
    name: .customLong("set"), help: "Change a value at every point.",
    completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var overrides: [String] = []
  @Option(help: "The seed of all random numbers, instead of the scenario's.")
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

extension SweepOptions {
  /// Reads the scenario of every point; tells first how many there are, then how much they will
  /// take.
  func prepared(files: FileReader, _ work: JobOptions) async throws -> PreparedSweep {
    let reading = ProgressLine(scenario: scenario, isShown: !work.quiet, unit: "scenarios read")
    let prepared = try await PreparedSweep(request, files: files, jobs: work.jobs) { done, count in
      if done == 0 { reading.announce("\(count) points") }
      reading.show(done: done, of: count)
    }
    let requests = zip(prepared.points, prepared.work).reduce(0.0) {
      $0 + Double($1.0.replications) * ($1.1?.requests ?? 0)
    }
    let count = prepared.points.reduce(0) { $0 + $1.replications }
    reading.announce("\(count) replications, about \(ProgressLine.requests(requests))")
    return prepared
  }
}

extension PreparedSweep {
  /// The work of the mean replication ÷ that of the first one.
  var meanFactor: Double {
    let known = zip(points, work).compactMap { point, work in
      work.map { (count: Double(point.replications), units: $0.units) }
    }
    guard let first = known.first else { return 1 }
    let all = known.reduce(0) { $0 + $1.count * $1.units }
    return all / max(1, known.reduce(0) { $0 + $1.count }) / first.units
  }
}

/// How many replications run side by side.
struct JobOptions: ParsableArguments {
  @Option(
    help:
      "How many replications, or shards, are worked on at the same time; by default one per processor."
  )
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
  @Flag(help: "Print only the results.")
  var quiet = false

  func validate() throws {
    guard (1...1_024).contains(jobs) else {
      throw ValidationError("--jobs is \(jobs); allowed: 1 to 1024")
    }
  }
}
