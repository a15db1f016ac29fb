// SPDX-License-Identifier: GPL-3.0-or-later

extension Distribution.Law {
  /// Sizes that keep third moments and their ratios far from overflow.
  private static var sizes: ClosedRange<Double> { 1e-30...1e30 }

  /// Refuses parameters that describe no law.
  func check() throws(InvalidDistribution) {
    switch self {
    case .constant(let value):
      // Comparisons with NaN are false, so each condition states what is allowed.
      try require(value >= 0 && value <= 1e30, "a value from 0 to 1e30")
    case .exponential(let mean):
      try require(Self.sizes.contains(mean), "a mean above 0, from 1e-30 to 1e30")
    case .uniform(let low, let high):
      try require(low >= 0 && low < high && high <= 1e30, "bounds with 0 ≤ low < high ≤ 1e30")
    case .gamma(let shape, let scale):
      try require((0.01...1e6).contains(shape), "a shape from 0.01 to 1e6 (a cv from 0.001 to 10)")
      try require(Self.sizes.contains(scale), "a scale above 0, from 1e-30 to 1e30")
    case .weibull(let shape, let scale):
      try require((0.1...1_000).contains(shape), "a shape from 0.1 to 1000")
      try require(Self.sizes.contains(scale), "a scale above 0, from 1e-30 to 1e30")
    case .lognormal(let mean, let deviation):
      try require((-100...100).contains(mean), "a mean of the logarithm from -100 to 100")
      try require(
        deviation > 0 && deviation <= 8, "a deviation of the logarithm above 0, at most 8")
    case .pareto(let shape, let minimum):
      try require((0.1...1_000).contains(shape), "a shape from 0.1 to 1000")
      try require(Self.sizes.contains(minimum), "a minimum above 0, from 1e-30 to 1e30")
    case .hyperexponential(let probabilities, let means):
      try require(
        !means.isEmpty && probabilities.count == means.count, "one probability for each mean")
      try require(
        probabilities.allSatisfy { $0 > 0 && $0 <= 1 }
          && abs(probabilities.reduce(0, +) - 1) <= 1e-9, "probabilities above 0 that sum to 1")
      try require(
        means.allSatisfy(Self.sizes.contains), "means above 0, from 1e-30 to 1e30")
    case .bathtub(let life):
      if let fault = life.fault { throw InvalidDistribution(allowed: fault) }
    }
  }

  private func require(
    _ condition: Bool, _ allowed: String
  ) throws(InvalidDistribution) {
    if !condition { throw InvalidDistribution(allowed: allowed) }
  }
}
