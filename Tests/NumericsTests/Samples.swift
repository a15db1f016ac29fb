// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

/// A law with a name for messages, as test argument.
struct NamedLaw: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let law: Distribution.Law

  init(_ name: String, _ law: Distribution.Law) {
    testDescription = name
    self.law = law
  }

  /// One of each family, and gammas below and above the shapes where the sampler changes.
  static let all = [
    NamedLaw("exponential", .exponential(mean: 3)),
    NamedLaw("uniform", .uniform(low: 1, high: 4)),
    NamedLaw("gamma of shape 0.4", .gamma(shape: 0.4, scale: 2)),
    NamedLaw("gamma of shape 2.5", .gamma(shape: 2.5, scale: 2)),
    NamedLaw("weibull of shape 0.7", .weibull(shape: 0.7, scale: 10)),
    NamedLaw("weibull of shape 2", .weibull(shape: 2, scale: 10)),
    NamedLaw("lognormal", .lognormal(logMean: 1, logDeviation: 0.6)),
    NamedLaw("pareto", .pareto(shape: 4.5, minimum: 2)),
    NamedLaw("hyperexponential", .hyperexponential(probabilities: [0.9, 0.1], means: [0.5, 5.5])),
  ]
}

/// The stream of tests with that number.
func testStream(_ entity: UInt32) -> RandomStream {
  RandomStream(seed: 20_260_101, replication: 0, purpose: .testing, entity: entity)
}

/// The mean of so many draws and its standard error.
func meanOfDraws(_ count: Int, _ draw: () -> Double) -> (mean: Double, standardError: Double) {
  var sum = 0.0
  var squares = 0.0
  for _ in 0..<count {
    let value = draw()
    sum += value
    squares += value * value
  }
  let mean = sum / Double(count)
  return (mean, ((squares / Double(count) - mean * mean) / Double(count)).squareRoot())
}

/// The largest distance between the empirical law of the draws and a continuous law.
///
/// Times √n it exceeds 2.7 with probability 2 exp(-2·2.7²) < 1e-6 when the draws have that law.
func kolmogorovDistance(_ draws: [Double], _ cumulative: (Double) -> Double) -> Double {
  var distance = 0.0
  let count = Double(draws.count)
  for (rank, value) in draws.sorted().enumerated() {
    let p = cumulative(value)
    distance = max(distance, p - Double(rank) / count, Double(rank + 1) / count - p)
  }
  return distance
}
