// SPDX-License-Identifier: Apache-2.0

import Quantities
import RandomStreams

extension Router {
  /// How strong a model each session has needed, to be written as JSON and taken up by ``init(_:restoring:)``.
  ///
  /// About 70 bytes for each session that is remembered.
  public struct Snapshot: Codable, Sendable {
    let content: PolicyState<[SessionFloor.Kept]>

    init(_ state: [SessionFloor.Kept]) {
      content = PolicyState(policy: "router", state)
    }

    /// Reads a snapshot.
    ///
    /// - Throws: ``SnapshotError`` for one of another policy or version, `DecodingError` for what is no snapshot.
    public init(from decoder: any Decoder) throws {
      content = try PolicyState(policy: "router", from: decoder)
    }

    /// Writes the snapshot.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
  }

  /// What the router remembers of sessions now.
  ///
  /// - Complexity: O(session slots).
  public func snapshot() -> Snapshot { Snapshot(sessions.kept) }

  /// A router that goes on where another was when a snapshot of it was taken: with the same settings, the same
  /// requests go to the same models.
  ///
  /// With other session slots some sessions start afresh; with fewer models the strongest takes the place of those
  /// that are no more.
  ///
  /// - Throws: ``SnapshotError`` where a session's model has no place.
  /// - Precondition: as for ``init(_:)``.
  public init(_ configuration: Configuration, restoring snapshot: Snapshot) throws(SnapshotError) {
    self.init(configuration)
    try sessions.restore(snapshot.content.state, models: configuration.models.count)
  }
}

extension SessionFloor {
  /// What is remembered of one session.
  struct Kept: Codable, Sendable {
    /// The session's number as 16 hexadecimal digits, which no reader of JSON rounds.
    var session: String
    var lapsesAt: Instant
    var place: Int
  }

  /// What is remembered of all sessions, in the order of their slots.
  var kept: [Kept] {
    slots.filter { $0.session != 0 }.map { slot in
      let digits = String(slot.session, radix: 16)
      return Kept(
        session: String(repeating: "0", count: 16 - digits.count) + digits,
        lapsesAt: Instant(nanoseconds: slot.lapsesAt), place: slot.place)
    }
  }

  /// Remembers sessions; of those with the same slot, the one that lapses last.
  mutating func restore(_ kept: [Kept], models: Int) throws(SnapshotError) {
    guard !slots.isEmpty else { return }
    for item in kept {
      guard let session = UInt64(item.session, radix: 16), item.place >= 0 else {
        throw SnapshotError("the session '\(item.session)' has no number or no place")
      }
      let index = Int(truncatingIfNeeded: mixed(session)) & (slots.count - 1)
      guard slots[index].session == 0 || slots[index].lapsesAt < item.lapsesAt.nanoseconds else {
        continue
      }
      slots[index] = Slot(
        session: session, lapsesAt: item.lapsesAt.nanoseconds, place: min(item.place, models - 1))
    }
  }
}
