// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import ResultsStore
import Scenario

/// Puts the shards of a sweep together into the results that one process would have stored.
package struct SweepMerge: Sendable {
  private let plan: SweepPlan

  /// A merge of the shards of a plan.
  package init(_ plan: SweepPlan) {
    self.plan = plan
  }

  /// Stores all points, in order, so that the bytes of a new database depend on the plan alone.
  ///
  /// - Parameters:
  ///   - disk: reads the files that are too large for the plan.
  ///   - jobs: how many shards are taken apart side by side; it changes no result.
  ///   - progress: called with how many shards are merged and how many there are.
  ///   - read: gives the bytes of the file of a shard, which was found whole.
  package func run(
    into store: ResultsStore, disk: FileReader, jobs: Int, progress: (Int, Int) -> Void,
    read: (Int) throws -> [UInt8]
  ) async throws -> SweepAnswer {
    guard !plan.isRound else {
      throw PlanError("this is a round of a study, which plimsoll next puts together")
    }
    let sweep = plan.sweep(disk: disk)
    let stored = try store.begin(sweep.manifest, startedAt: "")
    var collector = try PointCollector(
      sweep, into: store, as: stored, startedAt: "", isDurable: false)
    let pairs = sweep.pairs
    try await SideBySide.inOrder(plan.shards.count, jobs: jobs) { index in
      let (shard, bytes) = (try SweepShard(plan, index: index), try read(index))
      return { try shard.outcomes(bytes) }
    } take: { index, outcomes in
      guard outcomes.map(\.pair) == Array(pairs[plan.shards[index].range]) else {
        throw UnreadableReplication("shard \(index) holds other replications than the plan says")
      }
      for (pair, outcome) in outcomes { try collector.take(pair, nil, outcome) }
      progress(index + 1, plan.shards.count)
    }
    return collector.answer(confidence: sweep.confidence)
  }
}
