// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

/// Replicas that rest after calls that failed: none of them is chosen, whatever the driver says of it.
extension RequestPath {
  /// What is known of the calls of each replica.
  @usableFromInline
  struct Rests: Sendable {
    var cooldowns: Cooldowns
    /// By replica, whether the driver would have it accept requests.
    var accepting: [Bool]
  }

  /// What is known of replicas' calls; `nil` where none rests.
  ///
  /// A driver that keeps its ``Policies/Cooldowns/snapshot()`` begins the next path with it.
  public var cooldowns: Cooldowns? { rests?.cooldowns }

  /// A call of a replica ended; how, and how long to leave it alone, the driver knows of its answer.
  ///
  /// The last replica of a model that accepts requests never rests. Where no replica rests this does nothing.
  ///
  /// - Returns: until when the replica rests from now on, at which the driver calls ``rested(_:at:)``; `nil` where that
  ///   is no news.
  /// - Complexity: O(log n) for n replicas of its model.
  public mutating func called(
    _ replica: ReplicaID, _ outcome: Cooldown.Outcome, at now: Instant
  ) -> Instant? {
    guard rests != nil else { return nil }
    let until = rests?.cooldowns.step(outcome, of: replica, among: board, at: now) ?? nil
    if logsPolicies {
      log?.write(ended: outcome, of: replica, at: now, among: board, restsUntil: until)
    }
    if logsPath { log?.write(called: replica, outcome, at: now, restsUntil: until) }
    if until != nil { board.update(replica.index) { $0.acceptsRequests = false } }
    return until
  }

  /// The rest of a replica is over, unless another failure made it longer.
  ///
  /// - Complexity: O(log n) for n replicas of its model.
  public mutating func rested(_ replica: ReplicaID, at now: Instant) {
    if let rests, !rests.cooldowns.isResting(replica, at: now) {
      let accepts = rests.accepting[replica.index]
      board.update(replica.index) { $0.acceptsRequests = accepts }
    }
    if logsPath {
      log?.write(rested: replica, at: now, accepts: board[replica.index].acceptsRequests)
    }
  }

  /// Takes note of whether the driver would have a replica accept requests, and says whether it does.
  @usableFromInline
  mutating func accepts(_ accepts: Bool, _ replica: ReplicaID, at now: Instant) -> Bool {
    rests?.accepting[replica.index] = accepts
    return accepts && rests?.cooldowns.isResting(replica, at: now) != true
  }

  /// Forgets the calls of a replica that is lost: whoever comes in its place has made none.
  @usableFromInline
  mutating func forgetCalls(of replica: ReplicaID, at now: Instant) {
    guard rests != nil else { return }
    rests?.accepting[replica.index] = false
    rests?.cooldowns.forget(replica)
    if logsPolicies { log?.write(forgotten: replica, at: now) }
  }
}
