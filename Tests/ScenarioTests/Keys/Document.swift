// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// A document of YAML that a test makes: it knows which texts stand in quotation marks.
indirect enum Document {
  /// Named values.
  case mapping([(name: String, value: Document)])
  /// A list.
  case list([Document])
  /// A text without quotation marks: a number, a word, null.
  case plain(String)
  /// A text in quotation marks.
  case quoted(String)

  /// A tree as it was read; what does not go without quotation marks gets them.
  init(_ node: ScenarioNode) {
    switch node.content {
    case .mapping(let entries):
      self = .mapping(entries.map { ($0.key, Document($0.value)) })
    case .sequence(let items): self = .list(items.map { Document($0) })
    case .scalar(let text): self = Document.text(text)
    case .null: self = .plain("~")
    }
  }

  /// A text without quotation marks where it goes so.
  static func text(_ text: String) -> Document {
    let isSafe = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_./%+-()<=".utf8.contains(byte) || byte == UInt8(ascii: " ")
      }
    }
    let first = text.first ?? " "
    let goes =
      isSafe && !text.isEmpty && text.last != " "
      && (first.isLetter || first.isNumber || "+.".contains(first)
        || (first == "-" && text.dropFirst().first?.isNumber == true))
    let isNull = ["null", "Null", "NULL"].contains(text)
    return goes && !isNull ? .plain(text) : .quoted(text)
  }

  /// The document in flow style.
  var yaml: String {
    switch self {
    case .mapping(let entries):
      "{ \(entries.map { "\(Self.quotation($0.name)): \($0.value.yaml)" }.joined(separator: ", ")) }"
    case .list(let items): "[ \(items.map(\.yaml).joined(separator: ", ")) ]"
    case .plain(let text): text
    case .quoted(let text): Self.quotation(text)
    }
  }

  private static func quotation(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    return "\"\(escaped)\""
  }

  /// All single texts, with whether each is a text to a reader of YAML 1.2, and no number, truth or null.
  var texts: [(text: String, isText: Bool)] {
    switch self {
    case .mapping(let entries): return entries.flatMap { $0.value.texts }
    case .list(let items): return items.flatMap(\.texts)
    case .plain(let text):
      if case .text = JSONScalar(plain: text) { return [(text, true)] }
      return [(text, false)]
    case .quoted(let text): return [(text, true)]
    }
  }

  /// Whether a key stands in any mapping.
  func has(_ key: String) -> Bool {
    switch self {
    case .mapping(let entries):
      entries.contains { $0.name == key || $0.value.has(key) }
    case .list(let items): items.contains { $0.has(key) }
    default: false
    }
  }
}

/// What YAML 1.2 makes of a text without quotation marks, by its core schema.
enum JSONScalar {
  /// No value.
  case null
  /// True or false.
  case truth(Bool)
  /// A number.
  case number(Double)
  /// A text.
  case text(String)

  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .truth(true)
    case "false", "False", "FALSE": self = .truth(false)
    default: self = Self.number(text).map { .number($0) } ?? .text(text)
    }
  }

  private static func number(_ text: String) -> Double? {
    for (mark, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(mark) {
      return Int(text.dropFirst(2), radix: radix).map(Double.init)
    }
    let bytes = text.utf8
    guard bytes.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      bytes.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0)
      })
    else { return nil }
    // Swift reads neither ".5" nor "1.".
    var plain = text.hasPrefix("+") ? String(text.dropFirst()) : text
    if plain.hasPrefix(".") { plain = "0" + plain }
    if plain.hasPrefix("-.") { plain = "-0" + plain.dropFirst() }
    if plain.hasSuffix(".") { plain += "0" }
    return plain.replacing(".e", with: ".0e").replacing(".E", with: ".0E").isEmpty
      ? nil : Double(plain.replacing(".e", with: ".0e").replacing(".E", with: ".0E"))
  }
}
