// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// The replications that the shards of a study's rounds hold, each read when it is asked for.
package struct KnownReplications: Sendable {
  /// A replication as its shard has it.
  private struct Entry: Sendable {
    let pair: SweepPair
    let text: ArraySlice<UInt8>
  }

  private var entries: [StudyFleet: [Int: Entry]] = [:]

  /// None.
  package init() {}

  /// Takes in a round whose shards were found whole.
  ///
  /// - Parameters:
  ///   - read: gives the bytes of a shard's file.
  /// - Throws: ``PlanError`` where the plan is none of a study's round; ``UnreadableReplication``.
  package mutating func add(_ round: SweepPlan, read: (Int) throws -> [UInt8]) throws {
    let points = round.body.points
    let pairs = round.pairs
    for (index, shard) in round.shards.enumerated() {
      let lines = SweepShard.lines(try read(index))
      guard lines.count == shard.count else {
        throw UnreadableReplication("shard \(index) has not the replications of its plan")
      }
      for (pair, text) in zip(pairs[shard.range], lines) {
        let point = points[pair.point]
        guard let part = point.part else {
          throw PlanError("the plan of a sweep stands where that of a study's round belongs")
        }
        let fleet = StudyFleet(
          hash: point.scenarioHash, reference: part.reference, hasRequests: part.hasRequests,
          seed: round.body.seed)
        entries[fleet, default: [:]][pair.replication] = Entry(pair: pair, text: text)
      }
    }
  }

  /// A replication; `nil` where no shard holds it.
  ///
  /// - Throws: ``UnreadableReplication``, ``BrokenReplication``.
  func record(_ number: Int, of fleet: StudyFleet) throws -> ReplicationRecord? {
    guard let entry = entries[fleet]?[number] else { return nil }
    let (pair, outcome) = try SweepShard.outcome(entry.text)
    guard pair == entry.pair else {
      throw UnreadableReplication("a shard holds other replications than its plan says")
    }
    switch outcome {
    case .record(let record): return record
    case .failed(let reason): throw BrokenReplication(description: reason)
    }
  }
}
