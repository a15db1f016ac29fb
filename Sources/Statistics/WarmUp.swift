// SPDX-License-Identifier: GPL-3.0-or-later

/// How much of the beginning of a series to leave out, by MSER-5.
///
/// Batches of five values are cut from the front, half of them at most, so that the standard error of the
/// mean of what is left is smallest; where cutting more would make it smaller still, no steady state is in
/// sight. Source: White, Cobb and
/// Spratt, "A comparison of five steady-state truncation heuristics for simulation", Winter Simulation
/// Conference (2000), DOI 10.1109/WSC.2000.899921; White, "An effective truncation heuristic for bias
/// reduction in simulation output", Simulation 69 (1997), DOI 10.1177/003754979706900601.
package struct WarmUp: Sendable, Equatable {
  /// How many batches to cut.
  package let batches: Int
  /// How many values to cut.
  package let values: Int
  /// The mean of the batches that are left.
  package let mean: Double
  /// The statistic at its minimum: the sum of squared deviations over the squared number of batches left.
  package let statistic: Double
  /// Whether no cut in the second half does better, so that this one can be believed.
  package let isCredible: Bool

  /// The cut of a series.
  ///
  /// - Parameters:
  ///   - batch: values in a batch.
  /// - Returns: `nil` for fewer than ten batches.
  /// - Complexity: O(values).
  package init?(_ series: [Double], batch: Int = 5) {
    let count = series.count / batch
    guard count >= 10 else { return nil }
    let means = (0..<count).map { number in
      series[number * batch..<(number + 1) * batch].reduce(0, +) / Double(batch)
    }
    // From the end forwards, so that sums are added up once. The last five batches are too few to judge.
    var best = (cut: 0, statistic: Double.infinity, mean: 0.0)
    var smallestLater = Double.infinity
    var (sum, squares) = (0.0, 0.0)
    for cut in stride(from: count - 1, through: 0, by: -1) {
      // Welford's recurrence keeps the squares exact for series far from zero.
      let left = Double(count - cut)
      let before = left > 1 ? sum / (left - 1) : means[cut]
      sum += means[cut]
      squares += (means[cut] - before) * (means[cut] - sum / left)
      let statistic = squares / (left * left)
      if cut * 2 <= count {
        if statistic <= best.statistic { best = (cut, statistic, sum / left) }
      } else if count - cut > 5 {
        smallestLater = min(smallestLater, statistic)
      }
    }
    batches = best.cut
    values = best.cut * batch
    mean = best.mean
    statistic = best.statistic
    isCredible = best.statistic <= smallestLater
  }
}
