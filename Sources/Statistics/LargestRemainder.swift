// SPDX-License-Identifier: GPL-3.0-or-later

/// Rounds numbers so that they still add up.
package enum LargestRemainder {
  /// Whole numbers near those given that sum to `total`.
  ///
  /// Each is rounded down, and what is missing goes one each to the largest remainders, of equal ones to
  /// the first. Where the numbers sum to `total` within less than one, none moves by more than one. Source:
  /// Hamilton's method in Balinski and Young, Fair Representation, Yale University Press, 1982.
  ///
  /// - Precondition: the numbers are finite, and there is one unless the total is 0.
  package static func wholes(_ values: [Double], total: Int) -> [Int] {
    precondition(!values.isEmpty || total == 0, "nothing sums to nothing only")
    var wholes = values.map { Int($0.rounded(.down)) }
    let order = values.indices.sorted { one, other in
      let (left, right) = (
        values[one] - values[one].rounded(.down), values[other] - values[other].rounded(.down)
      )
      return (-left, one) < (-right, other)
    }
    var missing = total - wholes.reduce(0, +)
    var position = 0
    while missing > 0 {
      wholes[order[position % order.count]] += 1
      (missing, position) = (missing - 1, position + 1)
    }
    while missing < 0 {
      wholes[order[order.count - 1 - position % order.count]] -= 1
      (missing, position) = (missing + 1, position + 1)
    }
    return wholes
  }
}
