// SPDX-License-Identifier: GPL-3.0-or-later

/// Which of many pairs of numbers, both better when smaller, no other pair beats.
package enum ParetoFront {
  /// The positions of the pairs that are on the front, by the first number, then by position.
  ///
  /// A pair beats another when it is no larger in either number and smaller in one; pairs that are alike
  /// are on the front together. A pair with a number that is not finite is never on it.
  ///
  /// - Complexity: O(pairs · log pairs).
  package static func positions(of pairs: [(first: Double, second: Double)]) -> [Int] {
    let order = pairs.indices.filter { pairs[$0].first.isFinite && pairs[$0].second.isFinite }
      .sorted { one, other in
        (pairs[one].first, pairs[one].second, one)
          < (pairs[other].first, pairs[other].second, other)
      }
    var front: [Int] = []
    for position in order {
      guard let last = front.last else {
        front.append(position)
        continue
      }
      if pairs[position].second < pairs[last].second || pairs[position] == pairs[last] {
        front.append(position)
      }
    }
    return front
  }
}
