// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the quantity that was asked for: a statement of what would have been allowed.
public struct UnreadableQuantity: Error, Equatable, Sendable {
  /// What a reader would have accepted, as a phrase that fits after "allowed:".
  public let allowed: String
  /// Whether the text has the right form, and only its value is too small, too large or too fine.
  public let isOfRange: Bool

  /// States what would have been accepted.
  public init(allowed: String) {
    self.allowed = allowed
    isOfRange = false
  }

  /// States which values would have been accepted of a text that has the right form.
  public init(range: String) {
    allowed = range
    isOfRange = true
  }
}
