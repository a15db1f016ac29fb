// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

extension Distribution {
  /// One draw of the law.
  ///
  /// All laws use the stream's own uniforms, logarithm and exponential, or GSL's ziggurat; the C
  /// library's functions enter only in comparisons inside GSL. Constant, uniform, exponential,
  /// Weibull, Pareto and hyperexponential laws use up a fixed number of draws, the others a varying
  /// one: give each item its own draws (`RandomStream.draws(of:)`).
  package func sample(from stream: inout RandomStream) -> Double {
    switch law {
    case .constant(let value):
      return value
    case .exponential(let mean):
      return mean * stream.nextExponential()
    case .uniform(let low, let high):
      return low + (high - low) * stream.nextUniform()
    case .gamma(let shape, let scale):
      return scale * stream.nextGamma(shape: shape)
    case .weibull(let shape, let scale):
      return scale * root(stream.nextExponential(), shape)
    case .lognormal(let mean, let deviation):
      return Elementary.exp(mean + deviation * stream.nextNormal())
    case .pareto(let shape, let minimum):
      return minimum * Elementary.exp(stream.nextExponential() / shape)
    case .hyperexponential(let probabilities, let means):
      let component = Self.component(stream.nextUniform(), of: probabilities)
      return means[component] * stream.nextExponential()
    case .bathtub(let life):
      return life.quantile(stream.nextUniform())
    }
  }

  /// The time that is left until the next renewal, seen at a moment long after the start.
  ///
  /// A process of independent times with this law, looked at at random, is inside a time drawn in
  /// proportion to its length and has a uniform part of it left; the mean is E[X²]/(2 E[X]).
  /// Source: Cox, Renewal Theory (Methuen, 1962), sections 5.2 and 5.4.
  ///
  /// - Precondition: the mean is finite, so a Pareto law has a shape above 1.
  package func sampleEquilibriumResidual(from stream: inout RandomStream) -> Double {
    switch law {
    case .exponential(let mean):
      // Without memory: what is left has the law of the whole.
      return mean * stream.nextExponential()
    case .hyperexponential(let probabilities, let means):
      let weights = zip(probabilities, means).map { $0 * $1 }
      let component = Self.component(stream.nextUniform() * weights.reduce(0, +), of: weights)
      return means[component] * stream.nextExponential()
    case .bathtub(let life):
      return life.residualQuantile(stream.nextUniform())
    default:
      return sampleLengthBiased(from: &stream) * stream.nextUniform()
    }
  }

  /// A draw of the law with density x f(x)/E[X].
  private func sampleLengthBiased(from stream: inout RandomStream) -> Double {
    switch law {
    case .constant(let value):
      return value
    case .uniform(let low, let high):
      let square = low * low + stream.nextUniform() * (high * high - low * low)
      return square.squareRoot()
    case .gamma(let shape, let scale):
      return scale * stream.nextGamma(shape: shape + 1)
    case .exponential(let mean):
      return mean * stream.nextGamma(shape: 2)
    case .weibull(let shape, let scale):
      return scale * root(stream.nextGamma(shape: 1 + 1 / shape), shape)
    case .lognormal(let mean, let deviation):
      return Elementary.exp(mean + deviation * deviation + deviation * stream.nextNormal())
    case .pareto(let shape, let minimum):
      precondition(shape > 1, "without a finite mean there is no equilibrium")
      return minimum * Elementary.exp(min(600, stream.nextExponential() / (shape - 1)))
    case .hyperexponential(let probabilities, let means):
      let weights = zip(probabilities, means).map { $0 * $1 }
      let component = Self.component(stream.nextUniform() * weights.reduce(0, +), of: weights)
      return means[component] * stream.nextGamma(shape: 2)
    case .bathtub:
      preconditionFailure("what is left of it is drawn directly")
    }
  }

  /// The positive number whose power `exponent` is `x`.
  private func root(_ x: Double, _ exponent: Double) -> Double {
    Elementary.exp(max(-700, Elementary.log(x) / exponent))
  }

  /// The first index at which the running sum of the weights exceeds `mark`.
  private static func component(_ mark: Double, of weights: [Double]) -> Int {
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += weight
      if mark < sum { return index }
    }
    return weights.count - 1
  }
}
