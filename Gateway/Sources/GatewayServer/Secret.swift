// SPDX-License-Identifier: Apache-2.0

import Digests

/// Secrets: kept as digests, compared in constant time.
public enum Secret {
  /// The SHA-256 of a secret as hexadecimal digits.
  public static func hash(_ secret: String) -> String {
    SHA256.digest(of: Array(secret.utf8)).hexadecimal
  }

  /// The bytes of a digest that is written in hexadecimal; `nil` for anything else.
  static func digest(hexadecimal text: String) -> [UInt8]? {
    guard text.utf8.count == 2 * SHA256Digest.size else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      guard character.isASCII, let digit = character.hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return bytes
  }

  /// Whether two digests are equal; it takes as long wherever they differ.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
  }

  /// The place of a secret among digests, all of which are looked at; `nil` where it is none of them.
  static func find(_ secret: String, among digests: [[UInt8]]) -> Int? {
    let digest = SHA256.digest(of: Array(secret.utf8)).bytes
    var found: Int?
    for (place, other) in digests.enumerated() where areEqual(digest, other) { found = place }
    return found
  }

  /// What a header `Authorization: Bearer …` holds.
  static func bearer(_ header: String?) -> String? {
    guard let header, header.utf8.count <= 4_096 else { return nil }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}
