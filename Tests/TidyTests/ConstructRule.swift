// SPDX-License-Identifier: GPL-3.0-or-later

/// Constructs that end a run without a sentence, switch off checks, or share state by reference.
enum ConstructRule {
  /// The targets that may have classes, each `final`: a database, what SQLite hands out, and a table that is made
  /// when it is needed.
  static let targetsWithClasses = ["ResultsStore", "SQLite", "Workload"]

  private static let phrases = BannedPhrases([
    "fatalError(", "try!", "as!", "unowned(unsafe)", "-Ounchecked",
  ])

  /// Where a file below `Sources` has such a construct.
  static func violations(in file: SourceFile) -> [Violation] {
    phrases.violations(in: file) + classes(in: file)
  }

  /// Where a text that is not Swift code, or holds flags in its strings, switches checks off.
  static func uncheckedViolations(path: String, text: String) -> [Violation] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .filter { $0.element.contains("-Ounchecked") }
      .map { Violation(path: path, line: $0.offset + 1, message: "uses `-Ounchecked`") }
  }

  private static func classes(in file: SourceFile) -> [Violation] {
    let tokens = file.tokens
    return tokens.indices.compactMap { index in
      guard tokens[index].text == "class", index + 1 < tokens.count,
        tokens[index + 1].text.first.map({ $0.isLetter || $0 == "_" || $0 == "`" }) == true
      else { return nil }
      // As the label of a parameter or argument, `class` declares nothing.
      let before = index > 0 ? tokens[index - 1].text : ""
      guard !["(", ",", "."].contains(before) else { return nil }
      if before == "final", targetsWithClasses.contains(file.target) { return nil }
      return file.violation(line: tokens[index].line, "declares a class")
    }
  }
}
