// SPDX-License-Identifier: Apache-2.0

/// The counter-based generator Philox4x32-10: a keyed bijection of 128-bit counters.
///
/// Any draw is a pure function of its key and counter, so draws have names instead of an order.
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
/// DOI 10.1145/2063384.2063405. Passes TestU01's BigCrush, as reported there.
public enum Philox {
  /// Four 32-bit words: a counter, or what comes out for it.
  @frozen
  public struct Block: Hashable, Sendable {
    /// The words in the order of the reference implementation.
    public var first, second, third, fourth: UInt32

    /// A block of four words.
    @inlinable
    public init(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) {
      self.first = first
      self.second = second
      self.third = third
      self.fourth = fourth
    }

    /// The first two words as one 64-bit word.
    @inlinable public var low: UInt64 { UInt64(second) << 32 | UInt64(first) }

    /// The last two words as one 64-bit word.
    @inlinable public var high: UInt64 { UInt64(fourth) << 32 | UInt64(third) }
  }

  /// The block for a counter under a 64-bit key, after ten rounds.
  @inlinable
  @inline(__always)
  public static func block(_ counter: Block, key: UInt64) -> Block {
    var block = counter
    var key0 = UInt32(truncatingIfNeeded: key)
    var key1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<9 {
      block = round(block, key0, key1)
      key0 &+= 0x9E37_79B9
      key1 &+= 0xBB67_AE85
    }
    return round(block, key0, key1)
  }

  @inlinable
  @inline(__always)
  static func round(_ block: Block, _ key0: UInt32, _ key1: UInt32) -> Block {
    let product0 = UInt64(block.first) &* 0xD251_1F53
    let product1 = UInt64(block.third) &* 0xCD9E_8D57
    return Block(
      UInt32(truncatingIfNeeded: product1 >> 32) ^ block.second ^ key0,
      UInt32(truncatingIfNeeded: product1),
      UInt32(truncatingIfNeeded: product0 >> 32) ^ block.fourth ^ key1,
      UInt32(truncatingIfNeeded: product0))
  }
}
