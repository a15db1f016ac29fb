// SPDX-License-Identifier: GPL-3.0-or-later

/// Walks over the lines of a file of comma-separated numbers and times.
///
/// Lines end with LF or CR LF, the last one may lack its end. Fields are not quoted.
package struct CSVCursor {
  /// One field with its place.
  package struct Field {
    /// What stands there.
    package let bytes: ArraySlice<UInt8>
    /// The line, from 1.
    package let line: Int
    /// The column of its first byte, from 1.
    package let column: Int

    /// What stands there, cut where it gets long.
    package var text: String {
      bytes.isEmpty
        ? "nothing" : "'" + String(decoding: bytes.prefix(40), as: UTF8.self) + "'"
    }
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 0

  /// A walk over a whole file; a byte order mark is skipped.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The fields of the next line into `fields`; false at the end of the file.
  package mutating func nextLine(into fields: inout [Field]) -> Bool {
    fields.removeAll(keepingCapacity: true)
    guard position < bytes.count else { return false }
    line += 1
    var end = position
    while end < bytes.count && bytes[end] != UInt8(ascii: "\n") { end += 1 }
    let next = end + 1
    if end > position && bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let lineStart = position
    var fieldStart = position
    for index in position...end where index == end || bytes[index] == UInt8(ascii: ",") {
      fields.append(
        Field(
          bytes: bytes[fieldStart..<index], line: line, column: fieldStart - lineStart + 1))
      fieldStart = index + 1
    }
    position = next
    return true
  }
}

extension CSVCursor.Field {
  /// The field as a whole number without sign, if it is one that fits 32 bits.
  package var wholeNumber: UInt32? {
    guard !bytes.isEmpty, bytes.count <= 10 else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return UInt32(exactly: value)
  }

  /// The error that this field is not what it should be.
  package func error(allowed: String) -> TraceError {
    TraceError(line: line, column: column, found: text, allowed: allowed)
  }
}
