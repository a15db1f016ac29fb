// SPDX-License-Identifier: Apache-2.0

import CVectors

/// How wide the vector registers are that draws are made in; the draws are the same in all.
public struct VectorWidth: Sendable, Hashable, Comparable {
  /// The width as the functions in C know it.
  fileprivate let width: plimsoll_width

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

  /// Fills a column with whole quantiles from 1 to 10^9, by 32 bits of each word: the low ones or the high ones.
  ///
  /// Inverse transform from a table of the ends of cells in rising order: 1,023 cells of probability 2^-10, 1,023
  /// of 2^-20 and 1,024 of 2^-30; between the ends it is interpolated, and rounded to the nearest.
  ///
  /// - Precondition: both columns have as many places, a multiple of eight; there are 3,071 ends, and this
  ///   processor has registers of that width.
  /// - Complexity: O(n) for n words.
  public static func fill(
    _ column: inout MutableSpan<UInt32>, withWholeQuantiles ends: Span<Double>,
    forHighBits isHigh: Bool, of words: Span<UInt64>, in width: VectorWidth = .widest
  ) {
    precondition(
      column.count == words.count && words.count % 8 == 0, "whole quantiles are drawn by eights")
    precondition(width <= .widest, "this processor has no registers of that width")
    precondition(ends.count == 3 * 1_023 + 2, "a table has as many ends as it has cells, and one")
    unsafe ends.withUnsafeBufferPointer { ends in
      unsafe words.withUnsafeBufferPointer { words in
        unsafe column.withUnsafeMutableBufferPointer { column in
          unsafe plimsoll_whole_quantiles(
            width.width, ends.baseAddress, isHigh ? 32 : 0, words.count, words.baseAddress,
            column.baseAddress)
        }
      }
    }
  }
}
