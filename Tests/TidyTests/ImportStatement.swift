// SPDX-License-Identifier: GPL-3.0-or-later

/// One `import` of a file.
struct ImportStatement {
  let module: String
  let line: Int

  private static let modifiers = ["public", "package", "internal", "fileprivate", "private"]
  private static let kinds = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
  ]

  /// The imports of a file, whatever attribute, access or kind stands in them.
  static func all(in file: SourceFile) -> [ImportStatement] {
    file.tokensByLine.compactMap { tokens in
      var rest = tokens.skippingAttributes()
      if let first = rest.first, modifiers.contains(first.text) { rest = rest.dropFirst() }
      guard let keyword = rest.first, keyword.text == "import" else { return nil }
      rest = rest.dropFirst()
      if let first = rest.first, kinds.contains(first.text) { rest = rest.dropFirst() }
      return rest.first.map { ImportStatement(module: $0.text, line: keyword.line) }
    }
  }
}

extension ArraySlice<Token> {
  /// What follows the attributes at the start, such as `@testable` and `@_spi(Name)`.
  func skippingAttributes() -> ArraySlice<Token> {
    var rest = self
    while let first = rest.first, first.text == "@" {
      rest = rest.dropFirst(2).skippingParentheses()
    }
    return rest
  }

  /// What follows the parentheses at the start, if any do.
  func skippingParentheses() -> ArraySlice<Token> {
    guard let first, first.text == "(" else { return self }
    var depth = 0
    for index in indices {
      if self[index].text == "(" { depth += 1 }
      if self[index].text == ")" { depth -= 1 }
      if depth == 0 { return self[(index + 1)...] }
    }
    return self[endIndex...]
  }
}
