// SPDX-License-Identifier: GPL-3.0-or-later

internal import Yams

/// Turns the parser's tree into scenario nodes: resolves aliases, checks keys, keeps the limits.
struct TreeBuilder {
  /// How deep mappings and lists may nest.
  static let depthLimit = 64
  /// How many values a document may hold, what aliases stand for included.
  static let nodeLimit = 100_000
  /// How many keys one mapping may have; files are merged by comparing all pairs.
  static let keyLimit = 10_000
  /// How many anchors a document may have.
  static let anchorLimit = 1_000

  /// The file that the document is from.
  let file: String
  /// What stands for `*` in the parsed text.
  var placeholder: Unicode.Scalar = "*"
  /// Keys whose name in the parsed text is not the one written.
  var renamed: [ParsedYAML.RenamedKey] = []
  /// What was wrong.
  var diagnostics = Diagnostics()

  private var anchors: [(name: String, built: Built)] = []
  private var nodeCount = 0
  private var isOverLimit = false

  /// A node with its size, which an alias to it adds to the document again.
  private struct Built {
    var node: ScenarioNode
    var nodeCount: Int
    var height: Int
  }

  /// A builder for a document of `file`.
  init(file: String) {
    self.file = file
  }

  /// The scenario tree of a document; `nil` where there is no document or it breaks a limit.
  mutating func tree(from document: Node?) -> ScenarioNode? {
    guard let document else { return nil }
    return build(document, keyPath: "", depth: 1)?.node
  }

  private mutating func build(_ node: Node, keyPath: String, depth: Int) -> Built? {
    let place = location(of: node)
    guard admit(nodes: 1, depth: depth, at: place, keyPath: keyPath) else { return nil }
    refuseTag(of: node, isKey: false, at: place, keyPath: keyPath)
    var built = Built(node: ScenarioNode(.null, at: place), nodeCount: 1, height: 1)
    switch node {
    case .scalar(let scalar):
      if let name = aliasName(scalar) {
        nodeCount -= 1
        return resolve(name, at: place, keyPath: keyPath, depth: depth)
      }
      let isNull = scalar.style == .plain && Self.nullTexts.contains(scalar.string)
      if !isNull { built.node.content = .scalar(restored(scalar.string)) }
    case .sequence(let sequence):
      var items: [ScenarioNode] = []
      for (position, item) in sequence.enumerated() {
        let path = KeyPathNames.appending(position: position, to: keyPath)
        guard let child = build(item, keyPath: path, depth: depth + 1) else { return nil }
        items.append(child.node)
        built.nodeCount += child.nodeCount
        built.height = max(built.height, child.height + 1)
      }
      built.node.content = .sequence(items)
    case .mapping(let mapping):
      guard fill(&built, with: mapping, keyPath: keyPath, depth: depth) else { return nil }
    case .alias:
      diagnostics.report(.syntax("an alias here"), at: place, keyPath: keyPath)
    }
    remember(built, as: node.anchor?.rawValue)
    return isOverLimit ? nil : built
  }

  /// Adds the entries of a mapping; false once a limit is broken.
  private mutating func fill(
    _ built: inout Built, with mapping: Node.Mapping, keyPath: String, depth: Int
  ) -> Bool {
    guard mapping.count <= Self.keyLimit else {
      refuse("more than \(Self.keyLimit) keys in one mapping", at: built.node.location)
      return false
    }
    var entries: [ScenarioNode.Entry] = []
    var names = SortedNames()
    for (keyNode, valueNode) in mapping {
      let place = location(of: keyNode)
      let key = name(of: keyNode, at: place, keyPath: keyPath)
      let path = KeyPathNames.appending(key ?? "?", to: keyPath)
      guard let value = build(valueNode, keyPath: path, depth: depth + 1) else { return false }
      built.nodeCount += value.nodeCount
      built.height = max(built.height, value.height + 1)
      guard let key else { continue }
      if let first = names.insert(key, at: entries.count) {
        diagnostics.report(
          .duplicateKey(first: entries[first].keyLocation), at: place, keyPath: path)
      } else {
        entries.append(ScenarioNode.Entry(key: key, keyLocation: place, value: value.node))
      }
    }
    built.node.content = .mapping(entries)
    return true
  }

