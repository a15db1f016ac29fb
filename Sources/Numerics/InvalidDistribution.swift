// SPDX-License-Identifier: GPL-3.0-or-later

/// Parameters that describe no law.
package struct InvalidDistribution: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the parameters may be, as the end of the sentence "allowed is …".
  package let allowed: String

  /// The refusal of parameters outside `allowed`.
  package init(allowed: String) {
    self.allowed = allowed
  }

  /// One line for a message: what is allowed.
  package var description: String { "allowed is \(allowed)" }
}
