// SPDX-License-Identifier: GPL-3.0-or-later

/// A change to a scenario given on the command line: `fleet.base.machines=6`.
///
/// The path is as `KeyPathNames` writes it. The value is YAML in flow style and replaces what was
/// there, a whole mapping too; `=~` removes the key.
struct ScenarioOverride {
  /// The names that lead to the value.
  let names: [String]
  /// The new value; null removes.
  let value: ScenarioNode
  /// The place of everything the override brings.
  let location: SourceLocation
  /// The names that it put beside others, to have something in them.
  private(set) var made: [MadeName] = []

  /// Reads `path=value`.
  ///
  /// - Throws: an error located at the override itself.
  init(parsing text: String) throws(ScenarioErrors) {
    let location = SourceLocation(override: text)
    func refused(_ problem: ScenarioError.Problem) -> ScenarioErrors {
      ScenarioErrors([ScenarioError(problem, at: location, keyPath: "")])
    }
    let form = "a path, '=' and a value, such as fleet.base.machines=6"
    guard let equals = Self.indexOfEquals(in: text),
      let names = KeyPathNames.names(in: text[..<equals]), names.count <= TreeBuilder.depthLimit
    else { throw refused(.unreadable(found: text, allowed: form)) }
    let written = String(text[text.index(after: equals)...])
    guard written.contains(where: { !$0.isWhitespace }) else {
      throw refused(.unreadable(found: text, allowed: "\(form); '=~' removes the key"))
    }
    self.names = names
    self.location = location
    self.value = try Self.value(of: written, at: location)
  }

  /// Changes the tree; what hinders that is reported.
  mutating func apply(to root: inout ScenarioNode, into diagnostics: inout Diagnostics) {
    do throws(ScenarioError) {
      try set(names[...], in: &root, keyPath: "")
    } catch {
      diagnostics.report(error)
    }
  }

  /// Where the first `=` outside quotation marks stands.
  private static func indexOfEquals(in text: String) -> String.Index? {
    var isQuoted = false
    for index in text.indices {
      switch text[index] {
      case "\"": isQuoted.toggle()
      case "=" where !isQuoted: return index
      default: break
      }
    }
    return nil
  }

  private static func value(
    of text: String, at location: SourceLocation
  ) throws(ScenarioErrors) -> ScenarioNode {
    func refused(_ problem: ScenarioError.Problem) -> ScenarioErrors {
      ScenarioErrors([ScenarioError(problem, at: location, keyPath: "")])
    }
    let list: ScenarioNode
    do {
      let decoded = try ScenarioBytes.text(of: Array(text.utf8), file: location.file)
      // As the only item of a list, the text is read in flow style whatever it holds.
      list = try ScenarioNode.parse("[\(decoded)\n]", file: location.file)
    } catch let error as ScenarioErrors {
      throw ScenarioErrors(
        error.errors.map { ScenarioError($0.problem(at: location), at: location, keyPath: "") })
    } catch let error as ScenarioError {
      throw refused(error.problem)
    } catch {
      throw refused(.other("\(error)"))
    }
    guard case .sequence(let items) = list.content, items.count == 1, let item = items.first else {
      throw refused(
        .unreadable(found: text, allowed: "one value; lists in brackets, texts in quotation marks"))
    }
    return item.relocated(to: location)
  }

