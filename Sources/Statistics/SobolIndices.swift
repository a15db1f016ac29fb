// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// How much of the variance of an output comes from one input.
///
/// Source: Sobol', "Global sensitivity indices for nonlinear mathematical models and their Monte
/// Carlo estimates", Mathematics and Computers in Simulation 55 (2001), DOI
/// 10.1016/S0378-4754(00)00270-6. As estimates they may fall a little below 0 or above 1.
package struct SobolIndices: Sendable, Equatable {
  /// The share of the variance that would go if this input alone were known.
  package let first: Interval
  /// The share of the variance that would stay if all inputs but this one were known.
  ///
  /// What it exceeds `first` by is interaction with other inputs.
  package let total: Interval
}

/// The points at which an output is evaluated to estimate its Sobol' indices, and the estimates.
///
/// Each row of the design has two independent points A and B of the cube [0, 1]^inputs, and for each
/// input the point A with that one coordinate from B. Source: Saltelli and others, "Variance based
/// sensitivity analysis of model output. Design and estimator for the total sensitivity index",
/// Computer Physics Communications 181 (2010), DOI 10.1016/j.cpc.2009.09.018.
///
/// The caller evaluates `points`, in any order and in parallel if it likes, and hands the values to
/// `indices`.
package struct SobolDesign: Sendable {
  /// The most inputs that a Sobol sequence has coordinates for.
  package static var maximumInputs: Int { QuasiRandomSequence.maximumDimension / 2 }

  /// How many inputs there are.
  package let inputs: Int
  // Of each row A and then B, 2·inputs numbers.
  private let base: [[Double]]

  /// A design on the first points of a Sobol sequence in 2·inputs dimensions.
  ///
  /// A design with more rows begins with the points of this one. With few rows some coordinates
  /// from about the thirtieth on vary together: more than 15 inputs want at least 2,048 rows, or
  /// independent ones. Of the sum of 20 inputs with 512 rows, the intervals of 95 % covered 85 % of
  /// the first-order indices; up to 15 inputs they covered all of them.
  ///
  /// - Parameters:
  ///   - inputs: how many inputs there are, 1...20.
  ///   - rows: how many rows, at least 2; best a power of two, which is evenly spread
  ///     when there is a shift.
  ///   - shift: the digital shift of the sequence, 2·inputs numbers in 0..<1; `nil` for none.
  /// - Complexity: O(rows · inputs).
  package init(inputs: Int, rows: Int, shift: [Double]? = nil) {
    precondition(
      (1...Self.maximumInputs).contains(inputs), "a Sobol sequence serves 1 to 20 inputs")
    var sequence = QuasiRandomSequence(dimension: 2 * inputs, shift: shift)
    var base: [[Double]] = []
    for _ in 0..<rows { base.append(sequence.next()) }
    self.init(inputs: inputs, base: base)
  }

  /// A design on given rows, such as independent random ones for more inputs than a sequence serves.
  ///
  /// - Parameters:
  ///   - inputs: how many inputs there are, at least 1.
  ///   - base: at least 2 rows, each the coordinates of A and then those of B.
  package init(inputs: Int, base: [[Double]]) {
    precondition(inputs >= 1, "a design has at least one input")
    precondition(base.count >= 2, "a design has at least two rows")
    precondition(
      base.allSatisfy { $0.count == 2 * inputs }, "a row has two coordinates for each input")
    self.inputs = inputs
    self.base = base
  }

  /// How many rows the design has.
  package var rows: Int { base.count }

  /// The points to evaluate, rows · (inputs + 2), with a number for each input.
  ///
  /// Row after row: A, B, then for each input the point A with that coordinate from B.
  ///
  /// - Complexity: O(rows · inputs²), the size of the points.
  package var points: [[Double]] {
    base.flatMap { row in
      let (a, b) = (Array(row[..<inputs]), Array(row[inputs...]))
      let mixed = (0..<inputs).map { input in
        var point = a
        point[input] = b[input]
        return point
      }
      return [a, b] + mixed
    }
  }

  /// The indices of each input, from the output at each of `points`, in that order.
  ///
  /// First-order indices are estimated as in Saltelli and others (2010, table 2, b): the mean of
  /// B's value times the change from A to A with B's coordinate, over the variance. Total ones as
  /// in Jansen, "Analysis of variance designs for model output", Computer Physics Communications
  /// 117 (1999), DOI 10.1016/S0010-4655(98)00154-4: half the mean square of that change, over the
  /// variance. Variance and mean are those of all A and B. The values are centred on their mean
  /// first, which changes no expectation and keeps the first-order estimate from drowning when the
  /// mean is far from 0.
  ///
  /// The intervals are percentiles of estimates from rows drawn with replacement, all indices from
  /// the same rows, as in Archer, Saltelli and Sobol, "Sensitivity measures, ANOVA-like techniques
  /// and the use of bootstrap", Journal of Statistical Computation and Simulation 58 (1997), DOI
  /// 10.1080/00949659708811825. They take the rows as independent. Those of a Sobol sequence are
  /// mostly more even than that, and the intervals wider than they need be. Resamples without
  /// variance count as unbounded on either side.
  ///
  /// - Parameters:
  ///   - values: one for each point.
  ///   - confidence: of the intervals, between 0 and 1.
  ///   - resamples: how often rows are drawn; at least 2/(1 - confidence) - 1, so that an end is
  ///     never a guess beyond the most extreme estimate.
  ///   - nextUniform: gives the next number in 0..<1 of a sequence of independent ones; `rows`
  ///     are taken for each resample.
  /// - Returns: `nil` when A and B have no variance, or a value is not finite.
  /// - Complexity: O(resamples · rows · inputs).
  package func indices(
    values: [Double], confidence: Double = 0.95, resamples: Int = 999, nextUniform: () -> Double
  ) -> [SobolIndices]? {
    precondition(values.count == rows * (inputs + 2), "each point has its value")
    precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
    // The rank of the lower end from below and of the upper end from above, counted from 1; Efron
    // and Tibshirani, An Introduction to the Bootstrap (1993), section 12.5, DOI
    // 10.1201/9780429246593. The little more absorbs the rounding of 1 - confidence.
    let rank = Int((Double(resamples) + 1) * (1 - confidence) / 2 + 1e-9)
    precondition(rank >= 1, "at least 2/(1 - confidence) - 1 resamples are needed")

    guard let terms = Terms(values: values, inputs: inputs) else { return nil }
    let estimates = terms.estimates(
      weights: [Double](repeating: 1, count: rows), varianceAbove: 0)
    guard let estimates else { return nil }
    // Below this the variance of a resample is rounding.
    let rounding = terms.variance * 1e-12
    var drawn: [[Double]] = []
    for _ in 0..<resamples {
      var weights = [Double](repeating: 0, count: rows)
      for _ in 0..<rows {
        let uniform = nextUniform()
        precondition(uniform >= 0 && uniform < 1, "a uniform number lies in 0..<1")
        weights[Int(uniform * Double(rows))] += 1
      }
      if let estimates = terms.estimates(weights: weights, varianceAbove: rounding) {
        drawn.append(estimates)
      }
    }
    let unbounded = resamples - drawn.count
    let intervals = estimates.indices.map { index in
      let sorted = drawn.map { $0[index] }.sorted()
      // The resamples without variance stand both below the lowest and above the highest.
      let place = rank - 1 - unbounded
      return Interval(
        estimate: estimates[index],
        low: place < 0 ? -.infinity : sorted[place],
        high: place < 0 ? .infinity : sorted[sorted.count - 1 - place],
        samples: rows)
    }
    return (0..<inputs).map { SobolIndices(first: intervals[$0], total: intervals[inputs + $0]) }
  }
}

