// SPDX-License-Identifier: Apache-2.0

/// How a request ended; each ends exactly once.
@frozen
public enum RequestOutcome: UInt8, Sendable, CaseIterable {
  /// A replica answered it inside the client's timeout.
  case completed
  /// The response cache answered it.
  case hit
  /// It shared the answer of an identical request in flight.
  case joined
  /// It was refused: no replica was ready, or the queue was full.
  case rejected
  /// The client's timeout passed before the answer.
  case timedOut
  /// Its replica was lost and nobody could take over.
  case failed

  /// Whether the client got an answer inside its timeout.
  @inlinable public var isAnswered: Bool { rawValue <= RequestOutcome.joined.rawValue }

  /// The name under which results print it.
  public var name: String {
    switch self {
    case .completed: "completed"
    case .hit: "hit"
    case .joined: "joined"
    case .rejected: "rejected"
    case .timedOut: "timed_out"
    case .failed: "failed"
    }
  }
}
