// SPDX-License-Identifier: Apache-2.0

/// What a policy may know of one replica when it chooses among them.
///
/// The one who dispatches keeps these counts itself, so they are true at the moment of the choice:
/// what it sent and what came back, never the inside of an engine.
@frozen
public struct ReplicaObservation: BitwiseCopyable, Sendable {
  /// The model that it serves.
  public var model: ModelID
  /// Whether new requests may be sent: it is ready, and neither cordoned nor lost.
  public var acceptsRequests: Bool
  /// Requests sent to it that have not ended.
  public var outstanding: Int32
  /// Whether its queue takes one more.
  public var hasRoom: Bool
  /// Nanoseconds of its time that one request takes at its highest throughput.
  public var nanosecondsPerRequest: Int64

  /// An observation of those values.
  @inlinable
  public init(
    model: ModelID, acceptsRequests: Bool, outstanding: Int32, hasRoom: Bool,
    nanosecondsPerRequest: Int64
  ) {
    self.model = model
    self.acceptsRequests = acceptsRequests
    self.outstanding = outstanding
    self.hasRoom = hasRoom
    self.nanosecondsPerRequest = nanosecondsPerRequest
  }
}
