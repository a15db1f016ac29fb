// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The steady state of a queue whose number of requests moves by one at a time.
enum BirthDeath {
  /// The weights of the states 0...last with `servers` servers, the largest of them near 1.
  ///
  /// A state's weight is its predecessor's times load/min(state, servers). Worked out from the
  /// fullest state in both directions, so that nothing overflows. Source: Gross, Shortle, Thompson
  /// and Harris, Fundamentals of Queueing Theory, 4th ed. (2008), DOI 10.1002/9781118625651,
  /// chapter 2.
  ///
  /// - Complexity: linear in `last`.
  static func weights(offeredLoad: Double, servers: Int, last: Int) -> [Double] {
    let peak = offeredLoad < Double(servers) ? min(last, Int(offeredLoad)) : last
    var weights = [Double](repeating: 0, count: last + 1)
    weights[peak] = 1
    for state in stride(from: peak, to: 0, by: -1) {
      weights[state - 1] = weights[state] * Double(min(state, servers)) / offeredLoad
    }
    for state in peak..<last {
      weights[state + 1] = weights[state] * offeredLoad / Double(min(state + 1, servers))
    }
    return weights
  }

  /// The weights of the states 0, 1, … with any rates upward and downward, the largest of them 1.
  ///
  /// `births[i]` leads from i to i + 1 and `deaths[i]` back. Source: as for `offeredLoad`.
  ///
  /// - Precondition: there are as many rates upward as downward, all of them positive.
  /// - Complexity: linear in the number of rates.
  static func weights(births: [Double], deaths: [Double]) -> [Double] {
    precondition(births.count == deaths.count, "each rate upward has one downward")
    var height = 0.0
    var (greatest, peak) = (0.0, 0)
    for state in births.indices {
      height += ElementaryFunctions.log(births[state] / deaths[state])
      if height > greatest { (greatest, peak) = (height, state + 1) }
    }
    var weights = [Double](repeating: 0, count: births.count + 1)
    weights[peak] = 1
    for state in stride(from: peak, to: 0, by: -1) {
      weights[state - 1] = weights[state] * deaths[state - 1] / births[state - 1]
    }
    for state in peak..<births.count {
      weights[state + 1] = weights[state] * births[state] / deaths[state]
    }
    return weights
  }

  /// The mean time from 0 until the state after the last of these rates upward is first entered.
  ///
  /// From i to i + 1 takes h_i = (1 + d_i h_(i-1))/b_i. Source: Keilson, Markov Chain Models: Rarity
  /// and Exponentiality (Springer, 1979), DOI 10.1007/978-1-4612-6200-8, chapter 5.
  ///
  /// - Precondition: `deaths[i]` leads from i + 1 to i; there are enough for all states but the last.
  /// - Complexity: linear in the number of rates.
  static func firstPassageMean(births: [Double], deaths: [Double]) -> Double {
    precondition(deaths.count + 1 >= births.count, "each state but the last can be left downward")
    var (step, sum) = (0.0, 0.0)
    for state in births.indices {
      step = (1 + (state == 0 ? 0 : deaths[state - 1] * step)) / births[state]
      sum += step
    }
    return sum
  }
}

extension [Double] {
  /// The mean of `value` of a state over the law that the entries are proportional to.
  func mean(_ value: (Int) -> Double) -> Double {
    enumerated().reduce(0) { $0 + $1.element * value($1.offset) } / reduce(0, +)
  }
}
