// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// Integrals of smooth functions, which may have kinks or poles at the ends.
///
/// Source: Takahasi and Mori, "Double exponential formulas for numerical integration", Publications
/// of the Research Institute for Mathematical Sciences 9 (1974), DOI 10.2977/prims/1195192451.
enum Quadrature {
  /// The integral over a finite range, to about 1e-13 of the integral of the magnitude.
  ///
  /// - Precondition: the range is finite and its end not before its start.
  /// - Complexity: some hundred calls of the function.
  static func integral(from low: Double, to high: Double, of value: (Double) -> Double) -> Double {
    precondition(low.isFinite && high.isFinite && low <= high, "an integral has a finite range")
    let width = high - low
    return refined { t in
      let sinh = hyperbolicSine(t)
      // How far from the nearer end, as a share of the range: 1/(1 + e^(π |sinh t|)).
      let q = decay(.pi * abs(sinh.value))
      let share = q / (1 + q)
      let x = t < 0 ? low + width * share : high - width * share
      let slope = width * .pi * sinh.slope * share / (1 + q)
      return slope == 0 ? 0 : slope * value(x)
    }
  }

  /// The integral from 0 to infinity of a function that varies on this scale and then falls
  /// exponentially or as a power below -1, to about 1e-12.
  ///
  /// - Complexity: some hundred calls of the function.
  static func integral(scale: Double, of value: (Double) -> Double) -> Double {
    refined { t in
      let sinh = hyperbolicSine(t)
      let exponent = .pi / 2 * sinh.value
      guard abs(exponent) < 600 else { return 0 }
      let x = scale * ElementaryFunctions.exp(exponent)
      return .pi / 2 * sinh.slope * x * value(x)
    }
  }

  /// sinh and its slope cosh.
  private static func hyperbolicSine(_ t: Double) -> (value: Double, slope: Double) {
    let (up, down) = (ElementaryFunctions.exp(t), ElementaryFunctions.exp(-t))
    return ((up - down) / 2, (up + down) / 2)
  }

  /// The trapezoidal rule over [-6, 6] with halved steps until two answers agree.
  private static func refined(_ term: (Double) -> Double) -> Double {
    var step = 0.5
    var sum = (-12...12).reduce(0) { $0 + term(Double($1) * step) }
    var estimate = sum * step
    for _ in 0..<6 {
      step /= 2
      let count = Int((6 / step).rounded())
      // Only the odd multiples are new.
      sum += stride(from: 1 - count, to: count, by: 2).reduce(0) { $0 + term(Double($1) * step) }
      let better = sum * step
      let change = abs(better - estimate)
      estimate = better
      if change <= 1e-12 * abs(better) { break }
    }
    return estimate
  }
}
