// SPDX-License-Identifier: GPL-3.0-or-later

/// Points in the cube [0, 1)^axes of which each axis has exactly one in each of as many equal parts.
///
/// Source: McKay, Beckman and Conover, "A comparison of three methods for selecting values of input
/// variables in the analysis of output from a computer code", Technometrics 21 (1979), DOI
/// 10.2307/1268522.
package struct LatinHypercube: Sendable {
  /// The points, with a number in 0..<1 for each axis.
  package let points: [[Double]]

  /// A design whose points are drawn from `nextUniform`.
  ///
  /// Each axis takes 2·points - 1 draws: the order of its parts (Fisher and Yates' shuffle), then where in
  /// its part each point lies. So a design with more axes begins with the coordinates of this one.
  ///
  /// - Parameters:
  ///   - axes: how many coordinates a point has, at least 1.
  ///   - points: how many, at least 1.
  ///   - nextUniform: gives the next number in 0..<1 of a sequence of independent ones.
  /// - Complexity: O(axes · points).
  package init(axes: Int, points count: Int, nextUniform: () -> Double) {
    precondition(axes >= 1 && count >= 1, "a design has an axis and a point at least")
    var points = [[Double]](repeating: [], count: count)
    for _ in 0..<axes {
      var order = Array(0..<count)
      for index in stride(from: count - 1, to: 0, by: -1) {
        order.swapAt(index, min(index, Int(nextUniform() * Double(index + 1))))
      }
      for point in 0..<count {
        let place = (Double(order[point]) + nextUniform()) / Double(count)
        // Rounding must not carry a point into the next part.
        let end = (Double(order[point] + 1) / Double(count)).nextDown
        points[point].append(min(place, end))
      }
    }
    self.points = points
  }
}
