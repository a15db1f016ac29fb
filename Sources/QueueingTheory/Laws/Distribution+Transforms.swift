// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

extension Distribution {
  /// The integral of e^-st P(X > t) over all t: (1 - E e^-sX)/s, and the mean at s = 0.
  ///
  /// Closed for laws whose transform is; by quadrature to about 1e-12 otherwise. Source: Feller, An
  /// Introduction to Probability Theory and Its Applications 2, 2nd ed. (Wiley, 1971),
  /// ISBN 978-0-471-25709-7, chapter 13.
  ///
  /// - Precondition: `s` is not negative.
  /// - Complexity: some hundred to thousand exponentials for Weibull, lognormal and Pareto laws.
  func survivalTransform(_ s: Double) -> Double {
    precondition(s >= 0, "a transform is taken from 0 on")
    if s == 0 { return mean }
    switch law {
    case .constant(let value): return decayIntegral(rate: s, value)
    case .exponential(let mean): return mean / (1 + s * mean)
    case .hyperexponential(let probabilities, let means):
      return zip(probabilities, means).reduce(0) { $0 + $1.0 * $1.1 / (1 + s * $1.1) }
    case .gamma(let shape, let scale):
      return decayIntegral(rate: s, shape / s * logarithm(onePlus: s * scale))
    case .uniform(let low, let high):
      let width = high - low
      // ∫₀ʷ e^-sy (1 - y/w) dy is the mean of decayIntegral over [0, w].
      let ramp =
        s * width < 0.5
        ? Quadrature.integral(from: 0, to: width) { decayIntegral(rate: s, $0) } / width
        : (1 - decayIntegral(rate: s, width) / width) / s
      return decayIntegral(rate: s, low) + decay(s * low) * ramp
    case .weibull(let shape, let scale):
      // A draw is scale u^(1/shape) with u exponential of mean 1.
      return Quadrature.integral(scale: 1) { u in
        let exponent = max(-700, ElementaryFunctions.log(u) / shape)
        return decay(u)
          * (u > 700 ? 0 : decayIntegral(rate: s, scale * ElementaryFunctions.exp(exponent)))
      }
    case .bathtub(let life):
      return Quadrature.integral(from: 0, to: life.limit) { decay(s * $0) * survival($0) }
    case .pareto(let shape, let minimum):
      // A draw is minimum e^(u/shape).
      return Quadrature.integral(scale: 1) { u in
        u > 700
          ? 0 : decay(u) * decayIntegral(rate: s, minimum * ElementaryFunctions.exp(u / shape))
      }
    case .lognormal(let logMean, let deviation):
      return normalMean(margin: deviation) { z in
        decayIntegral(rate: s, ElementaryFunctions.exp(logMean + deviation * z))
      }
    }
  }

  /// The mean of a smooth function of a normal number, by the trapezoidal rule.
  private func normalMean(margin: Double, of value: (Double) -> Double) -> Double {
    let step = min(0.125, 0.25 / margin)
    let count = Int(((9 + margin) / step).rounded(.up))
    let (sum, weights) = (-count...count).reduce(into: (0.0, 0.0)) { sums, index in
      let z = Double(index) * step
      let weight = decay(z * z / 2)
      sums.0 += weight * value(z)
      sums.1 += weight
    }
    return sum / weights
  }

  /// The means of the lesser of a draw and `limit`, and of its square.
  ///
  /// E min(X, m)^k is the integral of k x^(k-1) P(X > x) from 0 to m. Source: Feller, as above,
  /// chapter 5.
  ///
  /// - Precondition: the limit is positive.
  /// - Complexity: some hundred probabilities.
  func moments(cutAt limit: Double) -> (mean: Double, second: Double) {
    precondition(limit > 0, "a limit lies above 0")
    if case .exponential(let mean) = law {
      let first = decayIntegral(rate: 1 / mean, limit)
      return (first, 2 * mean * (first - limit * decay(limit / mean)))
    }
    // Between the kinks of the survival function, and apart where it may fall steeply.
    let kinks: [Double] =
      switch law {
      case .constant(let value): [value]
      case .uniform(let low, let high): [low, high]
      case .pareto(_, let minimum): [minimum]
      case .exponential, .hyperexponential: []
      case .bathtub(let life): [life.limit]
      case .gamma, .weibull, .lognormal: [quantile(1e-6), quantile(0.5), upperQuantile(1e-6)]
      }
    let bounds = [0] + kinks.filter { $0 > 0 && $0 < limit } + [limit]
    return zip(bounds, bounds.dropFirst()).reduce(into: (mean: 0, second: 0)) { sums, bound in
      sums.mean += Quadrature.integral(from: bound.0, to: bound.1, of: survival)
      sums.second += Quadrature.integral(from: bound.0, to: bound.1) { 2 * $0 * survival($0) }
    }
  }
}

/// ln(1 + x) to full relative precision, also for small x.
func logarithm(onePlus x: Double) -> Double {
  guard abs(x) < 0.01 else { return ElementaryFunctions.log(1 + x) }
  // x - x²/2 + x³/3 …; below 0.01 the tenth term is less than 2^-60 of the first.
  var sum = 0.0
  for k in stride(from: 10, through: 1, by: -1) { sum = 1 / Double(k) - x * sum }
  return x * sum
}

/// The angle in radians between -π/2 and π/2 whose tangent is `x`.
///
/// Halved four times by tan(θ/2) = x/(1 + √(1 + x²)), then the Taylor series.
func arctangent(_ x: Double) -> Double {
  var y = x
  for _ in 0..<4 { y /= 1 + (1 + y * y).squareRoot() }
  let z = y * y
  var sum = 0.0
  for k in stride(from: 19, through: 1, by: -2) { sum = 1 / Double(k) - z * sum }
  return 16 * y * sum
}

/// The greatest x in [low, high] at which a function that falls is still at least 0, to the last bit.
///
/// - Precondition: the function is at least 0 at `low`.
/// - Complexity: about 60 calls.
func root(from low: Double, to high: Double, ofFalling value: (Double) -> Double) -> Double {
  var (low, high) = (low, high)
  var middle = low + (high - low) / 2
  while low < middle && middle < high {
    if value(middle) >= 0 { low = middle } else { high = middle }
    middle = low + (high - low) / 2
  }
  return low
}
