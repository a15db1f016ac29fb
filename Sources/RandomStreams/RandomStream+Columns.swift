// SPDX-License-Identifier: Apache-2.0

import CVectors

/// How wide the vector registers are that draws are made in; the draws are the same in all.
public struct VectorWidth: Sendable, Hashable, Comparable {
  /// The width as the functions in C know it.
  package let width: plimsoll_width

  /// Registers of 128 bits, which every processor has.
  public static let bits128 = Self(width: plimsoll_128_bits)
  /// The widest of this processor that there is code for.
  public static let widest = Self(width: plimsoll_widest())
  /// All that there is code for and that this processor has, from narrow to wide.
  public static let all = [bits128, Self(width: plimsoll_256_bits), Self(width: plimsoll_512_bits)]
    .filter { $0 <= widest }

  /// Narrower first.
  public static func < (left: Self, right: Self) -> Bool {
    left.width.rawValue < right.width.rawValue
  }

  /// Whether they are equally wide.
  public static func == (left: Self, right: Self) -> Bool {
    left.width.rawValue == right.width.rawValue
  }

  /// Tells widths apart.
  public func hash(into hasher: inout Hasher) { hasher.combine(width.rawValue) }
}

extension RandomStream {
  /// Fills the first half of a column with the low 64 bits of the blocks from `index` on, and the second
  /// half with their high 64 bits: the same bits as ``block(at:)`` gives.
  ///
  /// - Precondition: the column has a multiple of sixteen places, and this processor has registers of
  ///   that width.
  /// - Complexity: O(n) for n places.
  public func fill(
    _ column: inout MutableSpan<UInt64>, from index: UInt64, in width: VectorWidth = .widest
  ) {
    precondition(column.count % 16 == 0, "blocks are drawn by eights")
    precondition(width <= .widest, "this processor has no registers of that width")
    let stream = plimsoll_stream(key: key, entity: entity, replication: replication)
    unsafe column.withUnsafeMutableBufferPointer { buffer in
      unsafe plimsoll_blocks(width.width, stream, index, buffer.count / 2, buffer.baseAddress)
    }
  }
}

extension Elementary {
  /// Puts the bit patterns of unit exponentials in the place of random bits: -ln of the uniform number in
  /// (0, 1] that 64 bits make.
  ///
  /// The same operations in the same order as `0 - log(positiveUniform(bits))`, so the same bits.
  ///
  /// - Precondition: there is a multiple of eight words, and this processor has registers of that width.
  /// - Complexity: O(n) for n words.
  public static func makeUnitExponentials(
    of words: inout MutableSpan<UInt64>, in width: VectorWidth = .widest
  ) {
    precondition(words.count % 8 == 0, "exponentials are made by eights")
    precondition(width <= .widest, "this processor has no registers of that width")
    unsafe words.withUnsafeMutableBufferPointer { buffer in
      unsafe plimsoll_unit_exponentials(width.width, buffer.count, buffer.baseAddress)
    }
  }
}
