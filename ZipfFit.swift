// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Statistics

/// The catalogue, the Zipf exponent and the share of unique contents that a log of contents bears out.
///
/// Some requests have contents of their own; the others draw from a catalogue by Zipf's law. What is
/// seen once may be either, so the contents that repeat decide: their number, their requests, and the
/// sum of ln rank over these requests, which is what the likelihood of the exponent depends on. The
/// ranks by observed counts are not the true ones, and a short log misses the catalogue's tail;
/// both are in the expected values to which the three are matched. That takes the bias out of the
/// maximum-likelihood estimate as indirect inference does, with computed instead of simulated
/// expectations: Gouriéroux, Monfort and Renault, "Indirect inference", Journal of Applied
/// Econometrics 8 (1993), DOI 10.1002/jae.3950080507. It assumes that requests are independent.
package struct ZipfFit: Sendable, Equatable {
  /// The exponent, with 95 % confidence.
  package let exponent: Interval
  /// The contents of the catalogue, with 95 % confidence.
  package let catalogue: Interval
  /// The share of requests whose content nobody else asks for, with 95 % confidence.
  package let unique: Interval
  /// The largest distance between the shares of repeated contents that were asked for k times or
  /// more, and those that the law expects.
  package let distance: Double
  /// How many contents were seen at least twice.
  package let repeatedContents: Int
  /// Groups of contents with the mean number of requests for each over the log.
  let groups: [ZipfCatalogue.Group]
  /// How many requests the log has.
  let requests: Int

  /// With fewer repeated contents than this nothing is fitted.
  package static let fewestRepeatedContents = 10

  /// The fit to the number of requests of each content; `nil` where too few repeat or no catalogue
  /// of up to 100 million contents is nearest.
  ///
  /// - Complexity: some hundred times (hundreds of contents, and the deviations of their counts).
  package init?(counts: [Int]) {
    let repeated = counts.filter { $0 >= 2 }.sorted(by: >)
    guard repeated.count >= Self.fewestRepeatedContents else { return nil }
    let problem = Problem(repeated: repeated, requests: counts.reduce(0, +))
    guard let answer = problem.solved() else { return nil }
    let (state, deviations) = answer
    let z = Normal.quantile(0.975)
    func interval(_ value: Double, _ half: Double) -> Interval {
      Interval(
        estimate: value, low: max(0, value - half), high: value + half, samples: repeated.count)
    }
    exponent = interval(state.exponent, z * deviations[2])
    let contents = Elementary.exp(state.logContents)
    let factor = Elementary.exp(min(500, z * deviations[1]))
    catalogue = Interval(
      estimate: contents, low: max(Double(repeated.count), contents / factor),
      high: contents * factor, samples: repeated.count)
    let own = Elementary.exp(state.logRequests) / Double(problem.requests)
    unique = Interval(
      estimate: max(0, 1 - own), low: max(0, 1 - own - z * own * deviations[0]),
      high: min(1, 1 - own + z * own * deviations[0]), samples: repeated.count)
    requests = problem.requests
    repeatedContents = repeated.count
    let fitted = problem.catalogue(state)
    groups = fitted.groups
    distance = Self.distance(repeated, fitted)
  }

  private static func distance(_ repeated: [Int], _ fitted: ZipfCatalogue) -> Double {
    let means = fitted.contentsAskedForAtLeast().means
    var distance = 0.0
    var index = repeated.count
    for k in 3...max(3, max(repeated[0] + 1, means.count - 1)) {
      // Sorted from the largest: those with k or more stand before the index.
      while index > 0 && repeated[index - 1] < k { index -= 1 }
      let expected = k < means.count ? means[k] / means[2] : 0
      distance = max(distance, abs(Double(index) / Double(repeated.count) - expected))
    }
    return distance
  }

  // MARK: Solving

  private struct State {
    var logRequests: Double
    var logContents: Double
    var exponent: Double

    var numbers: [Double] { [logRequests, logContents, exponent] }

    init(_ numbers: [Double]) {
      (logRequests, logContents, exponent) = (numbers[0], numbers[1], numbers[2])
    }
  }

  /// Three observed sums and the ranges of what explains them.
  private struct Problem {
    let requests: Int
    private let observed: [Double]
    private let start: [Double]
    private let low: [Double]
    private let high: [Double]

    init(repeated: [Int], requests: Int) {
      self.requests = requests
      let contents = Double(repeated.count)
      let own = Double(repeated.reduce(0, +))
      let logRanks = repeated.enumerated().reduce(0.0) { sum, entry in
        sum + Double(entry.element) * Elementary.log(Double(entry.offset + 1))
      }
      observed = [contents, own, logRanks]
      low = [Elementary.log(own), Elementary.log(contents), 0]
      high = [
        Elementary.log(Double(requests)), Elementary.log(max(contents, 1e8)), 10,
      ]
      start = [
        min(high[0], Elementary.log(own + 0.2 * contents)), Elementary.log(contents * 1.2),
        RankedZipf(sortedCounts: repeated).exponent,
      ]
    }

    func catalogue(_ state: State) -> ZipfCatalogue {
      ZipfCatalogue(
        contents: Elementary.exp(state.logContents), exponent: state.exponent,
        requests: Elementary.exp(state.logRequests))
    }

    private func missing(_ numbers: [Double]) -> [Double] {
      let expected = catalogue(State(numbers)).expectation()
      return zip(observed, [expected.contents, expected.requests, expected.logRanks]).map { $0 - $1 }
    }

    /// By Gauss's and Newton's steps, halved until the misfit falls; a number that would leave its
    /// range stays at the end of it.
    func solved() -> (state: State, deviations: [Double])? {
      var numbers = start
      var residuals = missing(numbers)
      for _ in 0..<100 {
        let covariances = catalogue(State(numbers)).covariances()
        // What hardly varies still counts as varying by a thousandth, so that no weight is infinite.
        let weights = zip(observed, covariances.indices).map { value, index in
          1 / max(covariances[index][index], (1e-3 * value).squared)
        }
        let slopes = slopes(at: numbers, residuals)
        guard let (step, free) = step(from: numbers, residuals, slopes, weights) else { return nil }
        let misfit = Self.misfit(residuals, weights)
        var length = 1.0
        var next = numbers
        var nextResiduals = residuals
        repeat {
          next = clamped(zip(numbers, step).map { $0 + length * $1 })
          nextResiduals = missing(next)
          length /= 2
        } while Self.misfit(nextResiduals, weights) > misfit && length > 1e-4
        let moved = zip(next, numbers).map { abs($0 - $1) }.max() ?? 0
        numbers = next
        residuals = nextResiduals
        guard moved < 1e-6 else { continue }
        guard numbers[1] < high[1] else { return nil }
        return (State(numbers), deviations(slopes, weights, free, covariances))
      }
      return nil
    }

    private func clamped(_ numbers: [Double]) -> [Double] {
      numbers.indices.map { min(max(numbers[$0], low[$0]), high[$0]) }
    }

    private static func misfit(_ residuals: [Double], _ weights: [Double]) -> Double {
      zip(residuals, weights).reduce(0) { $0 + $1.0.squared * $1.1 }
    }

    /// By how much each expected sum grows with each number.
    private func slopes(at numbers: [Double], _ residuals: [Double]) -> [[Double]] {
      let columns = numbers.indices.map { index -> [Double] in
        var moved = numbers
        // Inwards, so that the range is not left.
        let change = numbers[index] + 1e-4 > high[index] ? -1e-4 : 1e-4
        moved[index] += change
        return zip(residuals, missing(moved)).map { ($0 - $1) / change }
      }
      return (0..<3).map { row in columns.map { $0[row] } }
    }

    private func step(
      from numbers: [Double], _ residuals: [Double], _ slopes: [[Double]], _ weights: [Double]
    ) -> (step: [Double], free: [Int])? {
      var free = Array(numbers.indices)
      while !free.isEmpty {
        guard
          let fit = LeastSquares(
            rows: slopes.map { row in free.map { row[$0] } }, values: residuals, weights: weights)
        else { return nil }
        let pinned = free.indices.first { place in
          let (index, change) = (free[place], fit.coefficients[place])
          return numbers[index] <= low[index] && change < 0
            || numbers[index] >= high[index] && change > 0
        }
        guard let pinned else {
          var step = [0.0, 0.0, 0.0]
          // A factor of e, or 1 of the exponent, is as far as slopes are trusted.
          for (index, change) in zip(free, fit.coefficients) { step[index] = min(max(change, -1), 1) }
          return (step, free)
        }
        free.remove(at: pinned)
      }
      return nil
    }

    /// The standard deviations of the numbers that are not at an end of their range.
    private func deviations(
      _ slopes: [[Double]], _ weights: [Double], _ free: [Int], _ covariances: [[Double]]
    ) -> [Double] {
      var deviations = [0.0, 0.0, 0.0]
      let rows = slopes.map { row in free.map { row[$0] } }
      guard let fit = LeastSquares(rows: rows, values: [0, 0, 0], weights: weights) else {
        return deviations
      }
      for (place, index) in free.enumerated() {
        let influences = (0..<3).map { row in
          weights[row] * zip(fit.inverse[place], rows[row]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        var variance = 0.0
        for row in 0..<3 {
          for column in 0..<3 {
            variance += influences[row] * influences[column] * covariances[row][column]
          }
        }
        deviations[index] = max(0, variance).squareRoot()
      }
      return deviations
    }
  }
}
