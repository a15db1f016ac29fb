// SPDX-License-Identifier: Apache-2.0

/// What ``SHA256`` says of bytes.
public struct SHA256Digest: Equatable, Sendable {
  /// How many bytes a digest has.
  public static let size = 32

  /// The bytes, the first first.
  public let bytes: [UInt8]

  /// The bytes as 64 lower-case hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
