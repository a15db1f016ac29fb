// SPDX-License-Identifier: GPL-3.0-or-later

extension ScenarioNode {
  /// Reads a YAML document into a tree.
  ///
  /// Anchors and aliases are resolved here, and what an alias stands for counts towards the limits;
  /// a tag is an error.
  ///
  /// - Throws: what is wrong with the text; several errors only for several duplicate keys.
  static func parse(_ text: String, file: String) throws(ScenarioErrors) -> ScenarioNode {
    var builder = TreeBuilder(file: file)
    let root: ScenarioNode?
    do {
      root = try ParsedYAML.withRoot(of: text, file: file) { document, placeholder, renamed in
        builder.placeholder = placeholder
        builder.renamed = renamed
        return builder.tree(from: document)
      }
    } catch {
      throw ScenarioErrors([error])
    }
    try builder.diagnostics.throwIfAny()
    guard let root, !root.isNull else {
      throw ScenarioErrors([
        ScenarioError(
          .other("there is nothing in the file"),
          at: SourceLocation(file: file, line: 1, column: 1), keyPath: "")
      ])
    }
    return root
  }
}
