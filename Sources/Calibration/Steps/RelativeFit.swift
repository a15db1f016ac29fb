// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The parameters above zero of any model with which its predictions come nearest to measured values, by ratio.
///
/// Over the logarithms of the parameters, by damped steps: Marquardt, "An Algorithm for Least-Squares Estimation of
/// Nonlinear Parameters", Journal of the Society for Industrial and Applied Mathematics 11 (1963) 431–441, DOI
/// 10.1137/0111030. Slopes are taken over 2 % of a parameter, since a simulated engine jumps where its steps change.
///
/// The loss of ln(predicted ÷ measured) is a square near zero and a logarithm far from it, so that rows which the model
/// misses whatever its parameters are, as those that wait for memory, hardly move the others: the Cauchy weights of
/// Holland and Welsch, "Robust regression using iteratively reweighted least-squares", Communications in Statistics 6
/// (1977) 813–827, DOI 10.1080/03610927708827533, at a scale of 15 %.
struct RelativeFit {
  /// The parameters.
  private(set) var values: [Double]
  /// What the model predicts with them.
  private(set) var predictions: [Double]
  /// ln(predicted ÷ measured) of each value.
  private(set) var residuals: [Double]
  /// How the predictions change: for each value the slope of its logarithm by that of each parameter.
  private(set) var slopes: [[Double]] = []
  /// How often the model was asked.
  private(set) var calls = 0

  /// A fit from a start; `nil` where the model predicts nothing there.
  ///
  /// - Parameters:
  ///   - start: parameters above 0.
  ///   - most: what each may be at most.
  ///   - predict: what the model makes of parameters, a value for each measured one, above 0; `nil` where nothing.
  init?(
    of measured: [Double], from start: [Double], most: [Double],
    predict: ([Double]) -> [Double]?
  ) {
    guard let first = predict(start) else { return nil }
    values = start
    predictions = first
    residuals = Self.residuals(first, measured)
    calls = 1
    var damping = 0.03
    for _ in 0..<12 {
      slopes = findSlopes(measured, most, predict)
      let before = loss
      var isBetter = false
      for _ in 0..<5 {
        let step = Self.step(slopes, residuals, damping)
        let tried = values.indices.map { index in
          let factor = ElementaryFunctions.exp(min(1.5, max(-1.5, step[index])))
          return min(most[index], max(Self.least, values[index] * factor))
        }
        calls += 1
        if let made = predict(tried) {
          let left = Self.residuals(made, measured)
          if Self.loss(left) < loss {
            (values, predictions, residuals) = (tried, made, left)
            damping = max(1e-4, damping / 5)
            isBetter = true
            break
          }
        }
        damping *= 6
      }
      guard isBetter, loss < before * 0.998 else { break }
    }
    slopes = findSlopes(measured, most, predict)
  }

  /// What counts as nothing.
  static let least = 1e-15

  /// Where a residual begins to count for less than its square.
  private static let scale = 0.15

  private static func loss(_ residuals: [Double]) -> Double {
    residuals.reduce(0) { sum, residual in
      let size = residual / scale
      return sum + ElementaryFunctions.log(1 + size * size) * scale * scale
    }
  }

  private static func weight(_ residual: Double) -> Double {
    1 / (1 + residual / scale * (residual / scale))
  }

  private var loss: Double { Self.loss(residuals) }

  private static func residuals(_ predicted: [Double], _ measured: [Double]) -> [Double] {
    zip(predicted, measured).map { ElementaryFunctions.log($0 / $1) }
  }

  private mutating func findSlopes(
    _ measured: [Double], _ most: [Double], _ predict: ([Double]) -> [Double]?
  ) -> [[Double]] {
    var slopes = [[Double]](
      repeating: [Double](repeating: 0, count: values.count), count: measured.count)
    for index in values.indices {
      var moved = values
      // Downwards where there is no way up.
      let factor = values[index] * 1.02 <= most[index] ? 1.02 : 1 / 1.02
      moved[index] *= factor
      calls += 1
      guard let made = predict(moved) else { continue }
      let change = ElementaryFunctions.log(factor)
      for row in measured.indices {
        slopes[row][index] = ElementaryFunctions.log(made[row] / predictions[row]) / change
      }
    }
    return slopes
  }

  /// The damped step: (JᵀWJ + λ diag JᵀWJ) δ = −JᵀWr.
  private static func step(
    _ slopes: [[Double]], _ residuals: [Double], _ damping: Double
  ) -> [Double] {
    let width = slopes.first?.count ?? 0
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
    var right = [Double](repeating: 0, count: width)
    for (row, residual) in zip(slopes, residuals) {
      let weight = Self.weight(residual)
      for i in 0..<width {
        right[i] -= weight * row[i] * residual
        for j in 0..<width { matrix[i][j] += weight * row[i] * row[j] }
      }
    }
    for i in 0..<width { matrix[i][i] = matrix[i][i] * (1 + damping) + 1e-9 }
    return solution(matrix, right)
  }

  /// The solution of a system of equations, by elimination with the largest pivot.
  static func solution(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (matrix, right) = (matrix, right)
    let width = right.count
    for column in 0..<width {
      let pivot =
        (column..<width).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) } ?? column
      matrix.swapAt(column, pivot)
      right.swapAt(column, pivot)
      guard abs(matrix[column][column]) > 1e-300 else { continue }
      for row in (column + 1)..<max(width, column + 1) {
        let factor = matrix[row][column] / matrix[column][column]
        for next in column..<width { matrix[row][next] -= factor * matrix[column][next] }
        right[row] -= factor * right[column]
      }
    }
    var result = [Double](repeating: 0, count: width)
    for row in (0..<width).reversed() {
      var value = right[row]
      for next in (row + 1)..<max(width, row + 1) { value -= matrix[row][next] * result[next] }
      result[row] = abs(matrix[row][row]) > 1e-300 ? value / matrix[row][row] : 0
    }
    return result
  }

  /// Standard errors of the parameters, as shares of them; infinite where nothing tells them.
  var relativeErrors: [Double] {
    let width = values.count
    let freedom = residuals.count - width
    guard freedom > 0 else { return [Double](repeating: .infinity, count: width) }
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
    var sum = 0.0
    for (row, residual) in zip(slopes, residuals) {
      let weight = Self.weight(residual)
      sum += weight * residual * residual
      for i in 0..<width { for j in 0..<width { matrix[i][j] += weight * row[i] * row[j] } }
    }
    let variance = sum / Double(freedom)
    return (0..<width).map { index in
      var unit = [Double](repeating: 0, count: width)
      unit[index] = 1
      // Without a slope nothing is known of a parameter.
      guard matrix[index][index] > 1e-9 else { return .infinity }
      let inverse = Self.solution(matrix, unit)[index]
      return inverse > 0 ? (inverse * variance).squareRoot() : .infinity
    }
  }

  /// How alike the effects of two parameters are: the cosine between their slopes, 1 where nothing tells them apart.
  func likeness(_ first: Int, _ second: Int) -> Double {
    let products = slopes.reduce((0.0, 0.0, 0.0)) { sums, row in
      (
        sums.0 + row[first] * row[second], sums.1 + row[first] * row[first],
        sums.2 + row[second] * row[second]
      )
    }
    let size = (products.1 * products.2).squareRoot()
    return size > 0 ? abs(products.0) / size : 0
  }
}
