// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// An estimate with the range that holds the true value with a stated confidence.
package struct Interval: Sendable, Equatable {
  /// The estimate itself.
  package let estimate: Double
  /// The lower end; minus infinity when nothing bounds it.
  package let low: Double
  /// The upper end; infinity when nothing bounds it.
  package let high: Double
  /// How many independent values it rests on.
  package let samples: Int
  /// Whether no random draw had a part in it: then the ends are the estimate.
  package let isExact: Bool

  /// An interval of those values.
  package init(estimate: Double, low: Double, high: Double, samples: Int, isExact: Bool = false) {
    self.estimate = estimate
    self.low = low
    self.high = high
    self.samples = samples
    self.isExact = isExact
  }

  /// A value that no random draw had a part in.
  package static func exact(_ value: Double, samples: Int) -> Interval {
    Interval(estimate: value, low: value, high: value, samples: samples, isExact: true)
  }

  /// The same inside a range that what it estimates never leaves; ends that nothing bounds stay so.
  package func clipped(from least: Double = -.infinity, to most: Double = .infinity) -> Interval {
    guard !isExact, low.isFinite, high.isFinite else { return self }
    func inside(_ value: Double) -> Double { min(max(value, least), most) }
    return Interval(
      estimate: inside(estimate), low: inside(low), high: inside(high), samples: samples)
  }

  /// The same, wider by what is known of the estimate itself only to lie in a range.
  package func widened(low least: Double, high most: Double) -> Interval {
    guard least.isFinite, most.isFinite else { return self }
    return Interval(
      estimate: estimate, low: low - max(0, estimate - least), high: high + max(0, most - estimate),
      samples: samples)
  }

  /// Half the width.
  package var halfWidth: Double { (high - low) / 2 }

  /// The mean of independent values with Student's interval round it; `nil` for no values.
  ///
  /// One value has an interval without bounds. Source: "Student" (Gosset), "The probable error of a
  /// mean", Biometrika 6 (1908), DOI 10.1093/biomet/6.1.1.
  package static func mean(of values: [Double], confidence: Double) -> Interval? {
    guard let first = values.first else { return nil }
    guard values.allSatisfy(\.isFinite) else {
      return Interval(
        estimate: .infinity, low: -.infinity, high: .infinity, samples: values.count)
    }
    // Deviations from the first value keep the mean of equal values equal to them, to the last bit.
    let count = Double(values.count)
    let mean = first + values.reduce(0.0) { $0 + ($1 - first) } / count
    let squares = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    return around(mean, squares: squares, samples: values.count, confidence: confidence)
  }

  /// The mean of independent values, each paired with a control whose mean is known, with the interval of
  /// regression on the control.
  ///
  /// What the values have in common with the control is luck that is known to be luck, and is taken out:
  /// ȳ - β·(c̄ - μ). Of the variance 1 - ρ² is left; a degree of freedom is lost. Source: Lavenberg and
  /// Welch, "A perspective on the use of control variables to increase the efficiency of Monte Carlo
  /// simulations", Management Science 27 (1981), DOI 10.1287/mnsc.27.3.322.
  ///
  /// - Parameters:
  ///   - expected: the mean of the control.
  /// - Returns: the plain mean where there are fewer than four values, or the control does not vary.
  package static func mean(
    of values: [Double], controlledBy controls: [Double], expected: Double, confidence: Double
  ) -> Interval? {
    precondition(values.count == controls.count, "each value has its control")
    let plain = mean(of: values, confidence: confidence)
    guard values.count >= 4, values.allSatisfy(\.isFinite), let first = values.first else {
      return plain
    }
    let count = Double(values.count)
    let mean = first + values.reduce(0) { $0 + ($1 - first) } / count
    let control = controls.reduce(0, +) / count
    let spread = controls.reduce(0) { $0 + ($1 - control) * ($1 - control) }
    guard spread > 0 else { return plain }
    let slope =
      zip(values, controls).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - control) } / spread
    let squares = zip(values, controls).reduce(0) { sum, pair in
      let rest = pair.0 - mean - slope * (pair.1 - control)
      return sum + rest * rest
    }
    let luck = control - expected
    let error = (squares / (count - 2) * (1 / count + luck * luck / spread)).squareRoot()
    let half =
      StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: values.count - 2) * error
    let estimate = mean - slope * luck
    return Interval(
      estimate: estimate, low: estimate - half, high: estimate + half, samples: values.count)
  }

  /// The ratio of two sums over paired values with its jackknife interval; `nil` for no pairs.
  ///
  /// Leaving out each pair in turn gives as many nearly independent values whose mean has less bias
  /// than the ratio itself. Source: Miller, "The jackknife: a review", Biometrika 61 (1974), DOI
  /// 10.1093/biomet/61.1.1.
  ///
  /// - Complexity: O(pairs).
  package static func ratio(
    of pairs: [(numerator: Double, denominator: Double)], confidence: Double
  ) -> Interval? {
    let top = pairs.reduce(0) { $0 + $1.numerator }
    let bottom = pairs.reduce(0) { $0 + $1.denominator }
    guard !pairs.isEmpty, bottom != 0 else { return nil }
    let whole = top / bottom
    guard pairs.count > 1 else { return .mean(of: [whole], confidence: confidence) }
    let count = Double(pairs.count)
    let values = pairs.map { pair in
      let rest = (top - pair.numerator) / (bottom - pair.denominator)
      // Written so that equal ratios give exactly that ratio.
      return whole + (count - 1) * (whole - rest)
    }
    return .mean(of: values, confidence: confidence)
  }

  /// Half the width of Student's interval round a value whose standard error is estimated.
  package static func halfWidth(
    error: Double, degreesOfFreedom: Int, confidence: Double
  ) -> Double {
    StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom) * error
  }

  /// A pooled estimate with the interval of sectioning: each replication is a section, and their
  /// deviations are taken from the pooled estimate.
  ///
  /// Sectioning keeps the small bias of the pooled quantile where batching would average the larger
  /// bias of each section's. Source: Asmussen and Glynn, Stochastic Simulation (2007), section III.5,
  /// DOI 10.1007/978-0-387-69033-9.
  package static func sectioning(
    pooled: Double, sections: [Double], confidence: Double
  ) -> Interval? {
    guard !sections.isEmpty else { return nil }
    guard pooled.isFinite, sections.allSatisfy(\.isFinite) else {
      return Interval(
        estimate: pooled, low: -.infinity, high: .infinity, samples: sections.count)
    }
    let squares = sections.reduce(0.0) { $0 + ($1 - pooled) * ($1 - pooled) }
    return around(pooled, squares: squares, samples: sections.count, confidence: confidence)
  }

  /// The rate of rare events over a stretch of time, with the interval of Garwood for a Poisson count,
  /// which has an honest upper end where none was seen; `nil` for no time.
  ///
  /// Source: Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936),
  /// DOI 10.1093/biomet/28.3-4.437.
  ///
  /// - Parameters:
  ///   - exposure: the time, in the unit that the rate is per.
  ///   - samples: over how many replications it was counted.
  package static func rate(
    of events: Int, over exposure: Double, samples: Int, confidence: Double
  ) -> Interval? {
    precondition(events >= 0, "events are counted from none")
    guard exposure > 0 else { return nil }
    let tail = (1 - confidence) / 2
    let low =
      events == 0 ? 0 : ChiSquare.quantile(tail, degreesOfFreedom: 2 * events) / 2
    let high = ChiSquare.quantile(1 - tail, degreesOfFreedom: 2 * events + 2) / 2
    return Interval(
      estimate: Double(events) / exposure, low: low / exposure, high: high / exposure,
      samples: samples)
  }

  private static func around(
    _ centre: Double, squares: Double, samples: Int, confidence: Double
  ) -> Interval {
    guard samples >= 2 else {
      return Interval(estimate: centre, low: -.infinity, high: .infinity, samples: samples)
    }
    let error = (squares / Double(samples - 1) / Double(samples)).squareRoot()
    let quantile = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: samples - 1)
    return Interval(
      estimate: centre, low: centre - quantile * error, high: centre + quantile * error,
      samples: samples)
  }
}
