// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong at one place of a trace.
package struct TraceError: Error, Equatable, Sendable {
  /// The line, from 1.
  package let line: Int
  /// The column, from 1.
  package let column: Int
  /// What stands there.
  package let found: String
  /// What may stand there.
  package let allowed: String

  /// An error of those values.
  package init(line: Int, column: Int, found: String, allowed: String) {
    self.line = line
    self.column = column
    self.found = found
    self.allowed = allowed
  }
}

/// All that is wrong with a trace, up to a limit.
package struct TraceErrors: Error, Equatable, Sendable {
  /// The errors in order of line and column.
  package let errors: [TraceError]

  /// Those errors.
  package init(errors: [TraceError]) {
    self.errors = errors
  }

  /// How many errors of one file are told; a file of another format would have one a line.
  package static let limit = 20
}
