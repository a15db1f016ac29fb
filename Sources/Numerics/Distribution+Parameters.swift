// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL
import RandomStreams

extension Distribution {
  /// The gamma law with this mean and this coefficient of variation: its shape is 1/cv².
  ///
  /// - Throws: `InvalidDistribution` unless the mean is above 0 and the cv lies in 0.001...10.
  package static func gamma(mean: Double, cv: Double) throws(InvalidDistribution) -> Self {
    guard cv > 0 else { throw InvalidDistribution(allowed: "a cv above 0") }
    return try Self(.gamma(shape: 1 / (cv * cv), scale: mean * cv * cv))
  }

  /// The Erlang law of `phases` equal exponential phases with this total mean.
  ///
  /// - Throws: `InvalidDistribution` unless there is a phase and the mean is above 0.
  package static func erlang(phases: Int, mean: Double) throws(InvalidDistribution) -> Self {
    guard phases >= 1 else { throw InvalidDistribution(allowed: "at least 1 phase") }
    return try Self(.gamma(shape: Double(phases), scale: mean / Double(phases)))
  }

  /// The Weibull law with this mean: its scale is mean/Γ(1 + 1/shape).
  ///
  /// - Throws: `InvalidDistribution` unless the mean is above 0 and the shape lies in 0.1...1000.
  package static func weibull(mean: Double, shape: Double) throws(InvalidDistribution) -> Self {
    // Checked before the gamma function sees the shape.
    _ = try Self(.weibull(shape: shape, scale: 1))
    GSL.prepare()
    return try Self(.weibull(shape: shape, scale: mean / gsl_sf_gamma(1 + 1 / shape)))
  }

  /// The lognormal law with this median and this 99th percentile.
  ///
  /// The mean of the logarithm is ln median, its deviation ln(p99/median) over the normal's own
  /// 99th percentile.
  ///
  /// - Throws: `InvalidDistribution` unless 0 < median < p99.
  package static func lognormal(median: Double, p99: Double) throws(InvalidDistribution) -> Self {
    guard median >= 1e-30, median < p99, p99 <= 1e30 else {
      throw InvalidDistribution(allowed: "a median above 0 and a p99 above the median")
    }
    let deviation = (Elementary.log(p99) - Elementary.log(median)) / Normal.quantile(0.99)
    return try Self(.lognormal(logMean: Elementary.log(median), logDeviation: deviation))
  }

  /// The lognormal law with this mean and this coefficient of variation.
  ///
  /// The variance of the logarithm is ln(1 + cv²), its mean ln mean less half of that.
  ///
  /// - Throws: `InvalidDistribution` unless the mean and the cv are above 0.
  package static func lognormal(mean: Double, cv: Double) throws(InvalidDistribution) -> Self {
    guard mean >= 1e-30, mean <= 1e30, cv > 0, cv <= 1e30 else {
      throw InvalidDistribution(allowed: "a mean above 0 and a cv above 0")
    }
    let variance = gsl_log1p(cv * cv)
    return try Self(
      .lognormal(
        logMean: Elementary.log(mean) - variance / 2, logDeviation: variance.squareRoot()))
  }
}

extension Distribution {
  /// The law of a multiple of a draw; `nil` where no such law is allowed.
  ///
  /// - Precondition: the factor is above zero.
  package func scaled(by factor: Double) -> Self? {
    precondition(factor > 0, "a law is scaled by a positive factor")
    let scaled: Law
    switch law {
    case .constant(let value): scaled = .constant(value * factor)
    case .exponential(let mean): scaled = .exponential(mean: mean * factor)
    case .uniform(let low, let high): scaled = .uniform(low: low * factor, high: high * factor)
    case .gamma(let shape, let scale): scaled = .gamma(shape: shape, scale: scale * factor)
    case .weibull(let shape, let scale): scaled = .weibull(shape: shape, scale: scale * factor)
    case .lognormal(let mean, let deviation):
      scaled = .lognormal(
        logMean: mean + Elementary.log(factor), logDeviation: deviation)
    case .pareto(let shape, let minimum):
      scaled = .pareto(shape: shape, minimum: minimum * factor)
    case .hyperexponential(let probabilities, let means):
      scaled = .hyperexponential(probabilities: probabilities, means: means.map { $0 * factor })
    case .bathtub(let life):
      scaled = .bathtub(
        ConstrainedLife(
          share: life.share, early: life.early * factor, late: life.late * factor,
          onset: life.onset * factor, limit: life.limit * factor))
    }
    return try? Self(scaled)
  }
}

extension Distribution {
  /// The mean of the lesser of a draw and `limit`: the integral of P(X > x) up to it.
  ///
  /// Taken over ever shorter parts towards 0, where laws may fall steeply, by Gauss's rule of two points,
  /// which asks nothing at the limit itself, where they may jump.
  ///
  /// - Precondition: the limit is positive.
  /// - Complexity: some thousand probabilities.
  package func mean(cutAt limit: Double) -> Double {
    precondition(limit > 0, "a limit lies above 0")
    if isConstant { return min(mean, limit) }
    var sum = 0.0
    var high = limit
    for _ in 0..<40 {
      let low = high / 2
      let width = (high - low) / 32
      for part in 0..<32 {
        let middle = low + (Double(part) + 0.5) * width
        let offset = 0.28867513459481287 * width
        sum += width / 2 * (survival(middle - offset) + survival(middle + offset))
      }
      high = low
    }
    return sum + high
  }

  /// What is left until the lesser of a life and `limit`, seen at a moment long after the start.
  ///
  /// Its density is in proportion to P(X > x) below the limit, so that a uniform number is kept with that
  /// probability. Source: Cox, Renewal Theory (Methuen, 1962), section 5.4.
  ///
  /// - Precondition: the limit is positive.
  /// - Complexity: limit ÷ mean draws on average.
  package func sampleEquilibriumResidual(
    cutAt limit: Double, from stream: inout RandomStream
  ) -> Double {
    while true {
      let x = limit * stream.nextUniform()
      if stream.nextUniform() < survival(x) { return x }
    }
  }
}
