// SPDX-License-Identifier: GPL-3.0-or-later

/// A mapping with known keys, read key by key; `finish` reports the keys nobody asked for.
///
/// Every reading answers `nil` where the key is absent or wrong. A required key that is absent is
/// an error; a key whose value is null counts as absent.
package struct MappingReader: Equatable, Sendable {
  /// Whether a key has to be there.
  package enum Need: Equatable, Sendable {
    /// Its absence is an error.
    case required
    /// Its absence is an answer.
    case optional
  }

  /// Where the mapping was written.
  package let location: SourceLocation
  /// The names that lead to the mapping; empty for the scenario as a whole.
  package let keyPath: String
  /// What the table of keys says of the mapping; `nil` for a file that is not in it.
  package let shape: KeyShape?

  private let entries: [ScenarioNode.Entry]
  private var asked: [String] = []
  /// Required keys that are missing, and how many errors there were before it was said of each.
  private var missing: [Missing] = []

  private struct Missing: Equatable, Sendable {
    let key: String
    let number: Int
  }

  /// A reader of the entries of the mapping that `keyPath` leads to.
  package init(
    _ entries: [ScenarioNode.Entry], at location: SourceLocation, keyPath: String,
    shape: KeyShape? = nil
  ) {
    self.shape = shape
    self.entries = entries
    self.location = location
    self.keyPath = keyPath
  }

  /// A reader of a whole file.
  package init(_ file: LoadedScenario, shape: KeyShape? = nil) {
    self.init(
      file.root.entries ?? [], at: file.root.location, keyPath: "",
      shape: shape)
  }

  /// Whether the key is there with a value; counts as asking for it.
  package mutating func has(_ key: String) -> Bool {
    note(key)
    return entries.contains { $0.key == key && !$0.value.isNull }
  }

  /// Whether the key is there with a value; does not count as asking for it.
  package func isGiven(_ key: String) -> Bool {
    entries.contains { $0.key == key && !$0.value.isNull }
  }

  /// The value of a key as it was written; does not count as asking for it.
  package func raw(_ key: String) -> ScenarioNode? {
    entries.first { $0.key == key && !$0.value.isNull }?.value
  }

  /// Whether the value of a key is a mapping; does not count as asking for it.
  package func isMapping(_ key: String) -> Bool {
    entries.first { $0.key == key }?.value.entries != nil
  }

  /// Whether the value of a key is a list; does not count as asking for it.
  package func isSequence(_ key: String) -> Bool {
    guard let entry = entries.first(where: { $0.key == key }) else { return false }
    if case .sequence = entry.value.content { return true }
    return false
  }

  /// The value of a key, of whatever kind it is.
  package mutating func node(
    _ key: String, _ need: Need = .required, into diagnostics: inout Diagnostics
  ) -> ValueReader? {
    note(key)
    let path = KeyPathNames.appending(key, to: keyPath)
    guard let entry = entries.first(where: { $0.key == key }), !entry.value.isNull else {
      if need == .required {
        missing.append(Missing(key: key, number: diagnostics.count))
        diagnostics.report(
          .missingKey, at: self.location(of: key), keyPath: path,
          code: isAlwaysRequired(key) ? .missingKey : .needed)
      }
      return nil
    }
    return ValueReader(entry.value, keyPath: path, shape: shape?.value(of: key))
  }

  /// Where the value of a key was written; of an absent key, where the mapping was.
  package func location(of key: String) -> SourceLocation {
    entries.first { $0.key == key }?.value.location ?? location
  }

  /// Notes an error about a value that could be read and does not make sense.
  package func report(
    _ problem: ScenarioError.Problem, of key: String, into diagnostics: inout Diagnostics
  ) {
    diagnostics.report(
      problem, at: location(of: key), keyPath: KeyPathNames.appending(key, to: keyPath))
  }

  /// Reports every key that was never asked for; those asked for are named as allowed.
  ///
  /// A required key that is missing and was written in another spelling is one error, that of the spelling.
  package func finish(into diagnostics: inout Diagnostics) {
    diagnostics.know(asked.map { KeyPathNames.appending($0, to: keyPath) })
    for key in asked where shape != nil && shape?.value(of: key) == nil {
      diagnostics.note(untabled: KeyPathNames.appending(key, to: keyPath))
    }
    for entry in entries where !asked.contains(entry.key) {
      let nearest =
        nearestKey(to: entry.key, among: missing.map(\.key))
        ?? nearestKey(to: entry.key, among: asked)
      if let wanted = missing.first(where: { $0.key == nearest }) {
        diagnostics.takeBack(
          missing: KeyPathNames.appending(wanted.key, to: keyPath), notedAs: wanted.number)
      }
      diagnostics.report(
        .unknownKey(nearest: nearest, allowed: asked), at: entry.keyLocation,
        keyPath: KeyPathNames.appending(entry.key, to: keyPath), code: code(ofUnknown: entry.key))
    }
  }

  /// Whether a key is one without which no such file is read; else something here needs it.
  private func isAlwaysRequired(_ key: String) -> Bool {
    guard let shape else { return true }
    return shape.keys.contains { $0.name == key && $0.isRequired }
  }

  /// A key that the mapping may have beside others, a name that nothing has, or a key that there never is.
  private func code(ofUnknown key: String) -> ErrorCode {
    guard let shape else { return .unknownKey }
    if shape.keys.contains(where: { $0.name == key }) { return .conflict }
    return shape.hasFreeNames ? .reference : .unknownKey
  }

  private mutating func note(_ key: String) {
    if !asked.contains(key) { asked.append(key) }
  }
}
