// SPDX-License-Identifier: GPL-3.0-or-later

/// A value of JSON (RFC 8259, DOI 10.17487/RFC8259) with its place.
package struct JSONNode: Sendable {
  /// One entry of an object.
  package struct Member: Sendable {
    /// Its name.
    package let name: String
    /// Its value.
    package let value: JSONNode
  }

  /// What a value is; numbers stay as they are written.
  package enum Content: Sendable {
    case null
    case flag(Bool)
    case number(String)
    case text(String)
    case list([JSONNode])
    case object([Member])
  }

  /// What it is.
  package let content: Content
  /// How many bytes of the file stand before it.
  package let offset: Int

  /// The members of an object; `nil` for anything else.
  package var members: [Member]? { if case .object(let members) = content { members } else { nil } }

  /// The items of a list; `nil` for anything else.
  package var items: [JSONNode]? { if case .list(let items) = content { items } else { nil } }

  /// The text of a text; `nil` for anything else.
  package var text: String? { if case .text(let text) = content { text } else { nil } }

  /// What a number or a text says; `nil` for anything else.
  package var scalar: String? {
    switch content {
    case .number(let text), .text(let text): text
    default: nil
    }
  }

  /// The value of a member; `nil` where there is none.
  ///
  /// - Complexity: linear in the number of members.
  package subscript(name: String) -> JSONNode? { members?.first { $0.name == name }?.value }

  /// The value as messages show it.
  package var shown: String {
    switch content {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let text): InputField.shown(Array(text.utf8).span)
    case .text(let text): InputField.shown(Array(text.utf8).span)
    case .list: "a list"
    case .object: "an object"
    }
  }
}

/// A file of JSON: one value or several after each other, as programs that write page after page leave them, or one a
/// line.
package struct JSONFile: Sendable {
  /// The values, one at least.
  package let roots: [JSONNode]
  /// Where lines begin.
  private let lineStarts: [Int]

  /// Reads a file.
  ///
  /// - Throws: where it is no JSON.
  /// - Complexity: O(bytes).
  package init(_ bytes: [UInt8]) throws(TraceErrors) {
    var parser = JSONParser(bytes)
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    var roots: [JSONNode] = []
    do {
      while try parser.hasMore() { roots.append(try parser.value(depth: 0)) }
    } catch {
      let place = Self.place(of: error.offset, lineStarts)
      throw TraceErrors(errors: [
        TraceError(
          line: place.line, column: place.column, found: error.found, allowed: error.allowed)
      ])
    }
    guard !roots.isEmpty else {
      throw TraceErrors(errors: [
        TraceError(line: 1, column: 1, found: "an empty file", allowed: "JSON")
      ])
    }
    self.roots = roots
  }

  /// Whether bytes look like JSON: an object or a list begins them.
  package static func looks(like bytes: [UInt8]) -> Bool {
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// The line of a value, from 1.
  ///
  /// - Complexity: O(log lines).
  package func line(of node: JSONNode) -> Int { Self.place(of: node.offset, lineStarts).line }

  /// The error that a value is not what it should be.
  package func error(_ node: JSONNode, found: String? = nil, allowed: String) -> TraceError {
    let place = Self.place(of: node.offset, lineStarts)
    return TraceError(
      line: place.line, column: place.column, found: found ?? node.shown, allowed: allowed)
  }

  /// The same as the only error of a file.
  package func failure(_ node: JSONNode, found: String? = nil, allowed: String) -> TraceErrors {
    TraceErrors(errors: [error(node, found: found, allowed: allowed)])
  }

  private static func place(of offset: Int, _ lineStarts: [Int]) -> (line: Int, column: Int) {
    var (low, high) = (0, lineStarts.count)
    while low < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return (low, offset - lineStarts[low - 1] + 1)
  }
}

/// Where text stops to be JSON.
private struct JSONFault: Error {
  let offset: Int
  let found: String
  let allowed: String
}

private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func hasMore() throws(JSONFault) -> Bool {
    skipSpace()
    return position < bytes.count
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
      position += 1
    }
  }

  private func fault(_ allowed: String) -> JSONFault {
    guard position < bytes.count else {
      return JSONFault(offset: position, found: "the end of the file", allowed: allowed)
    }
    let end = min(position + 20, bytes.count)
    let rest = bytes[position..<end].prefix { $0 >= 0x20 }
    return JSONFault(
      offset: position, found: rest.isEmpty ? "a line end" : InputField.shown(rest.span),
      allowed: "JSON: " + allowed)
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(JSONFault) -> JSONNode {
    skipSpace()
    guard depth < 64 else { throw fault("at most 64 levels") }
    let offset = position
    let content: JSONNode.Content
    switch next {
    case UInt8(ascii: "{"): content = .object(try members(depth: depth))
    case UInt8(ascii: "["): content = .list(try items(depth: depth))
    case UInt8(ascii: "\""): content = .text(try string())
    default: content = try word()
    }
    return JSONNode(content: content, offset: offset)
  }

  private mutating func members(depth: Int) throws(JSONFault) -> [JSONNode.Member] {
    _ = skip("{")
    var members: [JSONNode.Member] = []
    if skip("}") { return members }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("a name in quotes") }
      let name = try string()
      guard skip(":") else { throw fault("a colon") }
      members.append(JSONNode.Member(name: name, value: try value(depth: depth + 1)))
    } while skip(",")
    guard skip("}") else { throw fault("a comma or }") }
    return members
  }

  private mutating func items(depth: Int) throws(JSONFault) -> [JSONNode] {
    _ = skip("[")
    var items: [JSONNode] = []
    if skip("]") { return items }
    repeat { items.append(try value(depth: depth + 1)) } while skip(",")
    guard skip("]") else { throw fault("a comma or ]") }
    return items
  }

  /// `null`, `true`, `false`, a number, or what programs write where a number is none.
  private mutating func word() throws(JSONFault) -> JSONNode.Content {
    let start = position
    while let byte = next, Self.isWord(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    switch text {
    case "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "NaN", "Infinity", "-Infinity": return .number(text)
    default:
      let body = text.first == "-" ? text.dropFirst() : text[...]
      guard let first = body.utf8.first, (0x30...0x39).contains(first), Double(text) != nil else {
        position = start
        throw fault("an object, a list, a text in quotes, a number, true, false or null")
      }
      return .number(text)
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  private mutating func string() throws(JSONFault) -> String {
    let opening = position
    position += 1
    var content: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          position = opening
          throw fault("text in UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &content)
      case 0..<0x20:
        position -= 1
        throw fault("a text without line ends and control characters; write \\n")
      default: content.append(byte)
      }
    }
    position = opening
    throw JSONFault(
      offset: opening, found: "a quote that nothing closes", allowed: "a closing quote")
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONFault) {
    guard let byte = next else { return }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count,
        bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try hexadecimal()
        // Half a pair stands for no character.
        code =
          (0xDC00..<0xE000).contains(low)
          ? 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) : 0xFFFD
      }
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      content += Array(String(Character(scalar)).utf8)
    default:
      position -= 1
      throw fault("an escape such as \\n")
    }
  }

  private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
    guard bytes.count - position >= 4,
      let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits") }
    position += 4
    return value
  }
}
