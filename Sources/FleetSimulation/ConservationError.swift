// SPDX-License-Identifier: GPL-3.0-or-later

/// A law of conservation that a replication broke: a bug of ours, never of the scenario.
package struct ConservationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The law.
  package let law: String
  /// What was found on its two sides.
  package let found: String

  /// The law with what was found.
  package var description: String { "\(law): \(found)" }
}
