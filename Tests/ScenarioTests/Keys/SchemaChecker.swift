// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// Judges documents by a JSON Schema: those words of draft-07 that ours uses, and no other.
struct SchemaChecker {
  /// One schema, ready to judge.
  private struct Rule {
    var always: Bool?
    var types: [String] = []
    var choices: [SchemaNode]?
    var pattern: NSRegularExpression?
    var least: Double?
    var most: Double?
    var properties: [String: Int] = [:]
    var patterns: [(NSRegularExpression, Int)] = []
    var others: Int?
    var required: [String] = []
    var counts: (least: Int?, most: Int?) = (nil, nil)
    var items: Int?
    var sizes: (least: Int?, most: Int?) = (nil, nil)
    var all: [Int] = []
    var any: [Int]?
    var not: Int?
    var reference: String?
  }

  private var rules: [Rule] = []
  private var definitions: [String: Int] = [:]
  private var expressions: [String: NSRegularExpression] = [:]
  /// Words that it does not know.
  private(set) var unknown: [String] = []
  private var root = 0

  init(_ schema: SchemaNode) {
    if case .object(let members)? = schema["definitions"] {
      for member in members { definitions[member.name] = add(member.value) }
    }
    root = add(schema)
  }

  private mutating func add(_ schema: SchemaNode) -> Int {
    var rule = Rule()
    if case .truth(let always) = schema { rule.always = always }
    if case .object(let members) = schema {
      for member in members { take(member.name, member.value, into: &rule) }
    }
    rules.append(rule)
    return rules.count - 1
  }

  private mutating func take(_ word: String, _ value: SchemaNode, into rule: inout Rule) {
    func texts(_ node: SchemaNode) -> [String] {
      switch node {
      case .text(let text): [text]
      case .array(let items): items.flatMap(texts)
      default: []
      }
    }
    func number(_ node: SchemaNode) -> Double? {
      if case .number(let text) = node { Double(text) } else { nil }
    }
    func all(_ node: SchemaNode) -> [SchemaNode] {
      if case .array(let items) = node { items } else { [] }
    }
    func members(_ node: SchemaNode) -> [SchemaNode.Member] {
      if case .object(let members) = node { members } else { [] }
    }
    switch word {
    case "$schema", "title", "description", "examples", "definitions": break
    case "type": rule.types = texts(value)
    case "enum": rule.choices = all(value)
    case "pattern": rule.pattern = texts(value).first.flatMap { expression($0) }
    case "minimum": rule.least = number(value)
    case "maximum": rule.most = number(value)
    case "properties":
      for member in members(value) { rule.properties[member.name] = add(member.value) }
    case "patternProperties":
      for member in members(value) {
        if let pattern = expression(member.name) {
          rule.patterns.append((pattern, add(member.value)))
        }
      }
    case "additionalProperties": rule.others = add(value)
    case "required": rule.required = texts(value)
    case "minProperties": rule.counts.least = number(value).map { Int($0) }
    case "maxProperties": rule.counts.most = number(value).map { Int($0) }
    case "items": rule.items = add(value)
    case "minItems": rule.sizes.least = number(value).map { Int($0) }
    case "maxItems": rule.sizes.most = number(value).map { Int($0) }
    case "allOf": rule.all = all(value).map { add($0) }
    case "anyOf": rule.any = all(value).map { add($0) }
    case "not": rule.not = add(value)
    case "$ref":
      rule.reference = texts(value).first.map { $0.replacing("#/definitions/", with: "") }
    default: unknown.append(word)
    }
  }

  private mutating func expression(_ pattern: String) -> NSRegularExpression? {
    if let known = expressions[pattern] { return known }
    guard let made = try? NSRegularExpression(pattern: pattern) else {
      unknown.append("pattern \(pattern)")
      return nil
    }
    expressions[pattern] = made
    return made
  }

  // MARK: Judging

  /// Whether a document is right.
  func accepts(_ document: Document) -> Bool { accepts(document, by: root) }

  private func accepts(_ value: Document, by number: Int) -> Bool {
    let rule = rules[number]
    if let always = rule.always { return always }
    if let name = rule.reference {
      return definitions[name].map { accepts(value, by: $0) } ?? false
    }
    return rule.all.allSatisfy { accepts(value, by: $0) }
      && (rule.any?.contains { accepts(value, by: $0) } ?? true)
      && !(rule.not.map { accepts(value, by: $0) } ?? false) && holds(value, rule)
  }

  private func holds(_ value: Document, _ rule: Rule) -> Bool {
    func isTyped(_ names: String...) -> Bool {
      rule.types.isEmpty || names.contains { rule.types.contains($0) }
    }
    switch value {
    case .mapping(let entries):
      return rule.choices == nil && isTyped("object") && holds(entries, rule)
    case .list(let items):
      return rule.choices == nil && isTyped("array")
        && items.count >= rule.sizes.least ?? 0 && items.count <= rule.sizes.most ?? .max
        && (rule.items.map { item in items.allSatisfy { accepts($0, by: item) } } ?? true)
    case .quoted(let text): return holds(text, rule) && isTyped("string")
    case .plain(let text):
      switch JSONScalar(plain: text) {
      case .null: return isTyped("null") && rule.choices?.contains(.null) ?? true
      case .truth(let truth):
        return isTyped("boolean") && rule.choices?.contains(.truth(truth)) ?? true
      case .number(let number):
        let isWhole = number == number.rounded()
        return rule.choices == nil && (isTyped("number") || (isWhole && isTyped("integer")))
          && number >= rule.least ?? -.infinity && number <= rule.most ?? .infinity
      case .text(let text): return holds(text, rule) && isTyped("string")
      }
    }
  }

  private func holds(_ text: String, _ rule: Rule) -> Bool {
    (rule.choices?.contains(.text(text)) ?? true)
      && (rule.pattern.map { Self.finds($0, text) } ?? true)
  }

  private func holds(_ entries: [(name: String, value: Document)], _ rule: Rule) -> Bool {
    guard rule.required.allSatisfy({ key in entries.contains { $0.name == key } }),
      entries.count >= rule.counts.least ?? 0, entries.count <= rule.counts.most ?? .max
    else { return false }
    return entries.allSatisfy { name, value in
      var isKnown = false
      if let own = rule.properties[name] {
        isKnown = true
        guard accepts(value, by: own) else { return false }
      }
      for (pattern, own) in rule.patterns where Self.finds(pattern, name) {
        isKnown = true
        guard accepts(value, by: own) else { return false }
      }
      return isKnown || (rule.others.map { accepts(value, by: $0) } ?? true)
    }
  }

  private static func finds(_ pattern: NSRegularExpression, _ text: String) -> Bool {
    pattern.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }
}
