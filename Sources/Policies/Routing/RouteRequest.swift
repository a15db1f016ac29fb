// SPDX-License-Identifier: Apache-2.0

/// What a router is told of one request.
@frozen
public struct RouteRequest: BitwiseCopyable, Sendable {
  /// The plan of its text.
  public var plan: RoutePlan
  /// The tokens of its prompt, history included.
  public var promptTokens: UInt32
  /// The most tokens that its answer may have.
  public var outputTokens: UInt32
  /// Its session, or 0 for none.
  public var session: UInt64
  /// Whether it goes down a tier, since there is no money for more machines.
  public var goesDown = false

  /// A request of those values.
  @inlinable
  public init(plan: RoutePlan, promptTokens: UInt32, outputTokens: UInt32, session: UInt64 = 0) {
    self.plan = plan
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
    self.session = session
  }
}
