// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL
import RandomStreams

/// The law of a non-negative real quantity, in whatever unit the caller counts.
///
/// Its parameters have been checked, so that every law has a sampler, a cumulative function and
/// quantiles. Moments may be infinite (Pareto).
package struct Distribution: Hashable, Sendable {
  /// A family of laws and its parameters.
  package enum Law: Hashable, Sendable {
    /// Always the same value.
    case constant(Double)
    /// P(X > x) = exp(-x/mean).
    case exponential(mean: Double)
    /// Equally likely anywhere between two bounds.
    case uniform(low: Double, high: Double)
    /// Density proportional to x^(shape-1) exp(-x/scale); its mean is shape times scale.
    case gamma(shape: Double, scale: Double)
    /// P(X > x) = exp(-(x/scale)^shape).
    case weibull(shape: Double, scale: Double)
    /// ln X is normal with this mean and this standard deviation.
    case lognormal(logMean: Double, logDeviation: Double)
    /// P(X > x) = (minimum/x)^shape from the minimum on.
    case pareto(shape: Double, minimum: Double)
    /// An exponential law whose mean is drawn first, with these probabilities.
    case hyperexponential(probabilities: [Double], means: [Double])
    /// A bathtub-shaped hazard and a longest life.
    case bathtub(ConstrainedLife)
  }

  /// The family and its parameters, as checked.
  package let law: Law

  /// The law with these parameters.
  ///
  /// - Throws: `InvalidDistribution` for a parameter that is negative, zero where that means
  ///   nothing, not a number, or so extreme that a moment could not be told from infinity.
  package init(_ law: Law) throws(InvalidDistribution) {
    try law.check()
    self.law = law
  }

  /// Whether every draw is the same.
  package var isConstant: Bool {
    if case .constant = law { true } else { false }
  }

  /// The mean; infinite for a Pareto law of shape 1 or less.
  package var mean: Double { moment(1) }

  /// The mean of the square; infinite for a Pareto law of shape 2 or less.
  package var secondMoment: Double { moment(2) }

  /// The standard deviation over the mean; NaN where the mean is zero or infinite.
  package var coefficientOfVariation: Double { variance.squareRoot() / mean }

  /// The mean squared distance from the mean; infinite for a Pareto law of shape 2 or less.
  ///
  /// Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 2nd ed. (1994),
  /// ISBN 978-0-471-58495-7, chapters 14, 17, 19, 20, 21; volume 2 (1995), chapter 26.
  package var variance: Double {
    switch law {
    case .constant: 0
    case .exponential(let mean): mean * mean
    case .uniform(let low, let high): (high - low) * (high - low) / 12
    case .gamma(let shape, let scale): shape * scale * scale
    case .lognormal(_, let deviation): gsl_expm1(deviation * deviation) * mean * mean
    case .pareto(let shape, let minimum):
      shape > 2
        ? minimum * minimum * shape / ((shape - 1) * (shape - 1) * (shape - 2)) : .infinity
    case .weibull, .hyperexponential, .bathtub: max(0, moment(2) - mean * mean)
    }
  }

  /// The mean of the power `order`, from 1 to 3; infinite for a Pareto law of that shape or less.
  ///
  /// Source: as `variance`.
  ///
  /// - Precondition: `order` is 1, 2 or 3, which is what queueing formulas ask for.
  package func moment(_ order: Int) -> Double {
    precondition((1...3).contains(order), "moments are defined here up to the third")
    GSL.prepare()
    let n = Double(order)
    switch law {
    case .constant(let value): return power(value, order)
    case .exponential(let mean): return gsl_sf_gamma(n + 1) * power(mean, order)
    case .uniform(let low, let high):
      // (high^(n+1) - low^(n+1)) / ((n+1)(high - low)) without the division by a small difference.
      return (0...order).reduce(0) { $0 + power(low, $1) * power(high, order - $1) } / (n + 1)
    case .gamma(let shape, let scale):
      return (0..<order).reduce(1) { $0 * (shape + Double($1)) * scale }
    case .weibull(let shape, let scale):
      return gsl_sf_gamma(1 + n / shape) * power(scale, order)
    case .lognormal(let mean, let deviation):
      return Elementary.exp(n * mean + n * n * deviation * deviation / 2)
    case .pareto(let shape, let minimum):
      return shape > n ? power(minimum, order) * shape / (shape - n) : .infinity
    case .hyperexponential(let probabilities, let means):
      let sum = zip(probabilities, means).reduce(0) { $0 + $1.0 * power($1.1, order) }
      return gsl_sf_gamma(n + 1) * sum
    case .bathtub(let life): return life.moment(order)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
