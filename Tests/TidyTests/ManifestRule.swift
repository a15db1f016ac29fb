// SPDX-License-Identifier: GPL-3.0-or-later

/// Each import of a target of ours is a dependency that the manifest gives the importing target.
///
/// The build's own import check accepts a target that is reached only through another.
struct ManifestRule {
  /// The names that the manifest gives each target to depend on.
  let dependencies: [String: [String]]

  /// Reads the calls `house`, `tests`, `.executableTarget` and the like, as they are written there.
  init(manifest: String) {
    var found: [String: [String]] = [:]
    var names: [String]?
    var isInList = false
    for line in manifest.split(separator: "\n") {
      var text = line.drop { $0 == " " }
      if text.hasPrefix("//") { continue }
      for opening in ["house(", "tests(", ".target(", ".executableTarget(", ".testTarget("]
      where text.hasPrefix(opening) {
        names = []
        isInList = false
        text = text.dropFirst(opening.count)
      }
      guard names != nil else { continue }
      let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
      for (index, piece) in pieces.enumerated() {
        if index.isMultiple(of: 2) {
          if piece.contains("[") { isInList = true }
          guard isInList, piece.contains("]") else { continue }
          if let target = names?.first { found[target] = Array(names?.dropFirst() ?? []) }
          names = nil
          break
        }
        names?.append(String(piece))
      }
    }
    dependencies = found
  }

  /// The first file of each target that the manifest does not have, so that nothing builds it.
  func missingTargets(of files: [SourceFile]) -> [Violation] {
    var seen: Set<String> = []
    return files.filter { dependencies[$0.target] == nil && seen.insert($0.target).inserted }
      .map { $0.violation(line: 1, "the manifest has no target \($0.target)") }
  }

  /// Where a file imports a target that its own does not declare.
  func violations(in file: SourceFile) -> [Violation] {
    guard let declared = dependencies[file.target] else { return [] }
    return ImportStatement.all(in: file).compactMap { statement in
      let module = statement.module
      guard dependencies[module] != nil, !declared.contains(module) else { return nil }
      return file.violation(
        line: statement.line, "imports \(module), which the manifest does not give \(file.target)")
    }
  }
}
