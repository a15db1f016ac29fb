// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// The ``Cooldown`` of every replica of a board; the last replica of a model that takes requests never rests.
///
/// It decides and does nothing. `RequestPath` keeps requests away from a replica that rests; who drives this alone marks
/// the replica as one that accepts no requests, and lets it accept them again at the time that it was told.
public struct Cooldowns: Sendable {
  /// When a replica rests and for how long.
  public let configuration: Cooldown.Configuration
  /// By replica.
  var cooldowns: [Cooldown] = []

  /// Replicas that have not been called.
  public init(_ configuration: Cooldown.Configuration = Cooldown.Configuration()) {
    self.configuration = configuration
  }

  /// Takes in how a call of a replica ended, and says until when it rests if that is news.
  ///
  /// A replica that alone accepts requests of its model goes on: a resting fleet answers nobody.
  ///
  /// - Complexity: O(1) on average.
  /// - Precondition: the board has the replica.
  public mutating func step(
    _ outcome: Cooldown.Outcome, of replica: ReplicaID, among board: borrowing ReplicaBoard,
    at now: Instant
  ) -> Instant? {
    let observed = board[replica.index]
    while cooldowns.count <= replica.index { cooldowns.append(Cooldown(configuration)) }
    let before = cooldowns[replica.index].restsUntil
    cooldowns[replica.index].step(outcome, at: now)
    let until = cooldowns[replica.index].restsUntil
    guard until > before, now < until else { return nil }
    let accepting = Int(board.accepting[observed.model.index]) - (observed.acceptsRequests ? 1 : 0)
    guard accepting > 0 else {
      cooldowns[replica.index].carryOn(from: before)
      return nil
    }
    return until
  }

  /// Whether requests are to be kept away from a replica.
  public func isResting(_ replica: ReplicaID, at now: Instant) -> Bool {
    cooldowns.indices.contains(replica.index) && cooldowns[replica.index].isResting(at: now)
  }

  /// Forgets what is known of a place that another replica has now.
  public mutating func forget(_ replica: ReplicaID) {
    guard cooldowns.indices.contains(replica.index) else { return }
    cooldowns[replica.index] = Cooldown(configuration)
  }
}

extension Cooldowns {
  /// What is known of the replicas' calls, to be written as JSON and taken up by ``init(_:restoring:)``.
  public struct Snapshot: Codable, Sendable {
    let content: PolicyState<[Cooldown.State]>

    init(_ state: [Cooldown.State]) {
      content = PolicyState(policy: "cooldown", state)
    }

    /// Reads a snapshot.
    ///
    /// - Throws: ``SnapshotError`` for one of another policy or version, `DecodingError` for what is no snapshot.
    public init(from decoder: any Decoder) throws {
      content = try PolicyState(policy: "cooldown", from: decoder)
    }

    /// Writes the snapshot.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
  }

  /// What is known of the replicas' calls now.
  ///
  /// - Complexity: O(replicas).
  public func snapshot() -> Snapshot { Snapshot(cooldowns.map(\.state)) }

  /// Cooldowns that go on where others were when a snapshot of them was taken.
  public init(_ configuration: Cooldown.Configuration, restoring snapshot: Snapshot) {
    self.init(configuration)
    cooldowns = snapshot.content.state.map { Cooldown(configuration, restoring: $0) }
  }
}
