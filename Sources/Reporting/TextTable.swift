// SPDX-License-Identifier: GPL-3.0-or-later

/// Rows of cells with aligned columns, for a terminal, for Markdown or as CSV.
struct TextTable {
  private var rows: [[String]]
  private let alignsRight: [Bool]

  /// A table with that header; a column whose header ends with `>` is aligned to the right.
  init(_ header: [String]) {
    alignsRight = header.map { $0.hasSuffix(">") }
    rows = [header.map { $0.hasSuffix(">") ? String($0.dropLast()) : $0 }]
  }

  mutating func add(_ row: [String]) {
    rows.append(row)
  }

  /// The table with columns padded to their widest cell.
  var plain: String {
    let widths = alignsRight.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = "  "
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (alignsRight[column] ? padding + cell : cell + padding) + "  "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// The same, with the text of the last column below its row where the row would be wider than `width`.
  func plain(notesBelow width: Int) -> String {
    var narrow = self
    let notes = rows.map { $0.last ?? "" }
    narrow.rows = rows.map { $0.dropLast() + [""] }
    let lines = narrow.plain.split(separator: "\n").map(String.init)
    let column = (lines.map(\.count).max() ?? 0) + 2
    let fits = notes.allSatisfy { column + $0.count <= width }
    return zip(lines, notes).enumerated().map { number, row in
      let (line, note) = row
      guard !note.isEmpty, number > 0 || fits else { return line + "\n" }
      guard !fits else {
        return line + String(repeating: " ", count: column - line.count) + note + "\n"
      }
      return line + "\n" + Self.broken(note, indent: "      ", width: width)
    }.joined()
  }

  /// A text in lines that are broken between words.
  private static func broken(_ text: String, indent: String, width: Int) -> String {
    var lines: [String] = []
    var line = indent
    for word in text.split(separator: " ") {
      if line.count > indent.count, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent
      }
      line += (line.count > indent.count ? " " : "") + word
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }

  /// The table in GitHub's Markdown.
  var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(Self.markdownCell).joined(separator: " | ") + " |\n"
    }
    let rule = alignsRight.map { $0 ? "---:" : "---" }
    return line(rows[0]) + line(rule) + rows.dropFirst().map(line).joined()
  }

  /// A text that neither ends its cell nor its row.
  private static func markdownCell(_ text: String) -> String {
    guard text.contains(where: { $0 == "|" || $0.isNewline }) else { return text }
    return text.reduce(into: "") { cell, character in
      cell += character == "|" ? "\\|" : character.isNewline ? " " : String(character)
    }
  }

  /// The table as CSV (RFC 4180) with a line of column names.
  var csv: String {
    rows.map { $0.map(Self.csvField).joined(separator: ",") + "\n" }.joined()
  }

  /// A field of a CSV file, in quotation marks where it needs them.
  static func csvField(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
  }
}
