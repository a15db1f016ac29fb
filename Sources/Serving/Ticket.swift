// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A request on its way: what every part of a fleet knows of it between its arrival and its end.
///
/// The driver makes it when the request arrives. Parts hand it on by value and give it back when the
/// request makes progress or ends. It has one size, so that queues are plain columns of tickets.
@frozen
public struct Ticket: Equatable, BitwiseCopyable, Sendable {
  /// When the client sent the request.
  public let arrival: Instant
  /// When it joined the queue of the replica that holds it.
  public var enqueued: Instant
  /// Its number; no other request of the same driver has it.
  public let number: UInt64
  /// Tokens of its prompt.
  public let promptTokens: UInt32
  /// The most tokens that its answer may have.
  public let outputTokens: UInt32
  /// The driver's own number for it, which no policy reads.
  public let mark: Int32
  /// Its row among the requests of which policies keep something; negative for none. The request path sets it.
  public var row: Int32
  /// The number of its tenant.
  public let tenantIndex: UInt32
  /// The number of its class.
  public let classIndex: UInt8
  /// The number of the model that is to serve it. The request path sets it.
  public var modelIndex: UInt8
  /// How often it was handed over from a lost replica to another.
  public var attempt: UInt8
  /// Whether its answer has begun to reach its client.
  public var hasBegun: Bool

  /// The ticket of a request that arrives; no model is chosen yet.
  @inlinable
  @inline(__always)
  public init(
    arrival: Instant, number: UInt64, promptTokens: UInt32, outputTokens: UInt32, mark: Int32,
    tenantIndex: UInt32 = 0, classIndex: UInt8 = 0
  ) {
    self.arrival = arrival
    enqueued = arrival
    self.number = number
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
    self.mark = mark
    row = -1
    self.tenantIndex = tenantIndex
    self.classIndex = classIndex
    modelIndex = 0
    attempt = 0
    hasBegun = false
  }

  /// What stands where there is no request.
  public static var none: Ticket {
    Ticket(arrival: .never, number: 0, promptTokens: 0, outputTokens: 0, mark: -1)
  }

  /// The model that is to serve it; models are numbered from 0 to 255.
  @inlinable public var model: ModelID {
    @inline(__always) get { ModelID(Int(modelIndex)) }
    @inline(__always) set { modelIndex = UInt8(truncatingIfNeeded: newValue.index) }
  }

  /// Whose request it is.
  @inlinable public var tenant: TenantID {
    @inline(__always) get { TenantID(Int(tenantIndex)) }
  }
}
