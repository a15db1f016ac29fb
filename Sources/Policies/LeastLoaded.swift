// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Sends each request to the replica that would be through with its requests first.
///
/// The load of a replica is its outstanding requests with the new one, times the time that it needs
/// for a request at full throughput; on equal replicas that is the fewest outstanding. Ties go to the
/// lowest number, so the same observations give the same choice.
public struct LeastLoaded: Sendable {
  /// The answer to one request.
  @frozen
  public enum Choice: Equatable, Sendable {
    /// Send it there.
    case replica(ReplicaID)
    /// Refuse it: no replica accepts requests.
    case noReplicaReady
    /// Refuse it: every replica that accepts requests is full.
    case queuesFull
    /// Refuse it: it would wait longer than it may everywhere.
    case tooLate
  }

  /// The policy has no settings.
  @inlinable
  public init() {}

  /// Chooses among replicas that all serve one model; under admission control only where the wait is short.
  ///
  /// - Complexity: O(n) for n replicas.
  @inlinable
  public mutating func choose(
    within longestWait: TimeSpan? = nil, among replicas: Span<ReplicaObservation>
  ) -> Choice {
    choose(ofOnly: nil, within: longestWait, among: replicas)
  }

  /// Chooses among the replicas of a model, which may stand among those of others.
  ///
  /// - Complexity: O(n) for n replicas.
  @inlinable
  public mutating func choose(
    of model: ModelID, within longestWait: TimeSpan? = nil,
    among replicas: Span<ReplicaObservation>
  ) -> Choice {
    choose(ofOnly: model, within: longestWait, among: replicas)
  }

  @inlinable
  @inline(__always)
  mutating func choose(
    ofOnly model: ModelID?, within longestWait: TimeSpan?,
    among replicas: Span<ReplicaObservation>
  ) -> Choice {
    var best = -1
    var shortest = Int64.max
    for index in replicas.indices {
      let isSame = model == nil || replicas[index].model == model
      // Chosen and not branched on: which is the least loaded changes with every request.
      let wait = isSame ? replicas[index].wait : .max
      best = wait < shortest ? index : best
      shortest = min(wait, shortest)
    }
    if best >= 0 {
      if let longestWait, shortest > longestWait.nanoseconds { return .tooLate }
      return .replica(ReplicaID(best))
    }
    for index in replicas.indices
    where replicas[index].acceptsRequests && (model == nil || replicas[index].model == model) {
      return .queuesFull
    }
    return .noReplicaReady
  }
}
