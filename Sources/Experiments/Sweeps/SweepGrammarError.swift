// SPDX-License-Identifier: GPL-3.0-or-later

/// Something in the options of a sweep that cannot be read.
package struct SweepGrammarError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The option with its text, such as `--vary fleet.base.machines=0..`.
  package let option: String
  /// What is wrong with it, as a clause.
  package let problem: String

  /// An error of that option.
  package init(_ option: String, _ problem: String) {
    self.option = option
    self.problem = problem
  }

  /// One line: the option and what is wrong.
  package var description: String { "\(option): \(problem)" }
}

/// All that is wrong with the options of a sweep, at once.
package struct SweepGrammarErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The errors, in the order of the options.
  package let errors: [SweepGrammarError]

  /// One line for each error.
  package var description: String { errors.map(\.description).joined(separator: "\n") }

  /// The same errors of an option of another name that takes the same texts.
  func telling(_ name: String, inPlaceOf other: String) -> SweepGrammarErrors {
    SweepGrammarErrors(
      errors: errors.map { error in
        let rest = error.option.hasPrefix(other) ? error.option.dropFirst(other.count) : ""
        return SweepGrammarError(
          rest.isEmpty && error.option != other ? error.option : name + rest,
          error.problem)
      })
  }
}
