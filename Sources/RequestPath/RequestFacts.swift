// SPDX-License-Identifier: Apache-2.0

/// What policies are told of a request that arrives, beside its ticket.
@frozen
public struct RequestFacts: Sendable {
  /// The number of its text, for which ``RequestPath/planned(_:of:at:)`` was called.
  public var text: Int
  /// Its session; 0 for none.
  public var session: UInt64
  /// Whether it has temperature 0.
  public var isDeterministic: Bool
  /// Whether an answer is known to be held, whatever the key: it is not looked up.
  public var isHeld: Bool

  /// The facts of a request.
  @inlinable
  @inline(__always)
  public init(text: Int = 0, session: UInt64 = 0, isDeterministic: Bool, isHeld: Bool = false) {
    self.text = text
    self.session = session
    self.isDeterministic = isDeterministic
    self.isHeld = isHeld
  }
}
