// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// A function of uniform inputs whose indices are known in closed form.
struct SensitivityFunction: Sendable, CustomTestStringConvertible {
  /// The name of the function's family in the table of closed forms.
  let name: String
  /// The function of a point of the cube.
  let value: @Sendable ([Double]) -> Double
  let mean, variance: Double
  let first, total: [Double]

  var testDescription: String { name }
  var inputs: Int { first.count }

  /// The values at all those points.
  func values(at points: [[Double]]) -> [Double] { points.map(value) }

  /// sin x₁ + a sin² x₂ + b x₃⁴ sin x₁ of x uniform on (-π, π), with a = 7 and b = 0.1.
  ///
  /// Source: Ishigami and Homma, "An importance quantification technique in uncertainty analysis for
  /// computer models", First International Symposium on Uncertainty Modeling and Analysis (1990),
  /// DOI 10.1109/ISUMA.1990.151285.
  static let ishigami: SensitivityFunction = {
    let (a, b) = (7.0, 0.1)
    let firstAlone = pow(1 + b * pow(.pi, 4) / 5, 2) / 2
    let second = a * a / 8
    let firstWithThird = b * b * pow(.pi, 8) * 8 / 225
    let variance = firstAlone + second + firstWithThird
    return SensitivityFunction(
      name: "sensitivity_ishigami",
      value: { point in
        let x = point.map { (2 * $0 - 1) * Double.pi }
        return sin(x[0]) * (1 + b * pow(x[2], 4)) + a * sin(x[1]) * sin(x[1])
      },
      mean: a / 2, variance: variance,
      first: [firstAlone / variance, second / variance, 0],
      total: [
        (firstAlone + firstWithThird) / variance, second / variance, firstWithThird / variance,
      ])
  }()

  /// The product of (|4x - 2| + a)/(1 + a) over inputs with a = 0, 1, 4.5, 9 and 99.
  ///
  /// Source: Saltelli and Sobol', "About the use of rank transformation in sensitivity analysis of
  /// model output", Reliability Engineering & System Safety 50 (1995), DOI
  /// 10.1016/0951-8320(95)00099-2.
  static let sobolG: SensitivityFunction = {
    let a = [0, 1, 4.5, 9, 99]
    let shares = a.map { 1 / (3 * (1 + $0) * (1 + $0)) }
    let product = shares.reduce(1.0) { $0 * (1 + $1) }
    return SensitivityFunction(
      name: "sensitivity_sobol_g",
      value: { point in
        zip(point, a).reduce(1.0) { $0 * (abs(4 * $1.0 - 2) + $1.1) / (1 + $1.1) }
      },
      mean: 1, variance: product - 1,
      first: shares.map { $0 / (product - 1) },
      total: shares.map { $0 * product / (1 + $0) / (product - 1) })
  }()
}
