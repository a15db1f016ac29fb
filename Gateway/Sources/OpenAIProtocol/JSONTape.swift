// SPDX-License-Identifier: Apache-2.0

/// The values of a JSON text by their places in it: read once, strictly, and nothing copied.
///
/// An object that has a name twice is refused, since two readers would see two requests in it.
public struct JSONTape: Sendable {
  /// What a value is.
  public enum Kind: Sendable {
    /// An object; its names and values follow by turns.
    case object
    /// A list; its values follow.
    case list
    /// A text, or the name of a value.
    case text
    /// A number.
    case number
    /// `true`.
    case yes
    /// `false`.
    case no
    /// `null`.
    case null
  }

  /// A value and its place.
  public struct Node: Sendable {
    /// What it is.
    public let kind: Kind
    /// Its first byte; of a text, its quote.
    public let start: Int
    /// The byte behind its last.
    public internal(set) var end: Int
    /// The number of the next value that is not inside it.
    public internal(set) var next: Int
  }

  /// Why a text is not read, and where.
  public struct Problem: Error, Equatable, Sendable {
    /// What is wrong.
    public let message: String
    /// The byte at which it shows.
    public let offset: Int
  }

  /// The most objects and lists inside each other.
  public static let deepest = 128
  /// The most values of one text.
  public static let mostValues = 1 << 20

  /// The text.
  public let bytes: [UInt8]
  /// Its values, in order; the first is the whole.
  public private(set) var nodes: [Node] = []
  private var place = 0

  /// Reads a text.
  ///
  /// - Complexity: O(n) for n bytes, and O(k log k) for an object of k names.
  public init(_ bytes: [UInt8]) throws(Problem) {
    self.bytes = bytes
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Problem(message: "the text is not UTF-8", offset: 0)
    }
    skipSpace()
    try value(depth: 0)
    skipSpace()
    guard place == bytes.count else { throw problem("something follows the value") }
  }

  private func problem(_ message: String) -> Problem { Problem(message: message, offset: place) }

  private mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(Problem) {
    guard depth <= Self.deepest else { throw problem("values are nested too deeply") }
    guard nodes.count < Self.mostValues else { throw problem("there are too many values") }
    guard place < bytes.count else { throw problem("a value is missing") }
    switch bytes[place] {
    case UInt8(ascii: "{"): try object(depth: depth)
    case UInt8(ascii: "["): try list(depth: depth)
    case UInt8(ascii: "\""): try text()
    case UInt8(ascii: "t"): try word(Array("true".utf8), .yes)
    case UInt8(ascii: "f"): try word(Array("false".utf8), .no)
    case UInt8(ascii: "n"): try word(Array("null".utf8), .null)
    default: try number()
    }
  }

  private mutating func add(_ kind: Kind, from start: Int) {
    nodes.append(Node(kind: kind, start: start, end: place, next: nodes.count + 1))
  }

  private mutating func word(_ word: [UInt8], _ kind: Kind) throws(Problem) {
    let start = place
    for offset in word.indices {
      guard place < bytes.count, bytes[place] == word[offset] else {
        throw problem("this is no value")
      }
      place += 1
    }
    add(kind, from: start)
  }

  private mutating func digits() throws(Problem) {
    let start = place
    while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
    guard place > start else { throw problem("a digit is missing") }
  }

  private func isAt(_ letters: UInt8...) -> Bool {
    place < bytes.count && letters.contains(bytes[place])
  }

  private mutating func number() throws(Problem) {
    let start = place
    if isAt(UInt8(ascii: "-")) { place += 1 }
    if isAt(UInt8(ascii: "0")) { place += 1 } else { try digits() }
    if isAt(UInt8(ascii: ".")) {
      place += 1
      try digits()
    }
    if isAt(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      place += 1
      if isAt(UInt8(ascii: "+"), UInt8(ascii: "-")) { place += 1 }
      try digits()
    }
    add(.number, from: start)
  }

  private mutating func text() throws(Problem) {
    let start = place
    place += 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        add(.text, from: start)
        return
      case UInt8(ascii: "\\"):
        place += 1
        guard place < bytes.count else { throw problem("a text has no end") }
        if bytes[place] == UInt8(ascii: "u") {
          for step in 1...4 {
            guard place + step < bytes.count, Self.digit(bytes[place + step]) != nil else {
              throw problem("\\u wants four hexadecimal digits")
            }
          }
          place += 5
        } else {
          guard "\"\\/bfnrt".utf8.contains(bytes[place]) else { throw problem("unknown escape") }
          place += 1
        }
      case 0..<0x20: throw problem("a text holds a control character")
      default: place += 1
      }
    }
    throw problem("a text has no end")
  }

  private mutating func list(depth: Int) throws(Problem) {
    let own = nodes.count
    add(.list, from: place)
    place += 1
    skipSpace()
    if isAt(UInt8(ascii: "]")) {
      place += 1
      return close(own)
    }
    repeat {
      skipSpace()
      try value(depth: depth + 1)
    } while try goesOn(to: UInt8(ascii: "]"), or: "a list wants , or ]")
    close(own)
  }

  /// Takes the comma before another member, or the bracket that ends a list or an object.
  ///
  /// - Returns: whether another member follows.
  private mutating func goesOn(to end: UInt8, or reason: String) throws(Problem) -> Bool {
    skipSpace()
    let goesOn = isAt(UInt8(ascii: ","))
    guard goesOn || isAt(end) else { throw problem(reason) }
    place += 1
    return goesOn
  }

  private mutating func object(depth: Int) throws(Problem) {
    let own = nodes.count
    add(.object, from: place)
    place += 1
    skipSpace()
    if isAt(UInt8(ascii: "}")) {
      place += 1
      return close(own)
    }
    var names: [Int] = []
    repeat {
      skipSpace()
      guard isAt(UInt8(ascii: "\"")) else { throw problem("an object wants a name") }
      names.append(nodes.count)
      try text()
      skipSpace()
      guard isAt(UInt8(ascii: ":")) else { throw problem("a name wants a :") }
      place += 1
      skipSpace()
      try value(depth: depth + 1)
    } while try goesOn(to: UInt8(ascii: "}"), or: "an object wants , or }")
    close(own)
    try requireDifferent(names)
  }

  private mutating func close(_ own: Int) {
    nodes[own].end = place
    nodes[own].next = nodes.count
  }

  private func requireDifferent(_ names: [Int]) throws(Problem) {
    let sorted = names.map { text(of: $0) }.sorted()
    for (left, right) in zip(sorted, sorted.dropFirst()) where left == right {
      throw problem("an object has the name \"\(left.prefix(64))\" twice")
    }
  }

  static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46: Int(byte) - 0x37
    case 0x61...0x66: Int(byte) - 0x57
    default: nil
    }
  }
}

