// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("A distribution")
struct DistributionTests {
  @Test("has draws of its own law (Kolmogorov–Smirnov at 1e-6)", arguments: NamedLaw.all)
  func drawsFollowTheLaw(named: NamedLaw) throws {
    let law = try Distribution(named.law)
    var stream = testStream(1)
    let draws = (0..<100_000).map { _ in law.sample(from: &stream) }
    #expect(kolmogorovDistance(draws, law.cumulative) * 100_000.0.squareRoot() < 2.7)
  }

  @Test("has draws whose mean is its mean within 5 standard errors", arguments: NamedLaw.all)
  func drawsHaveTheMean(named: NamedLaw) throws {
    let law = try Distribution(named.law)
    var stream = testStream(2)
    let draws = meanOfDraws(100_000) { law.sample(from: &stream) }
    #expect(abs(draws.mean - law.mean) < 5 * (law.variance / 100_000).squareRoot())
  }

  @Test(
    "has residuals whose mean is E[X²]/(2 E[X]) within 5 standard errors",
    arguments: NamedLaw.all + [NamedLaw("constant", .constant(6))])
  func residualsHaveTheMean(named: NamedLaw) throws {
    let law = try Distribution(named.law)
    var stream = testStream(3)
    let draws = meanOfDraws(100_000) { law.sampleEquilibriumResidual(from: &stream) }
    let mean = law.secondMoment / (2 * law.mean)
    // The residual's second moment is E[X³]/(3 E[X]) (Cox, Renewal Theory, section 5.2).
    let variance = law.moment(3) / (3 * law.mean) - mean * mean
    #expect(abs(draws.mean - mean) < 5 * (variance / 100_000).squareRoot())
  }

  /// The residual's density is P(X > x)/E[X], here integrated by the trapezoidal rule.
  @Test("has residuals of the equilibrium law (Kolmogorov–Smirnov at 1e-6)")
  func residualsFollowTheLaw() throws {
    let law = try Distribution(.weibull(shape: 2, scale: 10))
    var stream = testStream(4)
    let draws = (0..<100_000).map { _ in law.sampleEquilibriumResidual(from: &stream) }
    var integral = [0.0]
    for step in 0..<10_000 {
      let height = law.survival(Double(step) / 100) + law.survival(Double(step + 1) / 100)
      integral.append(integral[step] + height / 200 / law.mean)
    }
    let distance = kolmogorovDistance(draws) { integral[min(10_000, Int($0 * 100 + 0.5))] }
    // The nearest step is at most 0.005 away, which is 0.0006 in probability.
    #expect(distance * 100_000.0.squareRoot() < 2.7 + 0.2)
  }

  @Test("gives back the probability whose quantile is asked for", arguments: NamedLaw.all)
  func quantilesInvert(named: NamedLaw) throws {
    let law = try Distribution(named.law)
    for p in [0.001, 0.25, 0.5, 0.9, 0.999] {
      #expect(abs(law.cumulative(law.quantile(p)) - p) < 1e-9)
    }
  }

  @Test("gives back a tail probability of 2^-32 to 1e-7 of itself", arguments: NamedLaw.all)
  func upperQuantilesInvert(named: NamedLaw) throws {
    let law = try Distribution(named.law)
    if case .uniform = named.law { return }
    #expect(abs(law.survival(law.upperQuantile(0x1p-32)) / 0x1p-32 - 1) < 1e-7)
  }

  /// Nearly normal: the 99th percentile is 2.326 deviations above the mean, and a third of the skewness (2 cv) of a
  /// half of 2.326² − 1 more (Cornish and Fisher).
  @Test(
    "of gamma form has quantiles however narrow it is", arguments: [0.001, 0.002, 0.003, 0.01])
  func narrowGamma(cv: Double) throws {
    let law = try Distribution.gamma(mean: 5, cv: cv)
    let expected = 5 * (1 + cv * 2.3263 + cv * cv / 3 * (2.3263 * 2.3263 - 1))
    #expect(abs(law.quantile(0.99) - expected) < 5 * cv * 0.002)
    #expect(abs(law.cumulative(law.quantile(0.99)) - 0.99) < 1e-5)
    #expect(abs(law.cumulative(law.quantile(0.3)) - 0.3) < 1e-3)
  }

