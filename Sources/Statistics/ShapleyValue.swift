// SPDX-License-Identifier: GPL-3.0-or-later

/// Shares what players achieve together by what each adds to those before it, over all orders alike.
///
/// The shares add up to the whole, players that add the same get the same, and one that never adds
/// anything gets nothing. Coalitions are sets of bits: player i is bit i. Source: Shapley, "A value for
/// n-person games", in Contributions to the Theory of Games II (1953), DOI 10.1515/9781400881970-018.
package enum ShapleyValue {
  /// The share of each player, by all coalitions.
  ///
  /// - Parameters:
  ///   - value: what a coalition achieves.
  /// - Complexity: O(players · 2^players).
  package static func exact(players: Int, value: (_ coalition: Int) -> Double) -> [Double] {
    // Of the n! orders, |S|!(n - |S| - 1)! have exactly S before a player: 1/(n · C(n - 1, |S|)) of them.
    var weights: [Double] = []
    var choices = 1.0
    for size in 0..<players {
      weights.append(1 / (Double(players) * choices))
      choices *= Double(players - 1 - size) / Double(size + 1)
    }
    let values = (0..<1 << players).map(value)
    return (0..<players).map { player in
      values.indices.reduce(0.0) { sum, coalition in
        guard coalition & 1 << player == 0 else { return sum }
        let added = values[coalition | 1 << player] - values[coalition]
        return sum + weights[coalition.nonzeroBitCount] * added
      }
    }
  }

  /// What each player adds to those before it in an order.
  package static func marginals(
    _ order: [Int], value: (_ coalition: Int) -> Double
  ) -> [Double] {
    var added = order.map { _ in 0.0 }
    for (player, before) in zip(order, coalitions(along: order)) {
      added[player] = value(before | 1 << player) - value(before)
    }
    return added
  }

  /// The coalition before each player of an order, and the whole one at the end.
  package static func coalitions(along order: [Int]) -> [Int] {
    order.reduce(into: [0]) { $0.append(($0.last ?? 0) | 1 << $1) }
  }

  /// Orders drawn at random, each as likely as any other; the mean of their marginals estimates the shares.
  ///
  /// Source: Castro, Gómez and Tejada, "Polynomial calculation of the Shapley value based on sampling",
  /// Computers & Operations Research 36 (2009), DOI 10.1016/j.cor.2008.04.004; the shuffle is Durstenfeld's,
  /// "Algorithm 235: Random permutation", Communications of the ACM 7 (1964), DOI 10.1145/364520.364540.
  package static func orders(
    _ count: Int, players: Int, nextUniform: () -> Double
  ) -> [[Int]] {
    (0..<count).map { _ in
      var order = Array(0..<players)
      for last in stride(from: players - 1, to: 0, by: -1) {
        order.swapAt(last, min(last, Int(nextUniform() * Double(last + 1))))
      }
      return order
    }
  }
}
