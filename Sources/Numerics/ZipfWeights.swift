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
  return (1...count).map { Elementary.exp(-exponent * Elementary.log(Double($0))) }
}
