// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Recording
import Scenario

/// Where a study gets its replications: simulated as they are asked for, or out of the shards of its rounds.
///
/// A study that asks for one that no shard holds goes on with whatever does not wait for it, so that all it lacks is
/// known at once. That is its next round.
package struct ReplicationSource: Sendable {
  private let known: KnownReplications?
  private let isKept: Bool
  let ledger = StudyLedger()

  private init(known: KnownReplications?, isKept: Bool) {
    self.known = known
    self.isKept = isKept
  }

  /// Simulates whatever is asked for.
  ///
  /// - Parameters:
  ///   - keepsFleets: whether what was simulated is kept, to be stored.
  package static func simulated(keepsFleets: Bool = false) -> ReplicationSource {
    ReplicationSource(known: nil, isKept: keepsFleets)
  }

  /// Simulates nothing: what no shard holds is lacking.
  package static func shards(_ known: KnownReplications) -> ReplicationSource {
    ReplicationSource(known: known, isKept: true)
  }

  /// Whether whatever is asked for is simulated.
  package var isSimulating: Bool { known == nil }

  /// A point of the study.
  func point(_ overrides: [String], _ loaded: LoadedExperiment) -> StudyPoint {
    // Only what is kept or looked up needs to be told from others.
    StudyPoint(
      overrides: overrides, loaded: loaded, hash: isKept ? PreparedSweep.hash(loaded) : "")
  }

  /// Says that a point is asked for whose replications another point may have brought.
  ///
  /// Of the points with the same scenario one gives its overrides to what is stored, and which must not depend on who
  /// came first.
  func note(_ point: StudyPoint, seed: UInt64) async {
    guard isKept else { return }
    await ledger.note(point, seed: seed)
  }

  /// The replications of those numbers, of a point or of a scenario that it is compared with.
  ///
  /// - Parameters:
  ///   - reference: the position of the scenario that it is compared with; `nil` for the point's own.
  ///   - jobs: how many are simulated side by side.
  /// - Throws: ``NotSimulatedYet``, `ConservationError`, ``BrokenReplication``.
  func records(
    _ numbers: Range<Int>, of point: StudyPoint, reference: Int? = nil, withRequests: Bool,
    seed: UInt64, jobs: Int
  ) async throws -> [ReplicationRecord] {
    let fleet = StudyFleet(
      hash: point.hash, reference: reference, hasRequests: withRequests, seed: seed)
    var records: [ReplicationRecord] = []
    if let known {
      for number in numbers {
        guard let record = try known.record(number, of: fleet) else {
          await ledger.lack(numbers, of: fleet, point)
          throw NotSimulatedYet()
        }
        records.append(record)
      }
    } else {
      let scenario = point.scenario(reference)
      try await SideBySide.inOrder(numbers.count, jobs: jobs) { position in
        let number = numbers.lowerBound + position
        return {
          var record = try FleetSimulation.kept(
            scenario, seed: seed, replication: number, withRequests: withRequests)
          // What is not stored is measured only.
          if !isKept { record.dropDetail(digest: ResultDigest.of(record)) }
          return record
        }
      } take: { _, record in
        records.append(record)
      }
    }
    if isKept { await ledger.keep(records, from: numbers.lowerBound, of: fleet, point) }
    return records
  }

  /// Ends the round where anything was lacking up to here.
  ///
  /// - Throws: ``NotSimulatedYet``.
  func checkpoint() async throws {
    if await ledger.isLacking { throw NotSimulatedYet() }
  }
}

/// A study needs replications that no shard holds yet.
package struct NotSimulatedYet: Error {}

/// What `body` gives; `nil` where it waits for replications that are not simulated yet.
func ifSimulated<Value>(_ body: () async throws -> Value) async throws -> Value? {
  do {
    return try await body()
  } catch is NotSimulatedYet {
    return nil
  }
}

/// A replication of a shard broke a law of conservation.
package struct BrokenReplication: Error, Sendable, CustomStringConvertible {
  /// What was broken.
  package let description: String
}
