// SPDX-License-Identifier: GPL-3.0-or-later

/// A Swift file as the rules see it.
struct SourceFile {
  /// From the root of the project, such as `Sources/Policies/Spot/SpotManager.swift`.
  let path: String
  let lines: [Substring]
  let tokens: [Token]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    tokens = SwiftTokens(text).tokens
  }

  /// The top folder: `Sources`, `Tests` or `Benchmarks`.
  var folder: String { component(0) }

  /// The target, which is the folder below.
  var target: String { component(1) }

  /// The tokens of each line that has any, in order.
  var tokensByLine: [ArraySlice<Token>] {
    var result: [ArraySlice<Token>] = []
    var start = 0
    for index in tokens.indices where tokens[index].line != tokens[start].line {
      result.append(tokens[start..<index])
      start = index
    }
    if start < tokens.count { result.append(tokens[start...]) }
    return result
  }

  /// A violation in this file.
  func violation(line: Int, _ message: String) -> Violation {
    Violation(path: path, line: line, message: message)
  }

  private func component(_ index: Int) -> String {
    let components = path.split(separator: "/")
    return index < components.count ? String(components[index]) : ""
  }
}
