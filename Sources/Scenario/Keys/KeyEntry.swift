// SPDX-License-Identifier: GPL-3.0-or-later

/// A key with the path that leads to it: `fleet.POOL.machines`.
package struct KeyEntry: Equatable, Sendable {
  /// The path, free names in capitals and places in lists as `[]`.
  package let path: String
  /// The key; of what stands under a free name, such as `fleet.POOL`, a key of that name.
  package let key: KeyDefinition
  /// Whether it is a name of the user's own.
  package let isName: Bool
}

extension KeyTable {
  /// Every key, with those of its mapping behind it.
  ///
  /// - Parameter laws: whether the parameters of laws are among them, at each place that takes a law.
  package static func entries(laws: Bool = false) -> [KeyEntry] {
    entries(of: scenario, at: "", laws: laws)
  }

  /// The keys below a path, with those of their mappings behind them.
  package static func entries(of shape: KeyShape, at path: String, laws: Bool) -> [KeyEntry] {
    if case .law = shape, !laws { return [] }
    return shape.alternatives.flatMap { shape -> [KeyEntry] in
      switch shape {
      case .mapping(let keys), .choice(let keys):
        return keys.flatMap { key in
          let place = path.isEmpty ? key.name : "\(path).\(key.name)"
          return [KeyEntry(path: place, key: key, isName: false)]
            + entries(of: key.shape, at: place, laws: laws)
        }
      case .named(let name, let shape, _):
        let place = "\(path).\(name)"
        return [named(name, shape, at: place)] + entries(of: shape, at: place, laws: laws)
      case .list(let item, _): return entries(of: item, at: "\(path)[]", laws: laws)
      default: return []
      }
    }
  }

  private static func named(_ name: String, _ shape: KeyShape, at path: String) -> KeyEntry {
    KeyEntry(
      path: path, key: .may(name, shape, "a name of your own in place of \(name)"), isName: true)
  }

  // MARK: Finding

  /// What stands at a path, or the nearest path that there is.
  package enum Found: Equatable, Sendable {
    /// The key, the names that it was asked by in its path.
    case entry(KeyEntry)
    /// No key; the nearest path, and the keys of the mapping in which it was looked for.
    case nothing(nearest: String?, beside: [String])
  }

  /// Finds a key by its path, with any names where names are free: `fleet.gpu.machines`, `fleet.POOL.machines`.
  ///
  /// A free name with points in it needs no quotation marks here.
  package static func find(_ path: String) -> Found {
    let text = path.replacing("[]", with: "[0]").replacing("[N]", with: "[0]")
    // No path of the table is as deep; a longer one is not worth its search.
    guard let names = KeyPathNames.names(in: text.prefix(1_000)), names.count <= 32,
      text.utf8.count <= 1_000
    else {
      return .nothing(nearest: nearestPath(to: path), beside: scenario.keys.map(\.name))
    }
    var furthest = Furthest(path: "", shape: scenario, depth: 0)
    if let entry = find(names[...], in: scenario, at: "", depth: 0, &furthest) {
      return .entry(entry)
    }
    let wrong = furthest.depth < names.count ? names[furthest.depth] : ""
    let keys = furthest.shape.keys.map(\.name)
    if let key = nearestKey(to: wrong, among: keys) {
      let place = furthest.path.isEmpty ? key : "\(furthest.path).\(key)"
      return .nothing(nearest: place, beside: keys)
    }
    return .nothing(nearest: nearestPath(to: path), beside: keys)
  }

  /// How far a search came.
  private struct Furthest {
    var path: String
    var shape: KeyShape
    var depth: Int
  }

  private static func find(
    _ names: ArraySlice<String>, in shape: KeyShape, at path: String, depth: Int,
    _ furthest: inout Furthest
  ) -> KeyEntry? {
    if depth > furthest.depth { furthest = Furthest(path: path, shape: shape, depth: depth) }
    guard let name = names.first else { return nil }
    let rest = names.dropFirst()
    for alternative in shape.alternatives {
      switch alternative {
      case .mapping(let keys), .choice(let keys):
        guard let key = keys.first(where: { $0.name == name }) else { continue }
        let place = KeyPathNames.appending(name, to: path)
        if rest.isEmpty { return KeyEntry(path: place, key: key, isName: false) }
        if let entry = find(rest, in: key.shape, at: place, depth: depth + 1, &furthest) {
          return entry
        }
      case .named(let general, let shape, let allowed):
        for length in 1...names.count {
          let own = names.prefix(length).joined(separator: ".")
          guard own == general || allowed.contains(own) else { continue }
          let place = KeyPathNames.appending(own, to: path)
          let rest = names.dropFirst(length)
          if rest.isEmpty {
            // No key begins with a digit: what does goes on with the name, as in p5.48xlarge.
            let isOne = names.prefix(length).dropFirst().allSatisfy { $0.first?.isNumber == true }
            return isOne ? named(general, shape, at: place) : nil
          }
          if let entry = find(rest, in: shape, at: place, depth: depth + length, &furthest) {
            return entry
          }
        }
      case .list(let item, _):
        guard name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
          continue
        }
        let place = "\(path)[\(name)]"
        if rest.isEmpty {
          return KeyEntry(
            path: place, key: .may("[]", item, "an item of the list"), isName: true)
        }
        if let entry = find(rest, in: item, at: place, depth: depth + 1, &furthest) {
          return entry
        }
      default: continue
      }
    }
    return nil
  }

  /// The path that somebody means who writes another: one that ends so, else the nearest in spelling.
  private static func nearestPath(to path: String) -> String? {
    let paths = entries().map(\.path)
    let last = path.split(separator: ".").last.map(String.init) ?? path
    return paths.first { $0.hasSuffix(".\(path)") } ?? nearestKey(to: path, among: paths)
      ?? paths.first { $0 == last || $0.hasSuffix(".\(last)") }
      ?? nearestKey(to: last, among: scenario.keys.map(\.name))
  }
}

extension KeyNames {
  /// Whether a name is one of them.
  package func contains(_ name: String) -> Bool {
    switch self {
    case .any: !name.isEmpty
    case .counts(let range): (try? parseInteger(name)).map { range.contains($0) } ?? false
    case .words(let words): words.contains(name)
    }
  }
}
