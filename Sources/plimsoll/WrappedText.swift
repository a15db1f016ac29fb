// SPDX-License-Identifier: GPL-3.0-or-later

/// Breaks the lines of a text for people at the width of a terminal.
enum WrappedText {
  /// The text, with every sentence that is wider than `width` broken between words.
  ///
  /// Rows of tables, quoted lines of files, lines that are rewritten and commands to a runner stay whole.
  static func wrapped(_ text: String, width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line(String($0), width: width) }.joined(separator: "\n")
  }

  private static func line(_ line: String, width: Int) -> String {
    guard line.count > width, !isWhole(line) else { return line }
    let indent = String(line.prefix { $0 == " " })
    let hanging = indent + "  "
    var lines: [String] = []
    var current = indent
    for word in line.dropFirst(indent.count).split(separator: " ") {
      let isFirst = current == (lines.isEmpty ? indent : hanging)
      if !isFirst, current.count + 1 + word.count > width {
        lines.append(current)
        current = hanging + word
      } else {
        current += isFirst ? String(word) : " " + word
      }
    }
    lines.append(current)
    return lines.joined(separator: "\n")
  }

  private static func isWhole(_ line: String) -> Bool {
    line.hasPrefix("  | ") || line.hasPrefix("::") || line.contains("\r") || line.contains("\u{1B}")
      || line.drop { $0 == " " }.contains("  ") || line.contains("│")
  }
}
