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
          .other("more than \(ScenarioText.chainLimit) files extend one another"), at: asked,
          keyPath: keyPath)
        return
      }
      paths.append(normalized)
      do {
        let root = try parse(path, asked: asked, keyPath: keyPath)
        next = take(root, from: path, into: &diagnostics)
      } catch {
        for error in error.errors { diagnostics.report(error) }
        return
      }
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
      case .unreadable(let reason):
        throw ScenarioError(
          .other("the file '\(path)' cannot be read: \(reason)"), at: asked, keyPath: keyPath)
      }
    }
  }
}
