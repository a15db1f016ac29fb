// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import ResultsStore

/// Runs the points of a sweep side by side under common random numbers, and stores each as it ends.
package struct SweepRunner: Sendable {
  /// How a sweep is run; none of it changes a result.
  package struct Options: Sendable {
    /// How many replications run side by side.
    package var jobs: Int
    /// Whether to go on with the newest sweep of the same identity, where there is one.
    package var isResuming: Bool
    /// The time that is written into the results.
    package var startedAt: String

    /// Options of those values.
    package init(jobs: Int, isResuming: Bool, startedAt: String) {
      self.jobs = jobs
      self.isResuming = isResuming
      self.startedAt = startedAt
    }
  }

  private let sweep: PreparedSweep
  private let options: Options

  /// A runner of a sweep.
  package init(_ sweep: PreparedSweep, options: Options) {
    self.sweep = sweep
    self.options = options
  }

  /// Runs all that is not stored yet.
  ///
  /// - Parameters:
  ///   - waiting: called again and again while another process works on the sweep that is to be
  /// gone on with;
  ///     returns when it is time to look again.
  ///   - begun: called before anything runs, with how many points were stored before.
  ///   - progress: called with how many replications are done and how many there are to do.
  package func run(
    into store: ResultsStore, waiting: (WritingProcess) async throws -> Void = { _ in },
    begun: (Int) -> Void = { _ in }, progress: @Sendable (Int, Int) -> Void
  ) async throws -> SweepAnswer {
    let stored = try await claim(in: store, waiting)
    defer { try? store.release(stored) }
    var collector = try PointCollector(
      sweep, into: store, as: stored, startedAt: options.startedAt, isDurable: true)
    begun(stored.points.count { $0 != .planned })
    let pairs = sweep.pairs.filter { !collector.isDone($0.point) }
    var done = 0
    progress(0, pairs.count)
    try await sweep.simulate(pairs, jobs: options.jobs, inOrder: false) { pair, loaded, outcome in
      try collector.take(pair, loaded, outcome)
      done += 1
      progress(done, pairs.count)
    }
    return collector.answer(confidence: sweep.confidence)
  }

  /// The sweep, once no other process works on it.
  private func claim(
    in store: ResultsStore, _ waiting: (WritingProcess) async throws -> Void
  ) async throws -> StoredSweep {
    while true {
      let claim = try store.claim(
        sweep.manifest, isResuming: options.isResuming, startedAt: options.startedAt)
      switch claim {
      case .granted(let stored): return stored
      case .held(let process): try await waiting(process)
      }
    }
  }
}
