// SPDX-License-Identifier: GPL-3.0-or-later

/// A text cut into lines where YAML cuts it, so that places of the parser fit.
///
/// YAML 1.1 ends a line at CR LF, CR, LF, NEL, LS and PS; columns count Unicode scalars.
struct SourceLines {
  /// The lines without their ends; a text that ends with a line end has an empty last line.
  let lines: [Substring.UnicodeScalarView]

  /// Cuts `text`.
  ///
  /// - Complexity: linear in the length of the text.
  init(_ text: String) {
    let scalars = text[...].unicodeScalars
    var lines: [Substring.UnicodeScalarView] = []
    var start = scalars.startIndex
    var index = scalars.startIndex
    while index < scalars.endIndex {
      let end = index
      let scalar = scalars[index]
      scalars.formIndex(after: &index)
      guard Self.endsLine(scalar) else { continue }
      if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" {
        scalars.formIndex(after: &index)
      }
      lines.append(scalars[start..<end])
      start = index
    }
    lines.append(scalars[start...])
    self.lines = lines
  }

  /// Whether YAML starts a new line after `scalar`.
  static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }

  /// The scalar at a place, as an index into the text; `nil` where there is none.
  func index(line: Int, column: Int) -> String.Index? {
    guard lines.indices.contains(line - 1), column >= 1 else { return nil }
    let scalars = lines[line - 1]
    let index = scalars.index(
      scalars.startIndex, offsetBy: column - 1, limitedBy: scalars.endIndex)
    guard let index, index < scalars.endIndex else { return nil }
    return index
  }

  /// The line of `location` and a caret below its column, or `nil` where there is no such line.
  ///
  /// Tabs are repeated below the line, so that the caret lands right at any tab width. Of a line that is wider
  /// than `width` the part round the column is shown, with `…` where it goes on.
  func excerpt(at location: SourceLocation, width: Int = 160) -> String? {
    guard lines.indices.contains(location.line - 1) else { return nil }
    let line = lines[location.line - 1]
    guard !line.isEmpty, location.column >= 1, location.column <= line.count + 1 else { return nil }
    let margin = "  | "
    let room = max(20, width - margin.count)
    let column = location.column - 1
    var first = 0
    if column >= room - 1 { first = min(column - room / 2, max(0, line.count - room + 1)) }
    let (before, length) = first > 0 ? ("…", room - 1) : ("", room)
    var shown = line.dropFirst(first).prefix(length)
    let after = first + shown.count < line.count ? "…" : ""
    if !after.isEmpty { shown = shown.dropLast() }
    let padding = shown.prefix(column - first).map { $0 == "\t" ? "\t" : " " }.joined()
    let start = before.isEmpty ? "" : " "
    return "\(margin)\(before)\(String(shown))\(after)\n\(margin)\(start)\(padding)^\n"
  }
}
