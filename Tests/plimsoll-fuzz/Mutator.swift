// SPDX-License-Identifier: GPL-3.0-or-later

/// Changes a text so that it stays near to what it was: it knows lines, keys, values and their units.
struct Mutator {
  let corpus: Corpus
  var dice: Dice

  /// The bytes with one to four changes.
  mutating func mutated(_ bytes: [UInt8], kind: FuzzKind) -> [UInt8] {
    var bytes = bytes
    let isText = kind != .database
    for _ in 0...dice.below(4) {
      switch dice.below(isText ? 10 : 1) {
      case 0: bytes = flipped(bytes)
      case 1, 2, 3, 4: bytes = withOtherValue(bytes)
      case 5, 6: bytes = withOtherLines(bytes)
      case 7: bytes = withBorrowedLine(bytes)
      case 8: bytes = withOtherKey(bytes)
      default: bytes = withOtherNumber(bytes)
      }
    }
    return bytes
  }

  // MARK: Bytes

  private mutating func flipped(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    guard !bytes.isEmpty else { return [UInt8(dice.below(256))] }
    let place = dice.below(bytes.count)
    switch dice.below(4) {
    case 0: bytes[place] ^= 1 << UInt8(dice.below(8))
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(UInt8(dice.below(256)), at: place)
    default: bytes.removeLast(bytes.count - place)
    }
    return bytes
  }

  // MARK: Values

  /// Values at the ends of what there is, by what a value looks like.
  private static let plain = [
    "0", "-1", "1", "2", "4294967296", "9223372036854775807", "-9223372036854775808", "1e308",
    "1e-9",
    "0.1", "nan", "inf", "~", "[]", "{}", "true", "\"\"", "100000", "10000", "999999999", "1_000",
  ]
  private static let units: [(unit: String, values: [String])] = [
    ("%", ["0%", "100%", "101%", "-1%", "99.9999999%", "0.0000001%", "50%", "1e5%"]),
    ("/s", ["0/s", "1/s", "1e-9/s", "1000/s", "9000000000/s", "0.000001/s", "1/h"]),
    ("/h", ["0/h", "1/h", "9000000000/h"]),
    (
      "USD/h",
      [
        "0 USD/h", "0.000000001 USD/h", "10000 USD/h", "20000000 USD/h", "9000000000 USD/h",
        "-1 USD/h",
      ]
    ),
    (
      "USD/month",
      ["0 USD/month", "1000000000 USD/month", "9000000000 USD/month", "-1 USD/month"]
    ),
    ("USD", ["0 USD", "0.000000001 USD", "1000000000 USD", "9200000000 USD", "-1 USD"]),
    ("Z", ["1900-01-01T00:00:00Z", "2150-12-31T23:59:59Z", "2024-02-29T00:00:00Z", "2024-12-09"]),
  ]
  private static let times = [
    "0s", "1ns", "1us", "1ms", "10ms", "1s", "60s", "1h", "24h", "30d", "640000h", "639999h", "-1s",
    "999999999999h", "0.5s", "1m",
  ]

  /// Replaces what stands behind a key, or between commas, by a value of its sort.
  private mutating func withOtherValue(_ bytes: [UInt8]) -> [UInt8] {
    let ends: [UInt8] = Array(",:{}[]\n".utf8)
    guard bytes.count > 2 else { return flipped(bytes) }
    let place = dice.below(bytes.count)
    guard let from = bytes[place...].firstIndex(where: ends.contains) else { return flipped(bytes) }
    let start = from + 1
    let end = bytes[start...].firstIndex(where: ends.contains) ?? bytes.count
    guard end > start else { return flipped(bytes) }
    let old = String(decoding: bytes[start..<end], as: UTF8.self)
    let new = (old.hasPrefix(" ") ? " " : "") + value(like: old)
    return Array(bytes[..<start]) + Array(new.utf8) + Array(bytes[end...])
  }

  private mutating func value(like old: String) -> String {
    if dice.chance(15) { return dice.one(of: Self.plain) }
    let old = old.trimmed
    if let unit = Self.units.first(where: { old.hasSuffix($0.unit) }) {
      return dice.one(of: unit.values)
    }
    let isTime = old.first?.isNumber == true && ["s", "m", "h", "d", "n"].contains(old.last)
    if isTime || old.hasSuffix("min") { return dice.one(of: Self.times) }
    if old.first?.isNumber == true || old.hasPrefix("-") { return dice.one(of: Self.plain) }
    if dice.chance(30) { return dice.one(of: Self.times) }
    return dice.chance(50) ? dice.one(of: Self.plain) : dice.one(of: corpus.keys)
  }

  /// Makes a number larger or smaller by a power of ten, or one apart.
  private mutating func withOtherNumber(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    let place = dice.below(bytes.count)
    let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return flipped(bytes) }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let digits = Array(bytes[start..<end])
    let new: [UInt8]
    switch dice.below(5) {
    case 0: new = digits + Array(repeating: 48, count: 1 + dice.below(18))
    case 1: new = Array("0.".utf8) + Array(repeating: 48, count: dice.below(8)) + digits
    case 2: new = Array("-".utf8) + digits
    case 3: new = [48 + UInt8(dice.below(10))]
    default: new = Array(dice.one(of: Self.plain).utf8)
    }
    return Array(bytes[..<start]) + new + Array(bytes[end...])
  }

  // MARK: Lines and keys

  private mutating func withOtherLines(_ bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let line = dice.below(lines.count)
    switch dice.below(5) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: line)
    case 2: lines.swapAt(line, dice.below(lines.count))
    case 3: lines[line] = Array("  ".utf8) + lines[line]
    default: lines.removeSubrange(line..<min(lines.count, line + 1 + dice.below(8)))
    }
    return Array(lines.joined(separator: [10]))
  }

  /// Puts a line of another file beside one, as deep as that.
  private mutating func withBorrowedLine(_ bytes: [UInt8]) -> [UInt8] {
    guard !corpus.lines.isEmpty else { return bytes }
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let place = dice.below(lines.count)
    let depth = lines[place].prefix { $0 == 32 }
    let borrowed = dice.one(of: corpus.lines).drop { $0 == " " }
    let line = Array(depth) + Array(borrowed.utf8)
    if dice.chance(50) { lines[place] = line } else { lines.insert(line, at: place) }
    return Array(lines.joined(separator: [10]))
  }

  private mutating func withOtherKey(_ bytes: [UInt8]) -> [UInt8] {
    guard !corpus.keys.isEmpty, bytes.count > 1 else { return bytes }
    let place = dice.below(bytes.count)
    guard let colon = bytes[place...].firstIndex(of: 58), colon > 0 else { return flipped(bytes) }
    let isName: (UInt8) -> Bool = { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || byte == 95
    }
    let start = bytes[..<colon].lastIndex { !isName($0) }.map { $0 + 1 } ?? 0
    return Array(bytes[..<start]) + Array(dice.one(of: corpus.keys).utf8) + Array(bytes[colon...])
  }
}

extension String {
  /// The text without spaces at its ends.
  var trimmed: String {
    var text = self[...]
    while text.first == " " || text.first == "\r" { text.removeFirst() }
    while text.last == " " || text.last == "\r" { text.removeLast() }
    return String(text)
  }
}
