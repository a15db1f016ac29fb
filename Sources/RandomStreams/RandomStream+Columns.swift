// SPDX-License-Identifier: Apache-2.0

import CVectors

/// How wide the vector registers are that draws are made in; the draws are the same in all.
public struct VectorWidth: Sendable, Comparable {
  /// The width as the functions in C know it.
  fileprivate let width: plimsoll_width

  /// The widest of this processor that there is code for.
  public static let widest = Self(width: plimsoll_widest())
  /// All that there is code for and that this processor has, from narrow to wide.
  public static let all = [plimsoll_128_bits, plimsoll_256_bits, plimsoll_512_bits]
    .map { Self(width: $0) }.filter { $0 <= widest }

  /// Narrower first.
  public static func < (left: Self, right: Self) -> Bool {
    left.width.rawValue < right.width.rawValue
  }

  /// Whether they are equally wide.
  public static func == (left: Self, right: Self) -> Bool {
    left.width.rawValue == right.width.rawValue
  }
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

  /// Puts into each of some words the item that belongs to it, by an alias table: its upper 32 bits choose one of the
  /// columns evenly, which are words too, and its lower 32 bits are a coin. Below the lower half of the column's word
  /// the item is the column's number, else the upper half.
  ///
  /// - Parameters:
  ///   - first: what the first word gets for item 0, and each further word one more.
  /// - Precondition: there are 1 to 2^32 - 1 columns, each laid out as a word of 64 bits, and a multiple of eight words,
  ///   and this processor has registers of that width.
  /// - Complexity: O(n) for n words.
  public static func replace<Column: BitwiseCopyable>(
    _ words: inout MutableSpan<UInt64>, byItemsOfAliasTable columns: Span<Column>,
    zerosFrom first: UInt64, in width: VectorWidth = .widest
  ) {
    precondition(words.count % 8 == 0, "items are drawn by eights")
    precondition(width <= .widest, "this processor has no registers of that width")
    precondition(columns.count > 0 && columns.count < 1 << 32, "an alias table has columns")
    precondition(
      MemoryLayout<Column>.stride == MemoryLayout<UInt64>.stride
        && MemoryLayout<Column>.alignment == MemoryLayout<UInt64>.alignment,
      "a column is laid out as a word")
    unsafe columns.withUnsafeBufferPointer { columns in
      unsafe columns.withMemoryRebound(to: UInt64.self) { table in
        unsafe words.withUnsafeMutableBufferPointer { words in
          unsafe plimsoll_items(
            width.width, table.baseAddress, UInt64(table.count), first, words.count,
            words.baseAddress)
        }
      }
    }
  }

  /// Adds terms, each times a factor, to a sum one after the other, as long as it stays below a limit.
  ///
  /// The same operations in the same order as `sum += term * factor`, so the same bits.
  ///
  /// - Parameters:
  ///   - terms: the bit patterns of non-negative numbers.
  ///   - start: what the whole part of each sum is added to.
  ///   - sums: room for them, at least as many as terms.
  /// - Returns: how many sums there are, from the first term on; `sum` is the last of them.
  /// - Precondition: the limit is at most 2^62, and neither sum nor factor is negative.
  /// - Complexity: O(n) for n terms.
  public static func addUp(
    _ terms: Span<UInt64>, times factor: Double, below limit: Double, from start: Int64,
    sum: inout Double, into sums: inout MutableSpan<Int64>
  ) -> Int {
    precondition(sums.count >= terms.count, "there is room for a sum of each term")
    precondition(
      limit <= 0x1p62 && sum >= 0 && factor >= 0, "the whole part of a sum has 62 bits")
    return unsafe terms.withUnsafeBufferPointer { terms in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        unsafe plimsoll_running_sums(
          terms.baseAddress, terms.count, factor, limit, start, &sum, sums.baseAddress)
      }
    }
  }
}
