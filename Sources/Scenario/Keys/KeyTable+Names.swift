// SPDX-License-Identifier: GPL-3.0-or-later

/// Paths that are half written, for completion.
extension KeyTable {
  /// A name that may stand next in a path.
  package struct NextName: Equatable, Sendable {
    /// The name, quoted where it has to be.
    package let text: String
    /// Whether it leads to other names.
    package let leadsOn: Bool
  }

  /// A path without its last name, which may be half written.
  package static func parent(of path: String) -> String {
    var isQuoted = false
    var end: String.Index?
    for index in path.indices {
      if path[index] == "\"" { isQuoted.toggle() }
      if path[index] == ".", !isQuoted { end = index }
    }
    return end.map { String(path[..<$0]) } ?? ""
  }

  /// What a scenario has at a path.
  package static func node(at path: String, in root: ScenarioNode) -> ScenarioNode? {
    guard !path.isEmpty else { return root }
    return KeyPathNames.names(in: path[...])?.reduce(Optional(root)) { node, name in
      node?.value(of: name)
    }
  }

  /// The names that may stand in a mapping: its keys; where names are free, those of a scenario, else the general one.
  package static func names(of shape: KeyShape, in node: ScenarioNode?) -> [NextName] {
    shape.alternatives.flatMap { shape -> [NextName] in
      switch shape {
      case .mapping(let keys), .choice(let keys):
        return keys.map { NextName(text: $0.name, leadsOn: $0.shape.leadsOn) }
      case .named(let general, let shape, let names):
        let written = node?.entries?.map(\.key) ?? []
        var own = written.isEmpty ? [general] : written
        if case .words(let words) = names { own = words }
        return own.map {
          NextName(text: KeyPathNames.appending($0, to: ""), leadsOn: shape.leadsOn)
        }
      default: return []
      }
    }
  }
}

extension KeyShape {
  /// Whether it holds other keys and no single value.
  fileprivate var leadsOn: Bool {
    alternatives.allSatisfy { shape in
      switch shape {
      case .mapping, .choice, .named: true
      default: false
      }
    }
  }
}

extension KeyEntry {
  /// The key as JSON, without those of its mapping.
  package var json: SchemaNode {
    .object([
      "path": .text(path), "type": .text(key.shape.typeText.replacing("`", with: "")),
      "required": .truth(key.isRequired),
      "default": key.isRequired || key.standard.isEmpty
        ? .null : .text(KeyDefinition.plain(key.standard).replacing("`", with: "")),
      "unit": key.shape.unitText.map { .text($0) } ?? .null,
      "meaning": .text(key.plainMeaning), "example": .text(key.example),
    ])
  }

  /// The key as JSON, with the names of the keys of its mapping.
  package var explainedJSON: SchemaNode {
    json.adding(["keys": .texts(key.shape.keys.map(\.name))])
  }
}

extension KeyShape {
  /// The units that its values are written with; `nil` where they have none.
  package var unitText: String? {
    for shape in alternatives {
      guard case .quantity(let kind) = shape, let units = kind.units else { continue }
      return units
    }
    return nil
  }
}

extension QuantityKind {
  /// The units that are read.
  package var units: String? {
    switch name {
    case "time": "w, d, h, min or m, s, ms, us, ns; 0 needs none"
    case "step time": "s, ms, us, ns, ps, fs"
    case "share": "%, or none: 60% is 0.6"
    case "rate": "/s, /min, /h, /d"
    case "hourly price", "hourly amount": "USD/h"
    case "monthly amount": "USD/month"
    case "amount": "USD"
    case "bytes": "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"
    case "bandwidth": "B/s, kB/s, MB/s, GB/s, TB/s, KiB/s, MiB/s, GiB/s, TiB/s"
    default: nil
    }
  }
}
