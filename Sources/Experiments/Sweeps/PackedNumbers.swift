// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Whole numbers as a text of few letters, which is read twenty times as fast as a list of digits.
///
/// Each is written in groups of seven bits, the lowest first, with the highest bit of a byte set where another follows
/// (LEB128: DWARF Debugging Information Format 5, 2017, section 7.6); the bytes as base 64 (RFC 4648).
package struct PackedNumbers: Codable, Equatable {
  /// The numbers.
  package let numbers: [UInt64]

  /// Numbers, most of which are small.
  package init(_ numbers: [UInt64]) { self.numbers = numbers }

  /// Numbers by the step from each to the next.
  package init(steps values: [Int64]) {
    var before: Int64 = 0
    numbers = values.map { value in
      let step = value &- before
      before = value
      return UInt64(bitPattern: step << 1 ^ step >> 63)
    }
  }

  /// Numbers by their bits, the last byte first: of whole numbers the others are 0.
  package init(bitsOf values: [Double]) { numbers = values.map(\.bitPattern.byteSwapped) }

  /// The numbers whose steps these are.
  package var steps: [Int64] {
    var value: Int64 = 0
    return numbers.map { number in
      value &+= Int64(bitPattern: number >> 1) ^ -Int64(number & 1)
      return value
    }
  }

  /// The numbers whose bits these are.
  package var doubles: [Double] { numbers.map { Double(bitPattern: $0.byteSwapped) } }

  /// Reads the text.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let bytes = Data(base64Encoded: try container.decode(String.self)) else {
      throw UnreadableReplication()
    }
    var numbers: [UInt64] = []
    var (number, shift) = (UInt64(0), UInt64(0))
    for byte in [UInt8](bytes) {
      guard shift < 63 || shift == 63 && byte <= 1 else { throw UnreadableReplication() }
      number |= UInt64(byte & 127) << shift
      shift += 7
      if byte < 128 {
        numbers.append(number)
        (number, shift) = (0, 0)
      }
    }
    guard shift == 0 else { throw UnreadableReplication() }
    self.numbers = numbers
  }

  /// Writes the text.
  package func encode(to encoder: any Encoder) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 2)
    for number in numbers {
      var rest = number
      while rest > 127 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes).base64EncodedString())
  }
}
