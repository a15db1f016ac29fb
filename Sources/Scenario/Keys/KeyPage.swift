// SPDX-License-Identifier: GPL-3.0-or-later

/// Tables of keys on a page: each stands between two marks, and is made of the table of keys.
///
/// `<!-- keys: PATH -->` begins the table of the mapping at a path, `<!-- keys: PATH (GROUP) -->` that of the keys which
/// stand beside a certain other one; `<!-- end of keys -->` ends it. More paths behind the first name mappings that the
/// table stands for too. A key whose own mapping has a table elsewhere on the
/// page is one row; the keys of other mappings are rows of their own, behind it.
package struct KeyPage {
  private static let begin = "<!-- keys: "
  private static let end = "<!-- end of keys -->"
  /// What is wrong with a page: a mark that names no mapping, or none that ends a table.
  package private(set) var problems: [String] = []
  /// The page with its tables made anew.
  package private(set) var text = ""
  private var marks: [Mark] = []

  /// One mark: which mapping, and which of its keys.
  private struct Mark {
    let path: String
    let group: String
    /// All mappings that its table stands for.
    let paths: [String]
  }

  /// The page, its tables made anew.
  package init(_ page: String) {
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    marks = lines.compactMap { Self.mark(in: $0) }
    var isInside = false
    var written: [String] = []
    for line in lines {
      if let mark = Self.mark(in: line) {
        if isInside { problems.append("no end before \(line)") }
        isInside = true
        written += [line, ""] + table(mark) + [""]
      } else if line == Self.end {
        isInside = false
      }
      if Self.mark(in: line) == nil, !isInside { written.append(line) }
    }
    if isInside { problems.append("no end of the last table") }
    text = written.joined(separator: "\n")
  }

  private static func mark(in line: String) -> Mark? {
    guard line.hasPrefix(begin), line.hasSuffix(" -->") else { return nil }
    let name = line.dropFirst(begin.count).dropLast(" -->".count)
    let parts = name.split(separator: " ").map(String.init)
    guard let path = parts.first else { return nil }
    let group = parts.first { $0.hasPrefix("(") }?.dropFirst().dropLast() ?? ""
    return Mark(
      path: path, group: String(group), paths: parts.filter { !$0.hasPrefix("(") })
  }

  // MARK: Tables

  private mutating func table(_ mark: Mark) -> [String] {
    if let kind = LawKind.allCases.first(where: {
      $0.rawValue == mark.path.replacing("-", with: " ")
    }) {
      return laws(kind)
    }
    var shape = KeyTable.scenario
    if mark.path != "scenario" {
      guard case .entry(let entry) = KeyTable.find(mark.path), !entry.key.shape.keys.isEmpty else {
        problems.append("no mapping \(mark.path)")
        return []
      }
      shape = entry.key.shape
    }
    let keys = shape.keys.filter { $0.group == mark.group }
    if keys.isEmpty { problems.append("no keys of \(mark.path) (\(mark.group))") }
    let path = mark.path == "scenario" ? "" : mark.path
    let rows = keys.flatMap { key in
      self.rows(
        key, named: key.name, at: path.isEmpty ? key.name : "\(path).\(key.name)", inside: nil)
    }
    return ["| key | type | default | meaning |", "|---|---|---|---|"] + rows
  }

  /// The row of a key, and the rows of the keys of its mapping where they have no table of their own.
  private func rows(
    _ key: KeyDefinition, named name: String, at path: String, inside parent: String?
  ) -> [String] {
    let standard =
      key.isRequired && parent != nil ? "required in `\(parent ?? "")`" : key.standardText
    let type = key.shape.typeText.replacing("|", with: "\\|")
    let row = "| `\(name)` | \(type) | \(standard) | \(key.meaning) |"
    if case .law = key.shape { return [row] }
    return [row]
      + key.shape.alternatives.flatMap { below($0, named: name, at: path, inside: key.name) }
  }

  private func below(
    _ shape: KeyShape, named name: String, at path: String, inside parent: String
  ) -> [String] {
    switch shape {
    case .mapping(let keys):
      guard !marks.contains(where: { $0.paths.contains(path) }) else { return [] }
      return keys.flatMap { key in
        rows(key, named: "\(name).\(key.name)", at: "\(path).\(key.name)", inside: parent)
      }
    case .named(let own, let shape, _):
      return shape.alternatives.flatMap {
        below($0, named: "\(name).\(own)", at: "\(path).\(own)", inside: parent)
      }
    case .list(let item, _):
      return below(item, named: "\(name)[]", at: "\(path)[]", inside: parent)
    default: return []
    }
  }

  private func laws(_ kind: LawKind) -> [String] {
    let shape = KeyShape.law(kind)
    let rows = shape.keys.map { law in
      let parameters = law.shape.keys.map { "`\($0.name)` (\($0.meaning))" }
      let told = parameters.isEmpty ? "the value" : parameters.joined(separator: ", ")
      return "| `\(law.name)` | \(told) | \(law.meaning) |"
    }
    return ["| law | parameters | meaning |", "|---|---|---|"] + rows
  }
}