  /// The text of a key; `nil`, with an error, where it is no plain name.
  private mutating func name(
    of node: Node, at place: SourceLocation, keyPath: String
  ) -> String? {
    if let original = renamed.first(where: { $0.line == place.line && $0.column == place.column }) {
      return original.name
    }
    guard case .scalar(let scalar) = node else {
      diagnostics.report(
        .wrongKind(found: "a list or a mapping as key", expected: "a name"), at: place,
        keyPath: keyPath)
      return nil
    }
    let text = restored(scalar.string)
    refuseTag(
      of: node, isKey: true, at: place, keyPath: KeyPathNames.appending(text, to: keyPath))
    if let alias = aliasName(scalar) {
      diagnostics.report(
        .wrongKind(
          found: "the alias \(ScenarioError.quoted("*\(restored(alias))")) as key",
          expected: "a name"), at: place, keyPath: keyPath)
      return nil
    }
    if scalar.style == .plain, text == "<<" || text.isEmpty {
      let reason = text.isEmpty ? "a key without a name" : "the merge key '<<'"
      diagnostics.report(
        .wrongKind(found: reason, expected: "a name"), at: place, keyPath: keyPath)
      return nil
    }
    let node = ScenarioNode(.scalar(text), at: place)
    remember(Built(node: node, nodeCount: 1, height: 1), as: scalar.anchor?.rawValue)
    return text
  }

  private mutating func resolve(
    _ name: String, at place: SourceLocation, keyPath: String, depth: Int
  ) -> Built? {
    guard let target = anchors.last(where: { $0.name == name })?.built else {
      let anchor = ScenarioError.quoted("&\(restored(name))")
      diagnostics.report(
        .syntax("there is no anchor \(anchor) above this alias"), at: place, keyPath: keyPath)
      return Built(node: ScenarioNode(.null, at: place), nodeCount: 1, height: 1)
    }
    let depth = depth + target.height - 1
    guard admit(nodes: target.nodeCount, depth: depth, at: place, keyPath: keyPath) else {
      return nil
    }
    return target
  }

  /// Reports a tag such as `!!int`: what a value is read as, its key decides.
  ///
  /// The parser itself gives quoted texts the tag of a string, and keys too when it compares them.
  private mutating func refuseTag(
    of node: Node, isKey: Bool, at place: SourceLocation, keyPath: String
  ) {
    let standard = "tag:yaml.org,2002:"
    let name: String
    switch node {
    case .scalar(let scalar):
      name = scalar.tag.description
      if name == "\(standard)str", isKey || scalar.style != .plain { return }
    case .sequence(let sequence): name = sequence.tag.description
    case .mapping(let mapping): name = mapping.tag.description
    case .alias: return
    }
    guard !name.isEmpty else { return }
    let written = name.hasPrefix(standard) ? "!!\(name.dropFirst(standard.count))" : name
    diagnostics.report(
      .wrongKind(
        found: "the tag \(ScenarioError.quoted(restored(written)))",
        expected: "values without tags"),
      at: place, keyPath: keyPath)
  }

  /// Counts nodes towards the limits; reports only the first time that one is broken.
  private mutating func admit(
    nodes: Int, depth: Int, at place: SourceLocation, keyPath: String
  ) -> Bool {
    nodeCount += nodes
    guard !isOverLimit else { return false }
    if depth > Self.depthLimit {
      refuse("nested deeper than \(Self.depthLimit) levels", at: place)
    } else if nodeCount > Self.nodeLimit {
      refuse("more than \(Self.nodeLimit) values, aliases counted each time", at: place)
    }
    return !isOverLimit
  }

  private mutating func refuse(_ reason: String, at place: SourceLocation) {
    diagnostics.report(.other(reason), at: place, keyPath: "")
    isOverLimit = true
  }

  /// Keeps what an anchor names; of two anchors of one name, later aliases mean the later.
  private mutating func remember(_ built: Built, as anchor: String?) {
    guard let anchor, !isOverLimit else { return }
    anchors.append((anchor, built))
    if anchors.count > Self.anchorLimit {
      refuse("more than \(Self.anchorLimit) anchors", at: built.node.location)
    }
  }

  private func location(of node: Node) -> SourceLocation {
    SourceLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  /// The anchor that a plain scalar refers to, where it is a hidden alias.
  private func aliasName(_ scalar: Node.Scalar) -> String? {
    guard scalar.style == .plain, scalar.string.unicodeScalars.first == placeholder else {
      return nil
    }
    return String(scalar.string.unicodeScalars.dropFirst())
  }

  private func restored(_ text: String) -> String {
    guard text.unicodeScalars.contains(placeholder) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { scalars.append(scalar == placeholder ? "*" : scalar) }
    return String(scalars)
  }

  private static let nullTexts = ["", "~", "null", "Null", "NULL"]
}
