// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

/// The weights i^-exponent for i from 1 to `count`, of which the first is 1.
///
/// Source: Zipf, Human Behavior and the Principle of Least Effort (Addison-Wesley, 1949). The
/// powers are the same bits on every processor.
///
/// - Precondition: `count` is at least 1 and `exponent` lies in 0...20.
package func zipfWeights(count: Int, exponent: Double) -> [Double] {
  precondition(count >= 1, "there is at least one item to weigh")
  precondition(exponent >= 0 && exponent <= 20, "a Zipf exponent lies between 0 and 20")
  var weights = [Double](repeating: 0, count: count)
  for first in stride(from: 0, to: count, by: 4) {
    let ranks = SIMD4(0.0, 1, 2, 3) + Double(first + 1)
    let four = Elementary.exp(Elementary.log(ranks) * -exponent)
    for place in 0..<min(4, count - first) { weights[first + place] = four[place] }
  }
  return weights
}