extension JSONTape {
  /// The text of a value that is one, its escapes undone; half a surrogate becomes U+FFFD.
  public func text(of node: Int) -> String {
    let inside = bytes[(nodes[node].start + 1)..<(nodes[node].end - 1)]
    guard inside.contains(UInt8(ascii: "\\")) else {
      return String(decoding: inside, as: UTF8.self)
    }
    var units: [UInt16] = []
    var text = ""
    var plain: [UInt8] = []
    func flush(_ text: inout String, _ units: inout [UInt16]) {
      if !units.isEmpty { text += String(decoding: units, as: UTF16.self) }
      units.removeAll()
    }
    var place = inside.startIndex
    while place < inside.endIndex {
      guard inside[place] == UInt8(ascii: "\\") else {
        flush(&text, &units)
        plain.append(inside[place])
        place += 1
        continue
      }
      if !plain.isEmpty {
        text += String(decoding: plain, as: UTF8.self)
        plain.removeAll()
      }
      place += 1
      switch inside[place] {
      case UInt8(ascii: "u"):
        var unit = 0
        for step in 1...4 { unit = unit * 16 + (Self.digit(inside[place + step]) ?? 0) }
        units.append(UInt16(unit))
        place += 4
      case UInt8(ascii: "b"): units.append(8)
      case UInt8(ascii: "f"): units.append(12)
      case UInt8(ascii: "n"): units.append(10)
      case UInt8(ascii: "r"): units.append(13)
      case UInt8(ascii: "t"): units.append(9)
      default: units.append(UInt16(inside[place]))
      }
      place += 1
    }
    flush(&text, &units)
    return text + String(decoding: plain, as: UTF8.self)
  }

  /// The number of the value of a name in an object; `nil` where it has none, or is no object.
  public func member(_ name: String, of node: Int = 0) -> Int? {
    guard nodes[node].kind == .object else { return nil }
    var place = node + 1
    while place < nodes[node].next {
      if text(of: place) == name { return place + 1 }
      place = nodes[place + 1].next
    }
    return nil
  }

  /// The numbers of the values of a list, in order; none where it is no list.
  public func items(of node: Int) -> [Int] {
    guard nodes[node].kind == .list else { return [] }
    var items: [Int] = []
    var place = node + 1
    while place < nodes[node].next {
      items.append(place)
      place = nodes[place].next
    }
    return items
  }

  /// The names of an object and the numbers of their values, in order.
  public func members(of node: Int) -> [(name: String, value: Int)] {
    guard nodes[node].kind == .object else { return [] }
    var members: [(name: String, value: Int)] = []
    var place = node + 1
    while place < nodes[node].next {
      members.append((name: text(of: place), value: place + 1))
      place = nodes[place + 1].next
    }
    return members
  }

  /// The text of a value as it is written.
  public func raw(_ node: Int) -> ArraySlice<UInt8> { bytes[nodes[node].start..<nodes[node].end] }

  /// A number; `nil` where the value is none, or is beyond the range of doubles.
  public func double(_ node: Int) -> Double? {
    guard nodes[node].kind == .number else { return nil }
    let number = Double(String(decoding: raw(node), as: UTF8.self))
    return number?.isFinite == true ? number : nil
  }

  /// A whole number; `nil` where the value is none.
  public func integer(_ node: Int) -> Int? {
    double(node).flatMap { Int(exactly: $0) }
  }
}
