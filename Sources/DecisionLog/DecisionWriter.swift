// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// Writes what each policy was told and what it decided, a line each, in the order of deciding.
///
/// `RequestPath` writes the lines about itself.
///
/// `Documentation/DecisionLog.md` describes the lines. What a policy sees of replicas is written as what
/// changed since it was last written.
public struct DecisionWriter: Sendable {
  /// The lines that nobody has taken yet.
  public package(set) var line: JSONLine
  /// How many decisions were written.
  public private(set) var count = 0
  private var known: [ReplicaObservation]

  /// A log that begins with a header.
  public init(_ header: DecisionHeader) {
    line = JSONLine(start: header.start)
    known = header.replicas
    line.write(header)
  }

  /// Forgets the lines that have been taken and keeps the storage.
  public mutating func clear() {
    line.removeAll()
  }

  /// A replica of which nothing has been written.
  private static func blank(_ replica: ReplicaObservation) -> ReplicaObservation {
    ReplicaObservation(
      model: replica.model, acceptsRequests: false, outstanding: 0, hasRoom: true,
      nanosecondsPerRequest: replica.nanosecondsPerRequest)
  }

  /// Takes note of a replica that was added; readers begin with the same.
  mutating func note(_ replica: ReplicaID, among board: borrowing ReplicaBoard) {
    let blank = Self.blank(board[replica.index])
    if replica.index < known.count { known[replica.index] = blank } else { known.append(blank) }
  }

  /// Begins the line of an event.
  package mutating func begin<Name: EventName>(_ event: Name, at now: Instant) {
    count += 1
    line.begin()
    line.field("at", now)
    line.field("policy", Name.policy.rawValue)
    line.field("event", event.rawValue)
  }

  /// Writes the replicas that look otherwise than when they were last written.
  ///
  /// - Parameters:
  ///   - added: a replica that was just added: its place is written as it was before, with nothing outstanding.
  mutating func changes(of board: borrowing ReplicaBoard, before added: ReplicaID? = nil) {
    line.key("replicas")
    line.begin("[")
    for index in 0..<min(board.count, known.count) {
      let new = index == added?.index ? Self.blank(board[index]) : board[index]
      let old = known[index]
      guard
        new.acceptsRequests != old.acceptsRequests || new.outstanding != old.outstanding
          || new.hasRoom != old.hasRoom
      else { continue }
      known[index] = new
      line.row(index, new)
    }
    line.end("]")
  }
}
