// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the quantity that was asked for: a statement of what would have been allowed.
public struct UnreadableQuantity: Error, Equatable, Sendable {
  /// What a reader would have accepted, as a phrase that fits after "allowed:".
  public let allowed: String

  /// States what would have been accepted.
  public init(allowed: String) {
    self.allowed = allowed
  }
}
