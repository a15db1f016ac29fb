// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Sends each request to the replica that would be through with its requests first.
///
/// What a replica's load is, ``ReplicaBoard`` says; the same observations give the same choice.
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

  /// Chooses among the replicas of a model; under admission control only where the wait is short.
  ///
  /// The board is not changed: the compiler would copy one that is only borrowed.
  @inlinable
  @inline(__always)
  public mutating func choose(
    of model: ModelID, within longestWait: TimeSpan? = nil, among board: inout ReplicaBoard
  ) -> Choice {
    let load = board.leastLoad(of: model)
    if load < .max {
      if let longestWait, load > longestWait.nanoseconds { return .tooLate }
      return .replica(board.leastLoaded(of: model))
    }
    return board.acceptsAny(of: model) ? .queuesFull : .noReplicaReady
  }
}
