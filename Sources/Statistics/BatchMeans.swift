// SPDX-License-Identifier: GPL-3.0-or-later

/// What tells whether batches of one long run are long enough to be taken as independent.
package enum BatchMeans {
  /// The correlation of neighbouring values; `nil` for fewer than three values or where all are equal.
  ///
  /// Source: Law, Simulation Modeling and Analysis, 5th ed. (2015), ISBN 978-0-07-340132-4, section 9.5.3,
  /// with the estimator of Box and Jenkins, Time Series Analysis (2015), DOI 10.1002/9781118619193,
  /// section 2.1.6.
  ///
  /// - Complexity: O(values).
  package static func correlation(_ values: [Double]) -> Double? {
    guard values.count >= 3 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard squares > 0 else { return nil }
    let products = zip(values, values.dropFirst()).reduce(0) {
      $0 + ($1.0 - mean) * ($1.1 - mean)
    }
    return products / squares
  }
}
