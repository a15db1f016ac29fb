// SPDX-License-Identifier: GPL-3.0-or-later

/// A value of a scenario file, with the place where it was written.
///
/// Unlike a plain YAML tree it keeps the order of keys and, after files are merged, the place of
/// each value, so that an error found late can still point at its cause.
package struct ScenarioNode: Equatable, Sendable {
  /// What a node holds.
  package enum Content: Equatable, Sendable {
    /// Named values in the order written; no name occurs twice.
    case mapping([Entry])
    /// A list of values.
    case sequence([ScenarioNode])
    /// A single value as text; how it reads is up to whoever asks for it.
    case scalar(String)
    /// No value: `null`, `~` or nothing at all.
    case null
  }

  /// One named value of a mapping.
  package struct Entry: Equatable, Sendable {
    /// The name.
    package let key: String
    /// Where the name was written.
    package let keyLocation: SourceLocation
    /// What the name stands for.
    package var value: ScenarioNode

    /// A named value.
    package init(key: String, keyLocation: SourceLocation, value: ScenarioNode) {
      self.key = key
      self.keyLocation = keyLocation
      self.value = value
    }
  }

  /// What the node holds.
  package var content: Content
  /// Where the node was written; of a mapping in block style, the place of its first key.
  package let location: SourceLocation

  /// A node written at `location`.
  package init(_ content: Content, at location: SourceLocation) {
    self.content = content
    self.location = location
  }

  /// Whether the node stands for the absence of a value.
  package var isNull: Bool { content == .null }

  /// The entries of a mapping; `nil` for anything else.
  package var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The value of `key`; `nil` where the node is no mapping or has no such key.
  ///
  /// - Complexity: linear in the number of entries.
  package func value(of key: String) -> ScenarioNode? {
    entries?.first { $0.key == key }?.value
  }

  /// What the node is, as a message says it: "a mapping", "a list", "nothing" or the text itself.
  package var kind: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let text): ScenarioError.quoted(text)
    case .null: "nothing"
    }
  }

  /// The same node, every part of it placed at `location`.
  func relocated(to location: SourceLocation) -> ScenarioNode {
    switch content {
    case .mapping(let entries):
      let moved = entries.map {
        Entry(key: $0.key, keyLocation: location, value: $0.value.relocated(to: location))
      }
      return ScenarioNode(.mapping(moved), at: location)
    case .sequence(let items):
      return ScenarioNode(.sequence(items.map { $0.relocated(to: location) }), at: location)
    case .scalar, .null:
      return ScenarioNode(content, at: location)
    }
  }
}
