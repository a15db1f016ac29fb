// SPDX-License-Identifier: Apache-2.0

import Serving

/// The model that a request is to be served by, and why.
@frozen
public struct RouteDecision: BitwiseCopyable, Equatable, Sendable {
  /// The model.
  public var model: ModelID
  /// Why it is this one.
  public var reason: RouteReason

  /// A decision of those values.
  @inlinable
  public init(model: ModelID, reason: RouteReason) {
    self.model = model
    self.reason = reason
  }
}
