// SPDX-License-Identifier: GPL-3.0-or-later

/// What kind of mistake an error is.
///
/// Those of the form can be seen in one value with its key alone, and the schema sees them too. All others are of several
/// keys, of files, or of values that no schema can compare.
package enum ErrorCode: String, CaseIterable, Sendable {
  /// No mapping here has such a key.
  case unknownKey = "unknown-key"
  /// A key that always has to be there is not.
  case missingKey = "missing-key"
  /// A mapping, list or single value stands where another of them belongs.
  case wrongKind = "wrong-kind"
  /// A text has not the form of what is asked for.
  case unreadable = "unreadable"
  /// A number or a list is too small or too large.
  case outOfRange = "out-of-range"
  /// The text is not YAML, or beyond what is read of it.
  case syntax = "syntax"
  /// A value with a unit, or a number written as a text, is too small, too large or too fine.
  case quantityRange = "quantity-range"
  /// A key, word or form is known, and not beside what stands there.
  case conflict = "conflict"
  /// What stands there needs a key that is not there.
  case needed = "needed"
  /// Values come in the wrong order.
  case order = "order"
  /// Shares do not add up, or scores have another mean.
  case sum = "sum"
  /// A name that nothing in the scenario, the price book or the catalogue has.
  case reference = "reference"
  /// A file is not there, or holds something else.
  case file = "file"
  /// The parameters of a law make none, or none of this mean.
  case law = "law"
  /// A target or a tolerance cannot be read.
  case target = "target"
  /// Several values together are more than can be simulated or fits.
  case limit = "limit"
  /// What is written changes nothing.
  case effect = "effect"

  /// Whether the schema refuses it too.
  package var isOfForm: Bool {
    switch self {
    case .unknownKey, .missingKey, .wrongKind, .unreadable, .outOfRange, .syntax: true
    default: false
    }
  }
}
