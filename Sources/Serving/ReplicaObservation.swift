// SPDX-License-Identifier: Apache-2.0

/// What a policy may know of one replica when it chooses among them.
///
/// The one who dispatches keeps these counts itself, so they are true at the moment of the choice:
/// what it sent and what came back, never the inside of an engine.
@frozen
public struct ReplicaObservation: BitwiseCopyable, Sendable {
  @usableFromInline var storedModel: ModelID
  @usableFromInline var storedOutstanding: Int32
  @usableFromInline var storedAccepts: Bool
  @usableFromInline var storedRoom: Bool
  @usableFromInline var storedTime: Int64
  @usableFromInline var storedWait: Int64 = 0

  /// Nanoseconds until it would be through with one request more at its highest throughput; `.max` where it
  /// takes none.
  ///
  /// Kept rather than worked out: it is asked of every replica for each request, and changes in one.
  @inlinable public var wait: Int64 { storedWait }

  /// The model that it serves.
  @inlinable public var model: ModelID {
    get { storedModel }
    set { storedModel = newValue }
  }

  /// Whether new requests may be sent: it is ready, and neither cordoned nor lost.
  @inlinable public var acceptsRequests: Bool {
    get { storedAccepts }
    set {
      storedAccepts = newValue
      weigh()
    }
  }

  /// Requests sent to it that have not ended.
  @inlinable public var outstanding: Int32 {
    get { storedOutstanding }
    set {
      storedOutstanding = newValue
      weigh()
    }
  }

  /// Whether its queue takes one more.
  @inlinable public var hasRoom: Bool {
    get { storedRoom }
    set {
      storedRoom = newValue
      weigh()
    }
  }

  /// Nanoseconds of its time that one request takes at its highest throughput.
  @inlinable public var nanosecondsPerRequest: Int64 {
    get { storedTime }
    set {
      storedTime = newValue
      weigh()
    }
  }

  /// An observation of those values.
  @inlinable
  public init(
    model: ModelID, acceptsRequests: Bool, outstanding: Int32, hasRoom: Bool,
    nanosecondsPerRequest: Int64
  ) {
    storedModel = model
    storedAccepts = acceptsRequests
    storedOutstanding = outstanding
    storedRoom = hasRoom
    storedTime = nanosecondsPerRequest
    weigh()
  }

  @inlinable
  @inline(__always)
  mutating func weigh() {
    let sum = (Int64(storedOutstanding) + 1) * storedTime
    storedWait = storedAccepts && storedRoom ? sum : .max
  }
}