extension SobolDesign {
  /// What each row adds to the sums that the indices are ratios of.
  private struct Terms {
    // The mean of A and B of each row and of their squares, centred and scaled.
    var means: [Double] = []
    var squares: [Double] = []
    // For each first-order index, then for each total one, the numerator's term of each row.
    var numerators: [[Double]]
    // The variance of all A and B, scaled.
    var variance = 0.0

    /// `nil` when A and B are all equal or a value is not finite.
    init?(values: [Double], inputs: Int) {
      let width = inputs + 2
      let rows = values.count / width
      // Deviations from the first value keep equal values equal to their mean, to the last bit.
      let origin = values[0]
      let sum = (0..<rows).reduce(0.0) {
        $0 + (values[$1 * width] - origin) + (values[$1 * width + 1] - origin)
      }
      let mean = origin + sum / Double(2 * rows)
      // In units of the largest deviation no square is too large or too small.
      let scale = values.reduce(0.0) { max($0, abs($1 - mean)) }
      guard values.allSatisfy(\.isFinite), scale > 0, scale.isFinite else { return nil }
      numerators = [[Double]](repeating: [], count: 2 * inputs)
      for row in 0..<rows {
        let scaled = values[(row * width)..<((row + 1) * width)].map { ($0 - mean) / scale }
        let (a, b) = (scaled[0], scaled[1])
        means.append((a + b) / 2)
        squares.append((a * a + b * b) / 2)
        for input in 0..<inputs {
          let change = scaled[2 + input] - a
          numerators[input].append(b * change)
          numerators[inputs + input].append(change * change / 2)
        }
      }
      variance = squares.reduce(0, +) / Double(rows)
    }

    /// The indices when each row counts `weights` times; `nil` for no variance above that bound.
    func estimates(weights: [Double], varianceAbove bound: Double) -> [Double]? {
      let count = Double(weights.count)
      let mean = weighted(means, by: weights) / count
      let variance = weighted(squares, by: weights) / count - mean * mean
      guard variance > bound else { return nil }
      return numerators.map { weighted($0, by: weights) / count / variance }
    }

    private func weighted(_ terms: [Double], by weights: [Double]) -> Double {
      var sum = 0.0
      for index in terms.indices { sum += terms[index] * weights[index] }
      return sum
    }
  }
}
