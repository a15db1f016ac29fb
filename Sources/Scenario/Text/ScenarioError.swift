// SPDX-License-Identifier: GPL-3.0-or-later

/// One thing that is wrong in a scenario, with its place; the wording of all of them is here.
package struct ScenarioError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What can be wrong.
  package enum Problem: Equatable, Sendable {
    /// A key that nothing reads.
    case unknownKey(nearest: String?, allowed: [String])
    /// A key that is required is not there.
    case missingKey
    /// A mapping, list or single value stands where another of them belongs.
    case wrongKind(found: String, expected: String)
    /// A text that cannot be read as what is asked for.
    case unreadable(found: String, allowed: String)
    /// A value that can be read, and is too small or too large.
    case outOfRange(found: String, allowed: String)
    /// A rule that is about more than one value is broken, as a clause that follows a colon.
    case rule(ErrorCode, String)
    /// A value is too small or too large beside others.
    case beyond(ErrorCode, found: String, allowed: String)
    /// A text that is right as such, and not beside others.
    case lacks(ErrorCode, found: String, allowed: String)
    /// A key given a second time in the same mapping.
    case duplicateKey(first: SourceLocation)
    /// The text is not YAML.
    case syntax(String)
    /// A file that is not there.
    case missingFile(String)
    /// A folder where a file is meant.
    case folder(String)
    /// Files that extend one another in a circle; the first is named again at the end.
    case extendsCycle([String])
    /// Anything else, as a clause that follows a colon.
    case other(String)
  }

  /// Where the error is to be mended.
  package let location: SourceLocation
  /// The names that lead to the value, joined by points; empty for a file as a whole.
  package let keyPath: String
  /// What is wrong.
  package let problem: Problem
  /// What kind of mistake it is.
  package let code: ErrorCode

  /// An error at one place.
  ///
  /// - Parameter code: what kind of mistake it is, where the problem alone does not say so.
  package init(
    _ problem: Problem, at location: SourceLocation, keyPath: String, code: ErrorCode? = nil
  ) {
    self.code = code ?? problem.code
    self.location = location
    self.keyPath = keyPath
    self.problem = problem
  }

  /// One line: place, key path, what is wrong.
  package var description: String {
    guard !keyPath.isEmpty else { return "\(location): \(problem)" }
    let key = KeyPathNames.names(in: keyPath[...])?.last
    return "\(location): \(keyPath): \(problem.clause(naming: key))"
  }
}

extension ScenarioError.Problem: CustomStringConvertible {
  /// What kind of mistake it is, as far as the problem says so.
  fileprivate var code: ErrorCode {
    switch self {
    case .unknownKey: .unknownKey
    case .missingKey: .missingKey
    case .wrongKind: .wrongKind
    case .unreadable: .unreadable
    case .outOfRange: .outOfRange
    case .rule(let code, _), .beyond(let code, _, _), .lacks(let code, _, _): code
    case .duplicateKey, .syntax, .other: .syntax
    case .missingFile, .folder, .extendsCycle: .file
    }
  }

  /// What is wrong, as a clause without its place.
  package var description: String { clause(naming: nil) }

  /// What is wrong, with the name of the key it is about where that helps and is known.
  fileprivate func clause(naming key: String?) -> String {
    switch self {
    case .unknownKey(let nearest, let allowed):
      let suggestion = nearest.map { "; did you mean '\($0)'?" } ?? ""
      let names = allowed.isEmpty ? "no key" : allowed.joined(separator: ", ")
      let name = key.map { " \(ScenarioError.quoted($0))" } ?? ""
      return "unknown key\(name)\(suggestion) (allowed: \(names))"
    case .missingKey: return "required, but missing"
    case .wrongKind(let found, let expected): return "found \(found), allowed: \(expected)"
    case .unreadable(let found, let allowed):
      return "found \(ScenarioError.quoted(found)), allowed: \(allowed)"
    case .lacks(_, let found, let allowed):
      return "found \(ScenarioError.quoted(found)), allowed: \(allowed)"
    case .outOfRange(let found, let allowed), .beyond(_, let found, let allowed):
      return "\(found) is out of range, allowed: \(allowed)"
    case .rule(_, let clause): return clause
    case .duplicateKey(let first): return "this key is already given at \(first)"
    case .syntax(let problem): return "not YAML: \(problem)"
    case .missingFile(let path): return "there is no file \(ScenarioError.quoted(path))"
    case .folder(let path): return "\(ScenarioError.quoted(path)) is a folder, allowed: a file"
    case .extendsCycle(let paths):
      return "files extend one another in a circle: \(paths.joined(separator: " → "))"
    case .other(let clause): return clause
    }
  }
}

extension ScenarioError {
  /// A text of the user between quotation marks: on one line, and cut where it is long.
  static func quoted(_ text: String) -> String { "'\(shown(text))'" }

  /// A text of the user on one line, and cut where it is long.
  static func shown(_ text: String) -> String {
    var shown = ""
    for (position, scalar) in text.unicodeScalars.enumerated() {
      guard position < 60 else { return shown + "…" }
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
