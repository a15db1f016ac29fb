// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes objects of JSON (RFC 8259) on one line each, keys in the order in which they are given.
///
/// The same values give the same bytes everywhere. Times are text in UTC with nine decimals, since many
/// readers of JSON hold numbers in doubles.
public struct JSONLine: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []
  private let start: UTCDate
  private var needsComma = false
  private var secondWritten = Int64.min
  private var secondText: [UInt8] = []

  /// Nothing written; times are written as so long after a start.
  public init(start: UTCDate) {
    self.start = start
  }

  /// Forgets what was written and keeps the storage.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Opens an object, or what another bracket opens.
  package mutating func begin(_ opening: Unicode.Scalar = "{") {
    separate()
    bytes.append(UInt8(ascii: opening))
    needsComma = false
  }

  /// Closes an object, or what another bracket closes.
  package mutating func end(_ closing: Unicode.Scalar = "}") {
    bytes.append(UInt8(ascii: closing))
    needsComma = true
  }

  /// Closes the object of a line, and the line.
  package mutating func endLine() {
    end()
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// Writes a key.
  package mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for scalar in name.description.utf8 { bytes.append(scalar) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a whole number.
  package mutating func value(_ number: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
    needsComma = true
  }

  /// Writes a number with as many digits as tell it from its neighbours.
  ///
  /// - Precondition: the number is finite.
  package mutating func value(_ number: Double) {
    precondition(number.isFinite, "JSON has no infinite numbers")
    raw(number.description)
  }

  /// Writes true or false.
  package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }

  /// Writes null.
  package mutating func null() { raw("null") }

  /// Writes a text.
  package mutating func value(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(Self.hexDigit(UInt64(byte) >> 4))
        bytes.append(Self.hexDigit(UInt64(byte) & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// A time, or null for never.
  package mutating func value(_ time: Instant) {
    guard time != .never, time.nanoseconds != .min else { return null() }
    separate()
    let moment = (start + time.sinceStart).nanosecondsSince1970
    var second = moment / 1_000_000_000
    var rest = moment % 1_000_000_000
    if rest < 0 {
      rest += 1_000_000_000
      second -= 1
    }
    if second != secondWritten {
      secondWritten = second
      let text = UTCDate(nanosecondsSince1970: second * 1_000_000_000).description
      secondText = Array(text.utf8.dropLast())
    }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: secondText)
    bytes.append(UInt8(ascii: "."))
    var unit: Int64 = 100_000_000
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / unit % 10))
      unit /= 10
    }
    bytes.append(UInt8(ascii: "Z"))
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Words of 64 bits as 16 hexadecimal digits each, which no reader rounds.
  package mutating func hex(_ words: UInt64...) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for word in words {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        bytes.append(Self.hexDigit((word >> shift) & 15))
      }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private static func hexDigit(_ value: UInt64) -> UInt8 {
    UInt8(value < 10 ? 0x30 + value : 0x57 + value)
  }

  private mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }
}

extension JSONLine {
  /// Writes a key and a whole number.
  package mutating func field(_ name: StaticString, _ number: some BinaryInteger) {
    key(name)
    value(number)
  }

  /// Writes a key and a number.
  package mutating func field(_ name: StaticString, _ number: Double) {
    key(name)
    value(number)
  }

  /// Writes a key and a flag.
  package mutating func field(_ name: StaticString, _ flag: Bool) {
    key(name)
    value(flag)
  }

  /// Writes a key and a text.
  package mutating func field(_ name: StaticString, _ text: String) {
    key(name)
    value(text)
  }

  /// Writes a key and a time, or null for never.
  package mutating func field(_ name: StaticString, _ time: Instant) {
    key(name)
    value(time)
  }

  /// Writes a key and a whole number, or null.
  package mutating func field(_ name: StaticString, _ number: (some BinaryInteger)?) {
    key(name)
    if let number { value(number) } else { null() }
  }
}
