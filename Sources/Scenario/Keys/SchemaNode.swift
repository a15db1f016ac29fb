// SPDX-License-Identifier: GPL-3.0-or-later

/// A value of a JSON document, with its members in the order written.
package indirect enum SchemaNode: Equatable, Sendable {
  /// Named values.
  case object([Member])
  /// A list.
  case array([SchemaNode])
  /// A text.
  case text(String)
  /// A number as it is written.
  case number(String)
  /// True or false.
  case truth(Bool)
  /// No value.
  case null

  /// One named value.
  package struct Member: Equatable, Sendable {
    /// The name.
    package let name: String
    /// The value.
    package let value: SchemaNode
  }

  /// An object without members.
  static var empty: SchemaNode { .object([Member]()) }

  /// Named values, in the order written.
  static func object(_ members: KeyValuePairs<String, SchemaNode>) -> SchemaNode {
    .object(members.map { Member(name: $0.key, value: $0.value) })
  }

  /// A list of texts.
  static func texts(_ texts: [String]) -> SchemaNode { .array(texts.map { .text($0) }) }

  /// The value under a name; `nil` where there is none.
  package subscript(_ name: String) -> SchemaNode? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The object with more members behind its own.
  func adding(_ members: KeyValuePairs<String, SchemaNode>) -> SchemaNode {
    guard case .object(let own) = self else { return self }
    return .object(own + members.map { Member(name: $0.key, value: $0.value) })
  }

  /// The value as JSON: short ones on one line, longer ones member by member.
  package var json: String {
    var text = ""
    write(into: &text, indent: "")
    return text
  }

  private func write(into text: inout String, indent: String) {
    let line = compact
    if indent.count + line.count <= 118 {
      text += line
      return
    }
    let inner = indent + "  "
    switch self {
    case .object(let members):
      text += "{\n"
      for (position, member) in members.enumerated() {
        text += "\(inner)\(Self.quoted(member.name)): "
        member.value.write(into: &text, indent: inner)
        text += position + 1 < members.count ? ",\n" : "\n"
      }
      text += "\(indent)}"
    case .array(let items):
      text += "[\n"
      for (position, item) in items.enumerated() {
        text += inner
        item.write(into: &text, indent: inner)
        text += position + 1 < items.count ? ",\n" : "\n"
      }
      text += "\(indent)]"
    default: text += line
    }
  }

  /// The value on one line.
  private var compact: String {
    switch self {
    case .object(let members):
      members.isEmpty
        ? "{}"
        : "{ \(members.map { "\(Self.quoted($0.name)): \($0.value.compact)" }.joined(separator: ", ")) }"
    case .array(let items):
      items.isEmpty ? "[]" : "[\(items.map(\.compact).joined(separator: ", "))]"
    case .text(let text): Self.quoted(text)
    case .number(let text): text
    case .truth(let value): value ? "true" : "false"
    case .null: "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }
}
