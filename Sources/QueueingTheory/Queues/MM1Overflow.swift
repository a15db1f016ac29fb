// SPDX-License-Identifier: GPL-3.0-or-later

/// How rarely an M/M/1 queue grows to a level: for checks of methods for rare events.
///
/// Source: Feller, An Introduction to Probability Theory and Its Applications 1, 3rd ed. (Wiley,
/// 1968), ISBN 978-0-471-25708-0, chapter 14 (the gambler's ruin).
package struct MM1Overflow: Hashable, Sendable {
  /// The queue.
  package let queue: MM1
  /// The number waiting or in service that counts as overflow.
  package let level: Int

  /// The overflow of a queue at this level.
  ///
  /// - Precondition: the level is at least 1.
  package init(queue: MM1, level: Int) {
    precondition(level >= 1, "a busy period starts below the level")
    self.queue = queue
    self.level = level
  }

  /// The probability that a busy period, which starts with one request, reaches the level.
  ///
  /// - Complexity: linear in the level.
  package var busyPeriodProbability: Double {
    let rho = queue.utilization
    return queue.probability(ofAtLeast: level - 1) * (1 - rho)
      / (1 - queue.probability(ofAtLeast: level))
  }

  /// The mean time from an empty queue until the level is first reached.
  ///
  /// - Complexity: linear in the level.
  package var firstPassageMean: Double {
    BirthDeath.firstPassageMean(
      births: [Double](repeating: queue.arrivalRate, count: level),
      deaths: [Double](repeating: queue.serviceRate, count: level))
  }

  /// The share of time at the level or above.
  ///
  /// - Complexity: linear in the level.
  package var stationaryProbability: Double { queue.probability(ofAtLeast: level) }
}
