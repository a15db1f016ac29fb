// SPDX-License-Identifier: GPL-3.0-or-later

/// The JSON Schema (draft-07) of scenarios, made of the table of keys.
///
/// It has two layers. The first says of each key what it may hold, and lets every key be null or left out, as in a file
/// that extends another. The second says which keys must be there, and holds for files that extend none: it is laid over
/// the first. A mapping with `include` needs nothing, as the fragment may bring it.
///
/// It sees values as YAML 1.2 gives them: `20_000` and `60%` are texts, `on` and `off` too.
package enum KeySchema {
  /// The schema as a JSON document.
  package static var text: String { schema.json + "\n" }

  /// Where editors find the draft.
  private static let draft = "http://json-schema.org/draft-07/schema#"

  /// The schema of a scenario.
  package static var schema: SchemaNode {
    let keys = KeyTable.scenario.keys
    let laws = LawKind.allCases.map { kind in
      SchemaNode.Member(
        name: name(of: kind), value: anyOf(KeyTable.alternatives(of: kind), isInList: false))
    }
    let wholeLaws = LawKind.allCases.map { kind in
      let needs = needs(of: .either(KeyTable.alternatives(of: kind)), isAlone: true)
      return SchemaNode.Member(name: "whole-\(name(of: kind))", value: needs ?? .empty)
    }
    return .object([
      "$schema": .text(draft),
      "title": .text("A scenario of plimsoll"),
      "description": .text(
        "Made by `plimsoll schema`. Rules across keys and files are checked by `plimsoll validate` alone."
      ),
      "type": .text("object"),
      "properties": properties(keys.filter { $0.name != "include" }, isInList: false),
      "additionalProperties": .truth(false),
      "anyOf": .array([
        given("extends"),
        .object(["$ref": .text("#/definitions/whole")]),
      ]),
      "definitions": .object(
        laws + wholeLaws + [
          SchemaNode.Member(
            name: "whole", value: needs(of: KeyTable.scenario, isAlone: true) ?? .empty)
        ]),
    ])
  }

  private static func name(of kind: LawKind) -> String {
    kind.rawValue.split(separator: " ").joined(separator: "-")
  }

  /// A mapping in which a key is there and not null.
  private static func given(_ key: String) -> SchemaNode {
    .object([
      "required": .texts([key]),
      "properties": .object([.init(name: key, value: notNull)]),
    ])
  }

  private static let notNull = SchemaNode.object(["not": .object(["type": .text("null")])])

  // MARK: What keys hold

  private static func properties(_ keys: [KeyDefinition], isInList: Bool) -> SchemaNode {
    var members: [SchemaNode.Member] = []
    for key in keys where !members.contains(where: { $0.name == key.name }) {
      members.append(.init(name: key.name, value: described(key, isInList)))
    }
    // Fragments are taken in where mappings stand in mappings, and not in lists.
    if !isInList { members.append(.init(name: "include", value: include)) }
    return .object(members)
  }

  private static let include = SchemaNode.object([
    "type": .texts(["string", "null"]),
    "description": .text("The keys of a fragment; the keys beside `include` win."),
  ])

  private static func described(_ key: KeyDefinition, _ isInList: Bool) -> SchemaNode {
    let value = value(key.shape, isInList: isInList)
    // In draft-07 nothing counts beside a reference.
    let held = value["$ref"] == nil ? value : .object(["allOf": .array([value])])
    return held.adding([
      "description": .text(key.hover), "examples": .array([key.exampleValue]),
    ])
  }

  /// What a shape allows, null as well where it stands in a mapping.
  private static func value(_ shape: KeyShape, isInList: Bool, orNull: Bool = true) -> SchemaNode {
    func typed(_ types: [String]) -> SchemaNode {
      let types = types + (orNull ? ["null"] : [])
      return SchemaNode.object([
        "type": types.count == 1 ? .text(types[0]) : .texts(types)
      ])
    }
    func typed(_ types: [String], _ more: KeyValuePairs<String, SchemaNode>) -> SchemaNode {
      typed(types).adding(more)
    }
    switch shape {
    case .text, .file: return typed(["string", "number", "boolean"])
    case .count(let range):
      return typed(
        ["integer", "string"],
        [
          "minimum": .number("\(range.lowerBound)"), "maximum": .number("\(range.upperBound)"),
          "pattern": .text(CountPattern.text(range)),
        ])
    case .number(let range):
      let pattern = SchemaNode.text(
        "^[-+]?[0-9](_?[0-9])*(\\.[0-9](_?[0-9])*)?([eE][-+]?[0-9](_?[0-9])*)?$")
      return range.lowerBound.isInfinite
        ? typed(["number", "string"], ["pattern": pattern])
        : typed(
          ["number", "string"],
          [
            "minimum": .number(KeyShape.plain(range.lowerBound)),
            "maximum": .number(KeyShape.plain(range.upperBound)), "pattern": pattern,
          ])
    case .flag:
      return .object([
        "enum": .array(
          [.truth(true), .truth(false)]
            + ["true", "on", "yes", "false", "off", "no"].map { .text($0) }
            + (orNull ? [.null] : []))
      ])
    case .words(let words):
      return .object(["enum": .array(words.map { .text($0) } + (orNull ? [.null] : []))])
    case .quantity(let kind):
      let pattern = SchemaNode.text(kind.pattern)
      guard let bare = kind.bare else { return typed(["string"], ["pattern": pattern]) }
      return typed(
        [bare.isWhole ? "integer" : "number", "string"],
        [
          "minimum": .number(bare.least), "maximum": .number(bare.most), "pattern": pattern,
        ])
    case .law(let kind): return .object(["$ref": .text("#/definitions/\(name(of: kind))")])
    case .list(let item, let range):
      var more: [SchemaNode.Member] = [
        .init(name: "items", value: value(item, isInList: true, orNull: false))
      ]
      if range.lowerBound > 0 {
        more.append(.init(name: "minItems", value: .number("\(range.lowerBound)")))
      }
      if range.upperBound < 100_000 {
        more.append(.init(name: "maxItems", value: .number("\(range.upperBound)")))
      }
      guard case .object(let list) = typed(["array"]) else { return .null }
      return .object(list + more)
    case .mapping(let keys), .choice(let keys):
      return typed(
        ["object"],
        [
          "properties": properties(keys, isInList: isInList),
          "additionalProperties": .truth(false),
        ])
    case .named(_, let shape, let names):
      return named(shape, names, isInList: isInList, typed)
    case .either(let shapes): return anyOf(shapes, isInList: isInList, orNull: orNull)
    }
  }

  private static func named(
    _ shape: KeyShape, _ names: KeyNames, isInList: Bool,
    _ typed: ([String], KeyValuePairs<String, SchemaNode>) -> SchemaNode
  ) -> SchemaNode {
    let held = value(shape, isInList: isInList)
    let included = SchemaNode.object([.init(name: "include", value: include)])
    let none = SchemaNode.truth(false)
    switch names {
    case .any: return typed(["object"], ["properties": included, "additionalProperties": held])
    case .counts(let range):
      return typed(
        ["object"],
        [
          "properties": included, "additionalProperties": none,
          "patternProperties": .object([.init(name: CountPattern.text(range), value: held)]),
        ])
    case .words(let words):
      let members = words.map { SchemaNode.Member(name: $0, value: held) }
      return typed(
        ["object"],
        [
          "properties": .object(members + [.init(name: "include", value: include)]),
          "additionalProperties": none,
        ])
    }
  }

  private static func anyOf(_ shapes: [KeyShape], isInList: Bool, orNull: Bool = true) -> SchemaNode
  {
    .object([
      "anyOf": .array(
        shapes.enumerated().map { position, shape in
          value(shape, isInList: isInList, orNull: orNull && position == 0)
        })
    ])
  }

  // MARK: What must be there

  /// What a value needs in a file that extends none; `nil` where it needs nothing.
  ///
  /// - Parameter isAlone: whether no other kind of mapping may stand in its place.
  private static func needs(of shape: KeyShape, isAlone: Bool) -> SchemaNode? {
    switch shape {
    case .law(let kind):
      return .object(["$ref": .text("#/definitions/whole-\(name(of: kind))")])
    case .either(let shapes):
      let mappings = shapes.filter { !$0.keys.isEmpty || $0.hasFreeNames || $0.item != nil }
      guard mappings.count > 1 else {
        return mappings.first.flatMap { needs(of: $0, isAlone: isAlone) }
      }
      // What a list needs says nothing of a mapping, and the other way round: each is for its own kind.
      return .object([
        "anyOf": .array(
          mappings.map { shape in
            let other = SchemaNode.object([
              "not": .object(["type": .text(shape.item == nil ? "array" : "object")])
            ])
            return .object([
              "allOf": .array([other, needs(of: shape, isAlone: false) ?? .empty])
            ])
          })
      ])
    case .list(let item, _):
      return needs(of: item, isAlone: isAlone).map { .object(["items": $0]) }
    case .named(_, let shape, _):
      let own = needs(of: shape, isAlone: true)
      let held = own.map { SchemaNode.object(["allOf": .array([notNull, $0])]) } ?? notNull
      return orIncluded(
        .object([
          "properties": .object([.init(name: "include", value: .truth(true))]),
          "additionalProperties": held,
        ]))
    case .choice(let keys):
      let members = keys.map { key in
        let own = needs(of: key.shape, isAlone: true)
        return SchemaNode.Member(
          name: key.name, value: own.map { .object(["allOf": .array([notNull, $0])]) } ?? notNull)
      }
      return orIncluded(
        .object([
          "minProperties": .number("1"), "maxProperties": .number("1"),
          "properties": .object(members), "additionalProperties": .truth(false),
        ]))
    case .mapping(let keys):
      return mapping(keys, isAlone: isAlone)
    default: return nil
    }
  }

  private static func mapping(_ keys: [KeyDefinition], isAlone: Bool) -> SchemaNode? {
    var members: [SchemaNode.Member] = []
    for key in keys where !KeyTable.joiningKeys.contains(key.name) {
      let own = needs(of: key.shape, isAlone: true)
      if key.isRequired {
        members.append(
          .init(
            name: key.name,
            value: own.map { .object(["allOf": .array([notNull, $0])]) } ?? notNull))
      } else if let own {
        members.append(.init(name: key.name, value: own))
      } else if !isAlone {
        members.append(.init(name: key.name, value: .truth(true)))
      }
    }
    let required = keys.filter(\.isRequired).map(\.name)
    guard !members.isEmpty else { return nil }
    var needed: [SchemaNode.Member] = []
    if !required.isEmpty { needed.append(.init(name: "required", value: .texts(required))) }
    needed.append(.init(name: "properties", value: .object(members)))
    if !isAlone { needed.append(.init(name: "additionalProperties", value: .truth(false))) }
    return orIncluded(.object(needed))
  }

  /// The needs of a mapping, or a fragment that may bring them.
  private static func orIncluded(_ needs: SchemaNode) -> SchemaNode {
    .object(["anyOf": .array([needs, given("include")])])
  }
}

extension KeyDefinition {
  /// What an editor shows of the key.
  fileprivate var hover: String {
    var text = plainMeaning
    if let first = text.first { text = first.uppercased() + text.dropFirst() }
    text += ". Type: \(shape.typeText)."
    if !standard.isEmpty { text += " Default: \(KeyDefinition.plain(standard))." }
    return text
  }

  /// The example as JSON, where it is a single value; else as text.
  fileprivate var exampleValue: SchemaNode {
    if example.hasPrefix("\""), example.hasSuffix("\"") {
      return .text(String(example.dropFirst().dropLast()))
    }
    if let number = Int(example) { return .number("\(number)") }
    if example == "true" || example == "false" { return .truth(example == "true") }
    return .text(example)
  }
}
