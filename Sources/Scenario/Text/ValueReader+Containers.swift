// SPDX-License-Identifier: GPL-3.0-or-later

/// One entry of a mapping whose names the user chooses, or one choice out of several.
package struct NamedValue: Equatable, Sendable {
  /// The name.
  package let name: String
  /// Where the name was written.
  package let nameLocation: SourceLocation
  /// What it names.
  package let value: ValueReader

  /// Notes an error about the name.
  ///
  /// - Parameter code: what kind of mistake it is, where the problem alone does not say so.
  package func report(
    _ problem: ScenarioError.Problem, code: ErrorCode? = nil, into diagnostics: inout Diagnostics
  ) {
    diagnostics.report(problem, at: nameLocation, keyPath: value.keyPath, code: code)
  }
}

extension ValueReader {
  /// The value as a mapping with known keys.
  package func mapping(into diagnostics: inout Diagnostics) -> MappingReader? {
    guard let entries = node.entries else {
      report(.wrongKind(found: node.kind, expected: "a mapping"), into: &diagnostics)
      return nil
    }
    return MappingReader(entries, at: location, keyPath: keyPath, shape: shape)
  }

  /// The value as a list.
  package func sequence(into diagnostics: inout Diagnostics) -> [ValueReader]? {
    guard case .sequence(let items) = node.content else {
      report(.wrongKind(found: node.kind, expected: "a list"), into: &diagnostics)
      return nil
    }
    return items.enumerated().map { position, item in
      ValueReader(
        item, keyPath: KeyPathNames.appending(position: position, to: keyPath), shape: shape?.item)
    }
  }

  /// The value as a mapping whose names are free, in the order written.
  package func entries(into diagnostics: inout Diagnostics) -> [NamedValue]? {
    guard let entries = node.entries else {
      report(.wrongKind(found: node.kind, expected: "a mapping"), into: &diagnostics)
      return nil
    }
    return entries.map { named($0) }
  }

  /// The value as a mapping with exactly one key, out of `names`: `{ weibull: { … } }`.
  package func choice(
    among names: [String], into diagnostics: inout Diagnostics
  ) -> NamedValue? {
    for name in names where shape != nil && shape?.value(of: name) == nil {
      diagnostics.note(untabled: "\(keyPath): the choice \(name)")
    }
    let allowed = "a mapping with exactly one of: \(names.joined(separator: ", "))"
    guard let entries = node.entries else {
      report(.wrongKind(found: node.kind, expected: allowed), into: &diagnostics)
      return nil
    }
    let unknown = entries.filter { !names.contains($0.key) }
    for entry in unknown {
      let nearest = nearestKey(to: entry.key, among: names)
      named(entry).report(.unknownKey(nearest: nearest, allowed: names), into: &diagnostics)
    }
    guard unknown.isEmpty else { return nil }
    guard entries.count == 1, let entry = entries.first else {
      let found = entries.isEmpty ? "none" : entries.map(\.key).joined(separator: ", ")
      report(.wrongKind(found: found, expected: allowed), into: &diagnostics)
      return nil
    }
    diagnostics.know([KeyPathNames.appending(entry.key, to: keyPath)])
    return named(entry)
  }

  private func named(_ entry: ScenarioNode.Entry) -> NamedValue {
    NamedValue(
      name: entry.key, nameLocation: entry.keyLocation,
      value: ValueReader(
        entry.value, keyPath: KeyPathNames.appending(entry.key, to: keyPath),
        shape: shape?.value(of: entry.key)))
  }
}
