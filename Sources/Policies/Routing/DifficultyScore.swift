// SPDX-License-Identifier: Apache-2.0

/// How hard the work is that a prompt asks for, as far as its words tell.
public struct DifficultyScore: Equatable, Sendable {
  /// From 0, for small talk, to 1, in thousandths; an order, and no probability.
  public let value: Double
  /// What counted: each kind with its weight in thousandths and its first words.
  public let reason: String

  /// A score of that value for that reason.
  public init(value: Double, reason: String) {
    self.value = value
    self.reason = reason
  }
}
