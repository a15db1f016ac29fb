// SPDX-License-Identifier: Apache-2.0

/// A value of JSON (RFC 8259), with whole numbers and doubles read exactly.
///
/// Foundation's `JSONSerialization` reads doubles off by their last bit on Linux, which would show in a
/// comparison byte by byte, and takes ten times as long for lines as short as these.
enum JSONValue: Sendable {
  case null
  case flag(Bool)
  case integer(Int64)
  case double(Double)
  case text(String)
  case list([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// The value that bytes hold, and nothing beside it; nil where they hold none.
  static func read(_ bytes: [UInt8]) -> JSONValue? {
    var parser = Parser(bytes)
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipSpace()
    return parser.isAtEnd ? value : nil
  }

  /// As an error message shows it.
  var shown: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    case .text(let text): "\"\(text.prefix(60))\""
    case .list: "a list"
    case .object: "an object"
    }
  }

  private struct Parser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
        position += 1
      }
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
      skipSpace()
      guard next == UInt8(ascii: scalar) else { return false }
      position += 1
      return true
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
      for byte in word.description.utf8 {
        guard next == byte else { return nil }
        position += 1
      }
      return value
    }

    mutating func value(depth: Int) -> JSONValue? {
      guard depth < 16 else { return nil }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return list(depth: depth)
      case UInt8(ascii: "\""): return string().map { .text($0) }
      case UInt8(ascii: "t"): return word("true", .flag(true))
      case UInt8(ascii: "f"): return word("false", .flag(false))
      case UInt8(ascii: "n"): return word("null", .null)
      default: return number()
      }
    }

    private mutating func object(depth: Int) -> JSONValue? {
      position += 1
      var fields: [(key: String, value: JSONValue)] = []
      if skip("}") { return .object(fields) }
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\""), let key = string(), skip(":"),
          let value = value(depth: depth + 1)
        else { return nil }
        fields.append((key, value))
      } while skip(",")
      return skip("}") ? .object(fields) : nil
    }

    private mutating func list(depth: Int) -> JSONValue? {
      position += 1
      var items: [JSONValue] = []
      if skip("]") { return .list(items) }
      repeat {
        guard let value = value(depth: depth + 1) else { return nil }
        items.append(value)
      } while skip(",")
      return skip("]") ? .list(items) : nil
    }

    private mutating func number() -> JSONValue? {
      let from = position
      var isWhole = true
      while let byte = next {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
        case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
          isWhole = false
        default:
          return number(from: from, isWhole: isWhole)
        }
        position += 1
      }
      return number(from: from, isWhole: isWhole)
    }

    private func number(from: Int, isWhole: Bool) -> JSONValue? {
      let text = String(decoding: bytes[from..<position], as: UTF8.self)
      if isWhole, let number = Int64(text) { return .integer(number) }
      guard let number = Double(text), number.isFinite else { return nil }
      return .double(number)
    }

    private mutating func string() -> String? {
      position += 1
      let from = position
      while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
        position += 1
      }
      if next == UInt8(ascii: "\"") {
        position += 1
        return String(decoding: bytes[from..<position - 1], as: UTF8.self)
      }
      position = from
      return escapedString()
    }

    /// A string with escapes in it.
    private mutating func escapedString() -> String? {
      var text: [UInt8] = []
      while let byte = next, byte >= 0x20 {
        position += 1
        if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
        guard byte == UInt8(ascii: "\\") else {
          text.append(byte)
          continue
        }
        guard let scalar = escape() else { return nil }
        text.append(contentsOf: String(scalar).utf8)
      }
      return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
      guard let kind = next else { return nil }
      position += 1
      switch kind {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{C}"
      case UInt8(ascii: "u"):
        guard let high = hexadecimal() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
        guard next == UInt8(ascii: "\\") else { return nil }
        position += 1
        guard next == UInt8(ascii: "u") else { return nil }
        position += 1
        guard let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
      default: return nil
      }
    }

    private mutating func hexadecimal() -> UInt32? {
      guard position + 4 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      position += 4
      return UInt32(digits, radix: 16)
    }
  }
}
