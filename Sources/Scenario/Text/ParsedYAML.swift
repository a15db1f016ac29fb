// SPDX-License-Identifier: GPL-3.0-or-later

internal import Yams

/// The parser's tree of a YAML text, asked for so that hostile text costs no more than its length.
///
/// The library expands aliases by sharing and then hashes all keys, which a nest of aliases makes
/// exponential, and it stops at a duplicate key without naming the second place. So aliases are
/// hidden from it: every `*` becomes a placeholder of the same width, to be turned back or resolved
/// by `TreeBuilder`. And a key that the library calls a duplicate is renamed in the text, until all
/// are found.
enum ParsedYAML {
  /// A key that was given another name, so that the document could be read to its end.
  struct RenamedKey {
    /// Where the key stands.
    let line: Int
    /// The column of the key.
    let column: Int
    /// The name as it was written.
    let name: String
  }

  /// How many duplicate keys are looked for in a text: each costs reading it once more.
  private static func renamingLimit(_ text: String) -> Int {
    min(20, max(1, (1 << 20) / max(1, text.utf8.count)))
  }

  /// Hands the document, the placeholder for `*` and the renamed keys to `body`.
  ///
  /// The root is `nil` where the text holds no document.
  static func withRoot<Result>(
    of text: String, file: String, _ body: (Node?, Unicode.Scalar, [RenamedKey]) -> Result
  ) throws(ScenarioError) -> Result {
    let placeholder = unused(in: text)
    var source = text
    if text.utf8.contains(UInt8(ascii: "*")) {
      var hidden = String.UnicodeScalarView()
      for scalar in text.unicodeScalars { hidden.append(scalar == "*" ? placeholder : scalar) }
      source = String(hidden)
    }
    var renamed: [RenamedKey] = []
    let limit = renamingLimit(text)
    while true {
      do {
        let parser = try Parser(
          yaml: source, resolver: .basic, constructor: .default, encoding: .utf8)
        let root = try parser.singleRoot()
        // The nodes hold their anchors weakly; the parser owns them.
        return withExtendedLifetime(parser) { body(root, placeholder, renamed) }
      } catch {
        if case .duplicatedKeysInMapping(let names, let context)? = error as? YamlError,
          renamed.count < limit, let name = names.first,
          let changed = renaming(keyAt: context.mark, in: source, number: renamed.count)
        {
          let shown = name.unicodeScalars.map { $0 == placeholder ? "*" : String($0) }.joined()
          renamed.append(
            RenamedKey(line: context.mark.line, column: context.mark.column, name: shown))
          source = changed
          continue
        }
        throw failure(error, of: source, renamed: renamed, file: file)
      }
    }
  }

  /// A character of the last private plane that `text` does not hold.
  private static func unused(in text: String) -> Unicode.Scalar {
    var candidate: Unicode.Scalar = "\u{10FFFD}"
    while text.unicodeScalars.contains(candidate), let next = Unicode.Scalar(candidate.value - 1) {
      candidate = next
    }
    return candidate
  }

  /// `source` with one character of a key replaced by one that makes the key unlike any other.
  private static func renaming(keyAt mark: Mark, in source: String, number: Int) -> String? {
    guard let stand = Unicode.Scalar(UInt32(0xF_0000 + number)),
      var index = SourceLines(source).index(line: mark.line, column: mark.column)
    else { return nil }
    var scalars = source.unicodeScalars
    if scalars[index] == "\"" || scalars[index] == "'" { scalars.formIndex(after: &index) }
    guard index < scalars.endIndex, !SourceLines.endsLine(scalars[index]) else { return nil }
    scalars.replaceSubrange(index...index, with: CollectionOfOne(stand))
    return String(scalars)
  }

  /// The first tab before anything else on a line, or on the one before it.
  private static func tab(indenting line: Int, of source: String) -> (line: Int, column: Int)? {
    let lines = SourceLines(source).lines
    for number in [line - 1, line] where lines.indices.contains(number - 1) {
      let indent = lines[number - 1].prefix { $0 == " " || $0 == "\t" }
      if let tab = indent.firstIndex(of: "\t") {
        return (number, indent.distance(from: indent.startIndex, to: tab) + 1)
      }
    }
    return nil
  }

  private static func failure(
    _ error: any Error, of source: String, renamed: [RenamedKey], file: String
  ) -> ScenarioError {
    func place(_ line: Int, _ column: Int) -> SourceLocation {
      SourceLocation(file: file, line: max(line, 1), column: max(column, 1))
    }
    // Once a key is renamed, a syntax error may be of our own making: report the duplicate instead.
    if let first = renamed.first {
      return ScenarioError(
        .other("this key is given more than once"), at: place(first.line, first.column),
        keyPath: first.name)
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if let tab = tab(indenting: mark.line, of: source) {
        return ScenarioError(
          .syntax("a tab here; YAML is indented with spaces"), at: place(tab.line, tab.column),
          keyPath: "")
      }
      if problem == "could not find expected ':'", let begin = context?.mark {
        return ScenarioError(
          .syntax("this is no key with its value; a space stands behind the ':' between them"),
          at: place(begin.line, begin.column), keyPath: "")
      }
      let during =
        context.map { begun in
          let isElsewhere = begun.mark.line > 0 && begun.mark.line < mark.line
          return " (\(begun.text)\(isElsewhere ? " that begins on line \(begun.mark.line)" : ""))"
        } ?? ""
      return ScenarioError(
        .syntax(problem + during), at: place(mark.line, mark.column), keyPath: "")
    case .duplicatedKeysInMapping(let names, let context):
      return ScenarioError(
        .other("this key is given more than once"),
        at: place(context.mark.line, context.mark.column), keyPath: names.first ?? "")
    case .reader(let problem, _, _, _):
      return ScenarioError(.syntax(problem), at: place(1, 1), keyPath: "")
    default:
      return ScenarioError(.syntax("\(error)"), at: place(1, 1), keyPath: "")
    }
  }
}
