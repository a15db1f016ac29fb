// SPDX-License-Identifier: Apache-2.0

/// A set of numbers from 0 to a limit that knows its smallest.
///
/// A tree of bits, 64 to a word: a bit of a level says whether the word below it holds any. Source: P. van Emde Boas,
/// Preserving order in a forest in less than logarithmic time and linear space, Information Processing Letters 6 (3),
/// 1977, 80–82, DOI 10.1016/0020-0190(77)90031-X, of which this is the plain form with words of the machine.
///
/// - Complexity: each call O(log₆₄ limit), that is at most four words for ten million numbers.
package struct NumberSet: Sendable {
  /// The levels, the numbers themselves first; the last is one word.
  private var levels: [[UInt64]] = []

  /// An empty set of numbers below a limit.
  package init(limit: Int) {
    var words = max(1, (limit + 63) / 64)
    levels.append([UInt64](repeating: 0, count: words))
    while words > 1 {
      words = (words + 63) / 64
      levels.append([UInt64](repeating: 0, count: words))
    }
  }

  /// The smallest number in it.
  package var first: Int? {
    guard let top = levels.last?[0], top != 0 else { return nil }
    var place = 0
    for level in levels.indices.reversed() {
      place = place * 64 + levels[level][place].trailingZeroBitCount
    }
    return place
  }

  /// Whether a number is in it.
  package func contains(_ number: Int) -> Bool {
    levels[0][number / 64] >> (number % 64) & 1 == 1
  }

  /// Puts a number in; one that is in it stays.
  ///
  /// - Precondition: it is below the limit.
  package mutating func insert(_ number: Int) {
    var place = number
    for level in levels.indices {
      levels[level][place / 64] |= 1 << (place % 64)
      place /= 64
    }
  }

  /// Takes a number out; one that is not in it stays out.
  ///
  /// - Precondition: it is below the limit.
  package mutating func remove(_ number: Int) {
    var place = number
    for level in levels.indices {
      levels[level][place / 64] &= ~(1 << (place % 64))
      guard levels[level][place / 64] == 0 else { return }
      place /= 64
    }
  }
}
