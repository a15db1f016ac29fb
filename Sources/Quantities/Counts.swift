// SPDX-License-Identifier: Apache-2.0

/// A number of tokens, the unit in which language models read and write.
@frozen
public struct TokenCount: Hashable, Sendable, Comparable, AdditiveArithmetic {
  /// How many.
  public let count: Int64

  /// So many tokens.
  @inlinable
  public init(_ count: Int64) {
    self.count = count
  }

  /// None.
  @inlinable public static var zero: TokenCount { TokenCount(0) }

  /// True when the left is fewer.
  @inlinable
  public static func < (left: TokenCount, right: TokenCount) -> Bool { left.count < right.count }

  /// Both together.
  @inlinable
  public static func + (left: TokenCount, right: TokenCount) -> TokenCount {
    TokenCount(left.count + right.count)
  }

  /// What is left of the first.
  @inlinable
  public static func - (left: TokenCount, right: TokenCount) -> TokenCount {
    TokenCount(left.count - right.count)
  }
}

/// A number of bytes.
@frozen
public struct ByteCount: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// How many.
  public let count: Int64

  /// So many bytes.
  @inlinable
  public init(_ count: Int64) {
    self.count = count
  }

  /// True when the left is fewer.
  @inlinable
  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.count < right.count }

  private static let units: [(name: String, bytes: Int64)] = [
    ("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  /// Reads `40GB`, `512KiB`, `1.5 TB`.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    let (number, name) = text.splitAfterNumber()
    let unit = Self.units.first { $0.name == name }
    guard let unit, let count = try DecimalText(parsing: number).exactly(times: unit.bytes) else {
      throw UnreadableQuantity(allowed: "a size, such as 40GB or 512KiB")
    }
    self.init(count)
  }

  /// The size in the largest decimal unit that gives a whole number.
  public var description: String {
    let unit = Self.units.prefix(5).last { count != 0 && count % $0.bytes == 0 }
    guard let unit else { return "\(count)B" }
    return "\(count / unit.bytes)\(unit.name)"
  }
}
