// SPDX-License-Identifier: GPL-3.0-or-later

/// The files of one scenario, each extending the next.
struct FileChain {
  /// How the files are read.
  let reader: FileReader
  /// The files that were read, the scenario first.
  private(set) var files: [ScenarioFile] = []

  private var roots: [ScenarioNode] = []
  private var paths: [String] = []

  /// No files yet.
  init(reader: FileReader) {
    self.reader = reader
  }

  /// Reads the file at `path` and all that it extends; stops at the first file that is wrong.
  mutating func read(from path: String, into diagnostics: inout Diagnostics) {
    var next: (path: String, asked: SourceLocation)? = (path, ScenarioText.fileStart(path))
    while let (path, asked) = next {
      let keyPath = paths.isEmpty ? "" : "extends"
      let normalized = ScenarioText.path(path, relativeTo: "")
      if let first = paths.firstIndex(of: normalized) {
        diagnostics.report(
          .extendsCycle(Array(paths[first...]) + [normalized]), at: asked, keyPath: keyPath)
        return
      }
      guard paths.count < ScenarioText.chainLimit else {
        diagnostics.report(
          .rule(.file, "more than \(ScenarioText.chainLimit) files extend one another"), at: asked,
          keyPath: keyPath)
        return
      }
      paths.append(normalized)
      guard let root = parsed(path, asked: asked, keyPath: keyPath, into: &diagnostics) else {
        return
      }
      let whole = including(root, from: path, keyPath: "", depth: 0, into: &diagnostics)
      next = take(whole, from: path, into: &diagnostics)
    }
  }

  /// All files as one tree; `nil` before any was read.
  func merged() -> ScenarioNode? {
    guard var tree = roots.last else { return nil }
    for child in roots.dropLast().reversed() { tree = tree.merged(with: child) }
    return tree
  }

  /// Keeps a file's tree, without `extends`.
  ///
  /// - Returns: the file it extends, where it extends one.
  private mutating func take(
    _ root: ScenarioNode, from path: String, into diagnostics: inout Diagnostics
  ) -> (path: String, asked: SourceLocation)? {
    var root = root
    let parent = root.removeEntry("extends")?.value
    roots.append(root)
    guard let parent, !parent.isNull else { return nil }
    guard case .scalar(let relative) = parent.content, !relative.isEmpty else {
      diagnostics.report(
        .wrongKind(found: parent.kind, expected: "the path of a scenario file"),
        at: parent.location, keyPath: "extends")
      return nil
    }
    return (ScenarioText.path(relative, relativeTo: path), parent.location)
  }

  // MARK: Fragments

  /// The tree with the fragments that its mappings include; what stands beside an `include` goes first.
  ///
  /// - Complexity: O(nodes) of the tree and the fragments.
  private mutating func including(
    _ node: ScenarioNode, from path: String, keyPath: String, depth: Int,
    into diagnostics: inout Diagnostics
  ) -> ScenarioNode {
    guard var entries = node.entries else { return node }
    for index in entries.indices where entries[index].key != "include" {
      entries[index].value = including(
        entries[index].value, from: path,
        keyPath: KeyPathNames.appending(entries[index].key, to: keyPath), depth: depth,
        into: &diagnostics)
    }
    var own = ScenarioNode(.mapping(entries), at: node.location)
    guard let include = own.removeEntry("include")?.value, !include.isNull else { return own }
    let place = KeyPathNames.appending("include", to: keyPath)
    guard case .scalar(let relative) = include.content, !relative.isEmpty else {
      diagnostics.report(
        .wrongKind(found: include.kind, expected: "the path of a fragment"),
        at: include.location, keyPath: place)
      return own
    }
    guard depth < Self.includeDepth else {
      diagnostics.report(
        .rule(.file, "more than \(Self.includeDepth) fragments include one another"),
        at: include.location, keyPath: place)
      return own
    }
    let fragment = ScenarioText.path(relative, relativeTo: path)
    guard
      var root = parsed(fragment, asked: include.location, keyPath: place, into: &diagnostics)
    else { return own }
    guard root.removeEntry("plimsoll_fragment") != nil else {
      diagnostics.report(
        .rule(.file, "'\(fragment)' is no fragment: it lacks plimsoll_fragment: 1"),
        at: include.location, keyPath: place)
      return own
    }
    // Where its numbers come from is for readers; what it says is the scenario's.
    _ = root.removeEntry("provenance")
    let whole = including(
      root, from: fragment, keyPath: keyPath, depth: depth + 1, into: &diagnostics)
    own = whole.merged(with: own)
    return own
  }

  /// How many fragments may include one another in a row.
  private static let includeDepth = 8

  private mutating func parsed(
    _ path: String, asked: SourceLocation, keyPath: String, into diagnostics: inout Diagnostics
  ) -> ScenarioNode? {
    do {
      return try parse(path, asked: asked, keyPath: keyPath)
    } catch {
      for error in error.errors { diagnostics.report(error) }
      return nil
    }
  }

  private mutating func parse(
    _ path: String, asked: SourceLocation, keyPath: String
  ) throws(ScenarioErrors) -> ScenarioNode {
    let text: String
    do {
      text = try ScenarioBytes.text(of: try bytes(path, asked: asked, keyPath: keyPath), file: path)
    } catch {
      throw ScenarioErrors([error])
    }
    files.append(ScenarioFile(path: path, text: text))
    let root = try ScenarioNode.parse(text, file: path)
    guard root.entries != nil else {
      let problem = ScenarioError.Problem.wrongKind(
        found: root.kind, expected: "a mapping of the scenario's parts")
      throw ScenarioErrors([ScenarioError(problem, at: root.location, keyPath: "")])
    }
    return root
  }

  private func bytes(
    _ path: String, asked: SourceLocation, keyPath: String
  ) throws(ScenarioError) -> [UInt8] {
    do {
      return try reader.read(path)
    } catch {
      switch error {
      case .missing: throw ScenarioError(.missingFile(path), at: asked, keyPath: keyPath)
      case .folder: throw ScenarioError(.folder(path), at: asked, keyPath: keyPath)
      case .unreadable(let reason):
        throw ScenarioError(
          .rule(.file, "the file '\(path)' cannot be read: \(reason)"), at: asked, keyPath: keyPath)
      }
    }
  }
}
