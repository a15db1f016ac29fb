// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// An estimate with the values of independent replications that it rests on.
package struct Sample: Sendable, Equatable {
  /// The estimate: their mean, or the quantile of all of them pooled.
  package let estimate: Double
  /// The value of each replication.
  package let values: [Double]

  /// A sample of those values.
  package init(estimate: Double, values: [Double]) {
    self.estimate = estimate
    self.values = values
  }

  /// The variance of the estimate, by the deviations of the replications from it.
  fileprivate var variance: Double {
    let squares = values.reduce(0.0) { $0 + ($1 - estimate) * ($1 - estimate) }
    return squares / Double(values.count - 1) / Double(values.count)
  }
}

extension Interval {
  /// The second of two samples less the first, replication by replication.
  ///
  /// - Returns: `nil` where they have not the same number of replications, or none.
  package static func paired(_ first: Sample, _ second: Sample, confidence: Double) -> Interval? {
    guard first.values.count == second.values.count else { return nil }
    return .sectioning(
      pooled: second.estimate - first.estimate,
      sections: zip(first.values, second.values).map { $1 - $0 }, confidence: confidence)
  }

  /// The second of two independent samples less the first, whose variances may differ.
  ///
  /// Degrees of freedom are rounded down. Source: Welch, "The generalization of 'Student's' problem when
  /// several different population variances are involved", Biometrika 34 (1947), DOI
  /// 10.1093/biomet/34.1-2.28.
  ///
  /// - Returns: `nil` where one of them has no value; an interval without bounds where one has one only.
  package static func welch(_ first: Sample, _ second: Sample, confidence: Double) -> Interval? {
    guard !first.values.isEmpty, !second.values.isEmpty else { return nil }
    let difference = second.estimate - first.estimate
    let samples = first.values.count + second.values.count
    guard min(first.values.count, second.values.count) > 1, difference.isFinite,
      (first.values + second.values).allSatisfy(\.isFinite)
    else {
      return Interval(estimate: difference, low: -.infinity, high: .infinity, samples: samples)
    }
    let (a, b) = (first.variance, second.variance)
    guard a + b > 0 else {
      return Interval(estimate: difference, low: difference, high: difference, samples: samples)
    }
    let freedom =
      (a + b) * (a + b)
      / (a * a / Double(first.values.count - 1) + b * b / Double(second.values.count - 1))
    let quantile = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: max(1, Int(freedom)))
    let half = quantile * (a + b).squareRoot()
    return Interval(
      estimate: difference, low: difference - half, high: difference + half, samples: samples)
  }
}
