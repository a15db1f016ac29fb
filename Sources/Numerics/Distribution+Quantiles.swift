// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

extension Distribution {
  /// The probability of a draw at or below `x`.
  package func cumulative(_ x: Double) -> Double {
    GSL.prepare()
    guard x > 0 else { return law == .constant(0) && x == 0 ? 1 : 0 }
    return switch law {
    case .constant(let value): x >= value ? 1 : 0
    case .exponential(let mean): gsl_cdf_exponential_P(x, mean)
    case .uniform(let low, let high): min(1, max(0, (x - low) / (high - low)))
    case .gamma(let shape, let scale): gsl_cdf_gamma_P(x, shape, scale)
    case .weibull(let shape, let scale): gsl_cdf_weibull_P(x, scale, shape)
    case .lognormal(let mean, let deviation): gsl_cdf_lognormal_P(x, mean, deviation)
    case .pareto(let shape, let minimum): gsl_cdf_pareto_P(x, shape, minimum)
    case .hyperexponential(let probabilities, let means):
      zip(probabilities, means).reduce(0) { $0 + $1.0 * gsl_cdf_exponential_P(x, $1.1) }
    case .bathtub(let life): life.cumulative(x)
    }
  }

  /// The probability of a draw above `x`, to full relative precision far out.
  package func survival(_ x: Double) -> Double {
    GSL.prepare()
    guard x > 0 else { return 1 - cumulative(x) }
    return switch law {
    case .constant, .uniform, .bathtub: 1 - cumulative(x)
    case .exponential(let mean): gsl_cdf_exponential_Q(x, mean)
    case .gamma(let shape, let scale): gsl_cdf_gamma_Q(x, shape, scale)
    case .weibull(let shape, let scale): gsl_cdf_weibull_Q(x, scale, shape)
    case .lognormal(let mean, let deviation): gsl_cdf_lognormal_Q(x, mean, deviation)
    case .pareto(let shape, let minimum): gsl_cdf_pareto_Q(x, shape, minimum)
    case .hyperexponential(let probabilities, let means):
      zip(probabilities, means).reduce(0) { $0 + $1.0 * gsl_cdf_exponential_Q(x, $1.1) }
    }
  }

  /// The value that a draw stays at or below with probability `p`; infinite at 1 for unbounded
  /// laws.
  ///
  /// - Precondition: `p` lies in 0...1.
  package func quantile(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a quantile is asked for a probability")
    // From one half on 1 - p is exact.
    if p > 0.5 { return upperQuantile(1 - p) }
    GSL.prepare()
    return switch law {
    case .constant(let value): value
    case .exponential(let mean): gsl_cdf_exponential_Pinv(p, mean)
    case .uniform(let low, let high): low + p * (high - low)
    case .gamma(let shape, let scale): solved(gsl_cdf_gamma_Pinv(p, shape, scale), lower: p)
    case .weibull(let shape, let scale): gsl_cdf_weibull_Pinv(p, scale, shape)
    case .lognormal(let mean, let deviation): gsl_cdf_lognormal_Pinv(p, mean, deviation)
    case .pareto(let shape, let minimum): gsl_cdf_pareto_Pinv(p, shape, minimum)
    case .hyperexponential: solved(.nan, lower: p)
    case .bathtub(let life): life.quantile(p)
    }
  }

  /// The value that a draw exceeds with probability `q`, to full precision for the smallest `q`.
  ///
  /// - Precondition: `q` lies in 0...1.
  package func upperQuantile(_ q: Double) -> Double {
    precondition(q >= 0 && q <= 1, "a quantile is asked for a probability")
    if q > 0.5 { return quantile(1 - q) }
    GSL.prepare()
    return switch law {
    case .constant(let value): value
    case .uniform(let low, let high): high - q * (high - low)
    case .bathtub(let life): life.quantile(1 - q)
    case _ where q == 0: .infinity
    case .exponential(let mean): gsl_cdf_exponential_Qinv(q, mean)
    case .gamma(let shape, let scale): solved(gsl_cdf_gamma_Qinv(q, shape, scale), upper: q)
    case .weibull(let shape, let scale): gsl_cdf_weibull_Qinv(q, scale, shape)
    case .lognormal(let mean, let deviation): gsl_cdf_lognormal_Qinv(q, mean, deviation)
    case .pareto(let shape, let minimum): gsl_cdf_pareto_Qinv(q, shape, minimum)
    case .hyperexponential: solved(.nan, upper: q)
    }
  }

  /// GSL's answer, or where its iteration gave up or ended elsewhere the answer by bisection.
  ///
  /// Of gamma laws with a coefficient of variation below 0.004 or so it ends at some number below the mean and says
  /// nothing.
  private func solved(_ answer: Double, lower p: Double) -> Double {
    if answer.isFinite, abs(cumulative(answer) - p) <= 1e-3 * p { return answer }
    return p == 0 ? 0 : bisected { cumulative($0) > p }
  }

  private func solved(_ answer: Double, upper q: Double) -> Double {
    if answer.isFinite, abs(survival(answer) - q) <= 1e-3 * q { return answer }
    return bisected { survival($0) < q }
  }

  /// The least number found to be above the quantile, to the last bit or so.
  ///
  /// - Complexity: about 60 calls of `isAbove` and one for each factor of two away from the mean.
  private func bisected(where isAbove: (Double) -> Bool) -> Double {
    var high = mean
    while !isAbove(high) { high *= 2 }
    var low = high / 2
    while isAbove(low) && low > 0 {
      high = low
      low /= 2
    }
    var middle = low + (high - low) / 2
    while low < middle && middle < high {
      if isAbove(middle) { high = middle } else { low = middle }
      middle = low + (high - low) / 2
    }
    return high
  }
}
