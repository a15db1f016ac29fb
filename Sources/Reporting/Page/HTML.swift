// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Pieces of an HTML document.
enum HTML {
  /// A text in which nothing is markup.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  /// A table that scrolls where it does not fit; a column whose name ends with `>` is aligned to the right.
  static func table(_ header: [String], _ rows: [[String]], caption: String) -> String {
    let isRight = header.map { $0.hasSuffix(">") }
    func cells(_ row: [String], _ tag: String) -> String {
      row.enumerated().map { column, text in
        let side = isRight.indices.contains(column) && isRight[column] ? " class=n" : ""
        let scope = tag == "th" ? " scope=col" : ""
        return "<\(tag)\(scope)\(side)>\(escaped(text))</\(tag)>"
      }.joined()
    }
    let names = header.map { $0.hasSuffix(">") ? String($0.dropLast()) : $0 }
    return "<div class=scroll tabindex=0><table><caption>\(escaped(caption))</caption><thead><tr>"
      + cells(names, "th") + "</tr></thead><tbody>"
      + rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
      + "</tbody></table></div>\n"
  }

  /// A list of sentences under a heading; nothing where there is none.
  static func list(_ heading: String, _ items: [String]) -> String {
    guard !items.isEmpty else { return "" }
    return "<h3>\(escaped(heading))</h3>\n<ul>"
      + items.map { "<li>\(escaped($0))</li>" }.joined(separator: "\n") + "</ul>\n"
  }

  /// A paragraph.
  static func paragraph(_ text: String, isLead: Bool = false) -> String {
    text.isEmpty ? "" : "<p\(isLead ? " class=lead" : "")>\(escaped(text))</p>\n"
  }

  /// A line of commands.
  static func commands(_ lines: [String]) -> String {
    "<pre tabindex=0>\(escaped(lines.joined(separator: "\n")))</pre>\n"
  }
}