  private mutating func set(
    _ rest: ArraySlice<String>, in node: inout ScenarioNode, keyPath: String
  ) throws(ScenarioError) {
    guard let name = rest.first else {
      node = value
      return
    }
    let path = KeyPathNames.appending(name, to: keyPath)
    switch node.content {
    case .mapping(var entries):
      try set(rest, named: name, in: &entries, keyPath: path)
      node.content = .mapping(entries)
    case .null:
      var entries: [ScenarioNode.Entry] = []
      try set(rest, named: name, in: &entries, keyPath: path)
      node = ScenarioNode(.mapping(entries), at: location)
    case .sequence(var items):
      let path = Int(name).map { KeyPathNames.appending(position: $0, to: keyPath) } ?? path
      guard let index = Int(name), items.indices.contains(index) else {
        let allowed = items.isEmpty ? "none, the list is empty" : "0 to \(items.count - 1)"
        throw ScenarioError(
          .outOfRange(found: "place \(ScenarioError.quoted(name)) of the list", allowed: allowed),
          at: location, keyPath: path)
      }
      if rest.count == 1, value.isNull {
        items.remove(at: index)
      } else {
        try set(rest.dropFirst(), in: &items[index], keyPath: path)
      }
      node.content = .sequence(items)
    case .scalar:
      throw ScenarioError(
        .wrongKind(found: node.kind, expected: "a mapping, to have '\(name)' in it"), at: location,
        keyPath: keyPath)
    }
  }

  private mutating func set(
    _ rest: ArraySlice<String>, named name: String, in entries: inout [ScenarioNode.Entry],
    keyPath: String
  ) throws(ScenarioError) {
    let index = entries.firstIndex { $0.key == name }
    if rest.count == 1, value.isNull {
      guard let index else {
        let problem = ScenarioError.Problem.other("there is no such key to remove")
        throw ScenarioError(problem, at: location, keyPath: keyPath)
      }
      entries.remove(at: index)
    } else if let index {
      try set(rest.dropFirst(), in: &entries[index].value, keyPath: keyPath)
    } else {
      if let quoted = Self.quotedPath(rest, among: entries) {
        let before = names.dropLast(rest.count).reduce("") { KeyPathNames.appending($1, to: $0) }
        let whole = before.isEmpty ? quoted : "\(before).\(quoted)"
        throw ScenarioError(
          .other("a name with points in it is quoted: \(whole)"), at: location, keyPath: keyPath)
      }
      if rest.count > 1, !entries.isEmpty {
        made.append(
          MadeName(
            name: name, keyPath: keyPath, beside: entries.map(\.key), location: location,
            parent: names.dropLast(rest.count).last ?? ""))
      }
      var child = ScenarioNode(.null, at: location)
      try set(rest.dropFirst(), in: &child, keyPath: keyPath)
      entries.append(ScenarioNode.Entry(key: name, keyLocation: location, value: child))
    }
  }
}

extension ScenarioOverride {
  /// The rest of a path as it is to be written where its first names make one that is there: `a.b.c` for `a.b`.
  private static func quotedPath(
    _ rest: ArraySlice<String>, among entries: [ScenarioNode.Entry]
  ) -> String? {
    for length in stride(from: rest.count, through: 2, by: -1) {
      let joined = rest.prefix(length).joined(separator: ".")
      guard let entry = entries.first(where: { $0.key == joined }) else { continue }
      return path(rest.dropFirst(length), in: entry.value, after: joined)
    }
    return nil
  }

  /// The names behind one, those that are there in one piece quoted as a whole.
  private static func path(
    _ rest: ArraySlice<String>, in node: ScenarioNode, after name: String
  ) -> String {
    var (path, node, rest) = (KeyPathNames.appending(name, to: ""), Optional(node), rest)
    while !rest.isEmpty {
      let entries = node?.entries ?? []
      let lengths = stride(from: rest.count, through: 1, by: -1)
      let length = lengths.first { length in
        entries.contains { $0.key == rest.prefix(length).joined(separator: ".") }
      }
      let next = rest.prefix(length ?? 1).joined(separator: ".")
      path = KeyPathNames.appending(next, to: path)
      node = entries.first { $0.key == next }?.value
      rest = rest.dropFirst(length ?? 1)
    }
    return path
  }
}

extension ScenarioError {
  /// The problem as one of a text that has no lines: places inside it become `location`.
  fileprivate func problem(at location: SourceLocation) -> Problem {
    if case .duplicateKey = problem { .duplicateKey(first: location) } else { problem }
  }
}
