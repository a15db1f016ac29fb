// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads bytes as the text of a scenario file.
enum ScenarioBytes {
  /// The largest file that is read, in bytes; scenarios are a few thousand.
  static let sizeLimit = 1 << 20

  /// The text of `bytes`, without a byte order mark.
  ///
  /// - Throws: an error at the first byte that is no UTF-8, or the first character YAML forbids.
  /// - Complexity: linear in the number of bytes.
  static func text(of bytes: [UInt8], file: String) throws(ScenarioError) -> String {
    let start = SourceLocation(file: file, line: 1, column: 1)
    guard bytes.count <= sizeLimit else {
      throw ScenarioError(
        .other("the file has \(bytes.count) bytes, allowed: at most \(sizeLimit)"), at: start,
        keyPath: "")
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
    var text = ""
    text.reserveCapacity(body.count)
    var place = (line: 1, column: 1)
    var previous: Unicode.Scalar = " "
    var decoder = Unicode.UTF8()
    var iterator = body.makeIterator()
    while true {
      let location = SourceLocation(file: file, line: place.line, column: place.column)
      switch decoder.decode(&iterator) {
      case .emptyInput:
        return text
      case .error:
        throw ScenarioError(.syntax("the bytes here are not UTF-8"), at: location, keyPath: "")
      case .scalarValue(let scalar):
        guard isAllowed(scalar) else {
          throw ScenarioError(
            .syntax("the character U+\(String(scalar.value, radix: 16, uppercase: true)) here"),
            at: location, keyPath: "")
        }
        text.unicodeScalars.append(scalar)
        place.column += 1
        if scalar == "\n", previous == "\r" {
          place.column = 1
        } else if SourceLines.endsLine(scalar) {
          place = (place.line + 1, 1)
        }
        previous = scalar
      }
    }
  }

  /// Whether a YAML stream may hold `scalar` (YAML 1.1, section 5.1, `c-printable`).
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF: true
    case 0xE000...0xFFFD: scalar.value != 0xFEFF
    default: scalar.value >= 0x1_0000
    }
  }
}