  @Test("has a variance equal to the second moment less the squared mean", arguments: NamedLaw.all)
  func varianceAgrees(named: NamedLaw) throws {
    let law = try Distribution(named.law)
    let fromMoments = law.secondMoment - law.mean * law.mean
    #expect(abs(law.variance / fromMoments - 1) < 1e-12)
  }

  @Test("of one value is that value at every probability")
  func constant() throws {
    let law = try Distribution(.constant(7))
    var stream = testStream(5)
    #expect(law.isConstant && law.variance == 0)
    #expect([law.quantile(0), law.quantile(1), law.sample(from: &stream)] == [7, 7, 7])
    #expect([law.cumulative(6.9), law.cumulative(7)] == [0, 1])
  }

  @Test("of gamma form takes mean and coefficient of variation")
  func gammaByMean() throws {
    let law = try Distribution.gamma(mean: 180, cv: 0.9)
    #expect(abs(law.mean - 180) < 1e-10 && abs(law.coefficientOfVariation - 0.9) < 1e-12)
  }

  @Test("of Erlang form has the cv 1/√phases")
  func erlang() throws {
    let law = try Distribution.erlang(phases: 4, mean: 2)
    #expect(abs(law.mean - 2) < 1e-12 && abs(law.coefficientOfVariation - 0.5) < 1e-12)
  }

  @Test("of Weibull form takes its mean")
  func weibullByMean() throws {
    #expect(abs(try Distribution.weibull(mean: 6, shape: 0.7).mean - 6) < 1e-12)
  }

  @Test("of lognormal form takes median and 99th percentile")
  func lognormalByQuantiles() throws {
    let law = try Distribution.lognormal(median: 350, p99: 3_000)
    #expect(abs(law.quantile(0.5) - 350) < 1e-9 && abs(law.quantile(0.99) - 3_000) < 1e-8)
  }

  @Test("of lognormal form takes mean and coefficient of variation")
  func lognormalByMean() throws {
    let law = try Distribution.lognormal(mean: 40, cv: 1.5)
    #expect(abs(law.mean - 40) < 1e-11 && abs(law.coefficientOfVariation - 1.5) < 1e-12)
  }

  @Test("of Pareto form with shape 1.5 has a mean and no variance")
  func paretoMoments() throws {
    let law = try Distribution(.pareto(shape: 1.5, minimum: 2))
    #expect(law.mean == 6 && law.secondMoment == .infinity && law.variance == .infinity)
  }

  @Test(
    "is refused with parameters that describe no law",
    arguments: [
      .constant(-1), .constant(.nan), .exponential(mean: 0), .exponential(mean: .infinity),
      .uniform(low: 2, high: 2), .uniform(low: -1, high: 2), .gamma(shape: 0, scale: 1),
      .gamma(shape: 1, scale: .nan), .weibull(shape: -1, scale: 1), .weibull(shape: 1, scale: 0),
      .lognormal(logMean: .nan, logDeviation: 1), .lognormal(logMean: 0, logDeviation: 0),
      .pareto(shape: 0, minimum: 1), .pareto(shape: 2, minimum: 0),
      .hyperexponential(probabilities: [], means: []),
      .hyperexponential(probabilities: [0.5, 0.4], means: [1, 2]),
      .hyperexponential(probabilities: [1], means: [1, 2]),
    ] as [Distribution.Law])
  func refuses(law: Distribution.Law) {
    #expect(throws: InvalidDistribution.self) { try Distribution(law) }
  }

  @Test("is refused with means, percentiles or phases that describe no law")
  func refusesSolvedParameters() {
    #expect(throws: InvalidDistribution.self) { try Distribution.gamma(mean: 1, cv: 0) }
    #expect(throws: InvalidDistribution.self) { try Distribution.erlang(phases: 0, mean: 1) }
    #expect(throws: InvalidDistribution.self) { try Distribution.weibull(mean: -1, shape: 1) }
    #expect(throws: InvalidDistribution.self) { try Distribution.weibull(mean: 1, shape: .nan) }
    #expect(throws: InvalidDistribution.self) { try Distribution.lognormal(median: 5, p99: 5) }
    #expect(throws: InvalidDistribution.self) { try Distribution.lognormal(mean: 5, cv: .nan) }
  }
}
