// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What stands in one cell of a file, with its place.
package struct InputField: Sendable {
  /// What stands there, without the quotes round it.
  package let bytes: ArraySlice<UInt8>
  /// The line, from 1.
  package let line: Int
  /// The column of its first byte, from 1.
  package let column: Int

  /// A field at a place.
  package init(bytes: ArraySlice<UInt8>, line: Int, column: Int) {
    self.bytes = bytes
    self.line = line
    self.column = column
  }

  /// What stands there.
  package var string: String { String(decoding: bytes, as: UTF8.self) }

  /// What stands there without blanks round it.
  package var trimmed: String {
    var body = bytes
    while body.first == UInt8(ascii: " ") { body.removeFirst() }
    while body.last == UInt8(ascii: " ") { body.removeLast() }
    return String(decoding: body, as: UTF8.self)
  }

  /// What stands there, as a message shows it: in quotes, and cut where it gets long.
  package var text: String { Self.shown(bytes.span) }

  /// Bytes as a message shows them.
  static func shown(_ bytes: Span<UInt8>) -> String {
    guard bytes.count > 0 else { return "nothing" }
    var head = (0..<min(40, bytes.count)).map { bytes[$0] }
    // A character that the cut would halve is left out.
    if bytes.count > 40 {
      while let last = head.last, last >= 0x80 {
        head.removeLast()
        if last >= 0xC0 { break }
      }
    }
    return "'" + String(decoding: head, as: UTF8.self) + "'"
  }

  /// The field as a whole number without sign, if it is one that fits 32 bits.
  package var wholeNumber: UInt32? { Self.wholeNumber(bytes.span) }

  /// Bytes as a whole number without sign, if they are one that fits 32 bits.
  @inline(__always)
  package static func wholeNumber(_ text: Span<UInt8>) -> UInt32? {
    guard text.count > 0, text.count <= 10 else { return nil }
    var value: UInt64 = 0
    for place in 0..<text.count {
      let byte = text[place]
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return UInt32(exactly: value)
  }

  /// The field as a decimal number, also in scientific notation; `nil` for anything else, such as `NaN`, `inf`,
  /// separated thousands or a decimal comma.
  package var decimal: DecimalText? {
    let text = trimmed
    // Programs group no digits, and scenarios do it by `_`.
    guard !text.contains("_") else { return nil }
    return try? DecimalText(parsingScientific: text)
  }

  /// The field as a floating-point number; `nil` where it is no decimal number.
  package var number: Double? {
    decimal.flatMap { _ in Double(trimmed) }.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The error that this field is not what it should be.
  package func error(allowed: String) -> TraceError {
    TraceError(line: line, column: column, found: text, allowed: allowed)
  }
}
