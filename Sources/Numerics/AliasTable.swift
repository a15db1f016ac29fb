// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

/// A finite law as a table from which one word of random bits draws in constant time.
///
/// Each of n columns holds at most two items: its own below a threshold, and an alias above it.
/// Sources: Walker, "An efficient method for generating discrete random variables with general
/// distributions", ACM TOMS 3 (1977), DOI 10.1145/355744.355749; built as in Vose, "A linear
/// algorithm for generating random numbers with a given distribution", IEEE TSE 17 (1991), DOI
/// 10.1109/32.92917.
///
/// Weights are rounded to 32 significant bits and then to whole parts of 2^-32 of a column before
/// anything is compared, and the table is built in integers. So a weight that differs in its last
/// bit between processors gives the same table, and nothing is left over. An item's probability is
/// off by less than 3e-10.
@usableFromInline
package struct AliasTable: Sendable, Hashable {
  /// What a column holds, in one word: the alias above the threshold.
  @frozen
  @usableFromInline
  package struct Column: BitwiseCopyable, Sendable, Hashable {
    @usableFromInline let word: UInt64

    init(threshold: UInt32, alias: UInt32) {
      word = UInt64(alias) << 32 | UInt64(threshold)
    }

    /// The column's own item is drawn for coins below this, in parts of 2^-32.
    @inlinable var threshold: UInt32 { UInt32(truncatingIfNeeded: word) }
    /// The item drawn for the other coins; the column's own where it fills the column.
    @inlinable var alias: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }

    /// The item that belongs to 64 random bits which chose the column with that number.
    @inlinable
    @inline(__always)
    package func item(for word: UInt64, number: Int) -> Int {
      // All ones when the coin lies below the threshold: a mask, since no predictor foresees a coin.
      let coin = Int(truncatingIfNeeded: word & 0xFFFF_FFFF)
      let isOwn = (coin &- Int(threshold)) &>> 63
      return (number & isOwn) | (Int(truncatingIfNeeded: alias) & ~isOwn)
    }
  }

  /// One column for each item.
  @usableFromInline package let columns: ContiguousArray<Column>

  /// How many items there are.
  @inlinable package var count: Int { columns.count }

  /// The table of a law that draws item i with probability weights[i]/sum.
  ///
  /// - Throws: `InvalidDistribution` unless there are 1 to 2^24 weights, none is negative or
  ///   infinite and one is positive.
  /// - Complexity: linear in the number of weights.
  package init(weights: [Double]) throws(InvalidDistribution) {
    guard (1...1 << 24).contains(weights.count) else {
      throw InvalidDistribution(allowed: "1 to 16777216 weights")
    }
    guard weights.allSatisfy({ $0 >= 0 && $0 <= 1e300 }), weights.contains(where: { $0 > 0 }) else {
      throw InvalidDistribution(allowed: "weights from 0, of which one is above 0")
    }
    columns = Self.columns(filling: Self.parts(of: weights))
  }

  /// The item that belongs to 64 random bits: the upper 32 choose a column, the lower 32 its item.
  ///
  /// With n items a column's probability is off by at most 2^-32.
  @inlinable
  package func index(for word: UInt64) -> Int {
    let number = Self.column(for: word, of: columns.count)
    return columns[number].item(for: word, number: number)
  }

  /// The number of the column that 64 random bits choose, of so many.
  @inlinable
  @inline(__always)
  package static func column(for word: UInt64, of count: Int) -> Int {
    Int(truncatingIfNeeded: ((word >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
  }

  /// Puts into each of some words the item that belongs to it, those of a table with these columns.
  ///
  /// Side by side, so that no read of a large table waits for another: the same items as ``index(for:)`` gives.
  ///
  /// - Parameters:
  ///   - first: what the first word gets for item 0, and each further word one more.
  /// - Precondition: there is a column and a multiple of eight words, and this processor has registers of that width.
  /// - Complexity: O(n) for n words.
  package static func replace(
    _ words: inout MutableSpan<UInt64>, byItemsOf columns: Span<Column>,
    zerosFrom first: UInt64, in width: VectorWidth = .widest
  ) {
    Elementary.replace(&words, byItemsOfAliasTable: columns, zerosFrom: first, in: width)
  }

  /// The probability of each item, summed over the columns that hold it.
  package var probabilities: [Double] {
    var parts = [UInt64](repeating: 0, count: count)
    for (place, column) in columns.enumerated() {
      parts[place] += UInt64(column.threshold)
      parts[Int(column.alias)] += Self.full - UInt64(column.threshold)
    }
    return parts.map { Double($0) * 0x1p-32 / Double(count) }
  }

  /// The parts that fill one column.
  private static var full: UInt64 { 1 << 32 }

  /// The weights in whole parts that fill as many columns as there are weights exactly.
  private static func parts(of weights: [Double]) -> [UInt64] {
    let scale = weights.max() ?? 1
    // Divided by the largest first, so that no sum overflows.
    let rounded = weights.map { weight in
      roundedTo32Bits(weight / scale)
    }
    let unit = Double(weights.count) * 0x1p32 / rounded.reduce(0, +)
    var parts = rounded.map { weight in
      // The nearest whole number, halves up, without a call of the C library.
      let whole = UInt64(weight * unit)
      return whole + (weight * unit - Double(whole) >= 0.5 ? 1 : 0)
    }
    let missing = Int64(full) * Int64(weights.count) - parts.reduce(0) { $0 + Int64($1) }
    // At most half a part per weight, taken from or given to the largest, which has at least one
    // column.
    if let largest = rounded.firstIndex(of: rounded.max() ?? 0) {
      parts[largest] = UInt64(Int64(parts[largest]) + missing)
    }
    return parts
  }

  /// The nearest number with 32 significant bits, halves away from zero; 0 for subnormal ones.
  private static func roundedTo32Bits(_ x: Double) -> Double {
    guard x.isNormal else { return 0 }
    // Half of the last bit that stays carries into the exponent where it must.
    return Double(bitPattern: (x.bitPattern + 1 << 20) & ~(1 << 21 - 1))
  }

  /// Vose's algorithm: each item short of a column is topped up by one that has too much.
  private static func columns(filling parts: [UInt64]) -> ContiguousArray<Column> {
    var left = parts
    var columns = ContiguousArray(
      parts.indices.map { Column(threshold: .max, alias: UInt32($0)) })
    var short = parts.indices.filter { parts[$0] < full }
    var ample = parts.indices.filter { parts[$0] > full }
    while let item = short.popLast(), let donor = ample.last {
      columns[item] = Column(threshold: UInt32(left[item]), alias: UInt32(donor))
      left[donor] -= full - left[item]
      if left[donor] <= full {
        ample.removeLast()
        if left[donor] < full { short.append(donor) }
      }
    }
    return columns
  }
}
