// SPDX-License-Identifier: GPL-3.0-or-later

/// Each declaration that other targets see has a doc comment directly above.
enum DocumentationRule {
  private static let accessLevels = [
    "open", "public", "package", "internal", "fileprivate", "private",
  ]

  private static let modifiers = [
    "static", "final", "mutating", "nonmutating", "consuming", "borrowing", "indirect", "lazy",
    "weak", "unowned", "nonisolated", "isolated", "prefix", "postfix", "infix", "override",
    "required", "convenience", "dynamic", "optional",
  ]

  private static let keywords = [
    "func", "init", "struct", "enum", "protocol", "let", "var", "typealias", "subscript", "class",
    "actor", "extension",
  ]

  private struct Declaration {
    var access: String?
    var keyword: String

    var isVisible: Bool { access == "package" || access == "public" || access == "open" }
  }

  /// Where a declaration lacks its comment.
  static func violations(in file: SourceFile) -> [Violation] {
    var result: [Violation] = []
    var depth = 0
    // The depth of the members of the visible extension that encloses this line.
    var memberDepth: Int?
    for tokens in file.tokensByLine {
      if let found = declaration(in: tokens), let line = tokens.first?.line {
        if found.keyword == "extension" {
          if found.isVisible { memberDepth = depth + 1 }
        } else if found.isVisible || (found.access == nil && memberDepth == depth) {
          if !hasComment(above: line, in: file) {
            result.append(file.violation(line: line, "\(found.keyword) has no doc comment"))
          }
        }
      }
      for token in tokens {
        if token.text == "{" { depth += 1 }
        if token.text == "}" {
          depth -= 1
          if let members = memberDepth, depth < members { memberDepth = nil }
        }
      }
    }
    return result
  }

  private static func declaration(in tokens: ArraySlice<Token>) -> Declaration? {
    var rest = tokens.skippingAttributes()
    var access: String?
    while let first = rest.first {
      if keywords.contains(first.text) {
        return Declaration(access: access, keyword: first.text)
      }
      let isAccess = accessLevels.contains(first.text)
      guard isAccess || modifiers.contains(first.text) else { return nil }
      let after = rest.dropFirst()
      // `private(set)` and the like say nothing about reading.
      if isAccess, after.first?.text != "(" { access = first.text }
      rest = after.skippingParentheses().skippingAttributes()
    }
    return nil
  }

  private static func hasComment(above line: Int, in file: SourceFile) -> Bool {
    for text in file.lines[..<(line - 1)].reversed() {
      let start = text.drop { $0 == " " }
      if start.hasPrefix("@") { continue }
      return start.hasPrefix("///")
    }
    return false
  }
}
