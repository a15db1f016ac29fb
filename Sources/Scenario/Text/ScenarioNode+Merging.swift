// SPDX-License-Identifier: GPL-3.0-or-later

extension ScenarioNode {
  /// This node as the parent of `child`: what a file that `extends` another stands for.
  ///
  /// Mappings merge key by key, the parent's order first and new keys after it; anything else of
  /// the child replaces the parent's. A null removes the parent's key; where the parent has no such
  /// key the null stays, so that a misspelt name is still reported.
  ///
  /// - Complexity: per mapping, the product of both numbers of entries.
  package func merged(with child: ScenarioNode) -> ScenarioNode {
    guard let inherited = entries, let own = child.entries else { return child }
    var merged: [Entry] = []
    for entry in inherited {
      guard let change = own.first(where: { $0.key == entry.key }) else {
        merged.append(entry)
        continue
      }
      guard !change.value.isNull else { continue }
      merged.append(
        Entry(
          key: entry.key, keyLocation: change.keyLocation,
          value: entry.value.merged(with: change.value)))
    }
    for entry in own where !inherited.contains(where: { $0.key == entry.key }) {
      merged.append(entry)
    }
    return ScenarioNode(.mapping(merged), at: child.location)
  }

  /// Takes `key` out of a mapping.
  ///
  /// - Returns: the entry, or `nil` where the node is no mapping or has no such key.
  mutating func removeEntry(_ key: String) -> Entry? {
    guard var entries, let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
    let removed = entries.remove(at: index)
    content = .mapping(entries)
    return removed
  }
}
