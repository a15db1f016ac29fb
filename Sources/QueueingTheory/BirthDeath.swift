// SPDX-License-Identifier: GPL-3.0-or-later

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
}
