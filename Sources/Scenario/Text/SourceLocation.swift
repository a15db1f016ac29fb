// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a value was written: a place in a file, or an override given on the command line.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  /// The path of the file, as the reader was asked for it; of an override, its whole text.
  package let file: String
  /// The line, counted from 1; zero for an override.
  package let line: Int
  /// The column in Unicode scalars, counted from 1; zero for an override.
  package let column: Int

  /// A place in a file.
  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The place of everything that the override `text`, such as `fleet.machines=3`, brings.
  package init(override text: String) {
    self.init(file: "--set \(text)", line: 0, column: 0)
  }

  /// Whether the value came from an override and so stands in no file.
  package var isOverride: Bool { line == 0 }

  /// `file:line:column`, or `--set key=value`.
  package var description: String {
    isOverride ? file : "\(file):\(line):\(column)"
  }
}
