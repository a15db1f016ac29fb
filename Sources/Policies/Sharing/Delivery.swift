// SPDX-License-Identifier: Apache-2.0

/// The end of one request's wait.
@frozen
public struct Delivery: Equatable, Sendable {
  /// What the request that waited gets.
  @frozen
  public enum Result: UInt8, Sendable {
    /// The answer.
    case answer
    /// The error that the call ended in.
    case error
    /// Nothing: its deadline had passed when the call failed.
    case timedOut
    /// Nothing, ever: the reference design forgot it. It hangs until its client gives up.
    case abandoned
  }

  /// The number under which the request joined.
  public let waiter: UInt32
  /// Whether it made the call that ended; the others shared it.
  public let isLead: Bool
  /// What it gets.
  public let result: Result

  /// A delivery of those values.
  @inlinable
  public init(waiter: UInt32, isLead: Bool, result: Result) {
    self.waiter = waiter
    self.isLead = isLead
    self.result = result
  }
}
