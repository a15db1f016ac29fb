// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("GI/M/1")
struct GIM1Tests {
  @Test("with exponential gaps is M/M/1")
  func exponential() throws {
    let general = GIM1(gaps: try Distribution(.exponential(mean: 1.25)), serviceRate: 1)
    let queue = MM1(arrivalRate: 0.8, serviceRate: 1)
    #expect(agree(general.waitingProbability, 0.8))
    #expect(agree(general.waitingTimeMean, queue.waitingTimeMean))
    #expect(agree(general.sojournTimeQuantile(0.99), queue.sojournTimeQuantile(0.99)))
    #expect(agree(general.waitingTimeMeanApproximation, queue.waitingTimeMean))
  }

  /// With Weibull gaps of shape 1 the transform is taken by quadrature, and the law is exponential.
  @Test("with Weibull gaps of shape 1 is M/M/1 too")
  func weibull() throws {
    let gaps = try Distribution(.weibull(shape: 1, scale: 1.25))
    #expect(agree(GIM1(gaps: gaps, serviceRate: 1).waitingProbability, 0.8, to: 1e-11))
  }

  /// With Erlang-2 gaps of mean 1/λ, σ (1 + μ(1 - σ)/(2λ))² = 1 is a cubic
  /// with the root 1; at λ = ½ and μ = 1 what is left is σ² - 3σ + 1 = 0.
  @Test("with Erlang-2 gaps of mean two services has σ = (3 - √5)/2")
  func erlang() throws {
    let queue = GIM1(gaps: try Distribution.erlang(phases: 2, mean: 2), serviceRate: 1)
    #expect(agree(queue.waitingProbability, (3 - 5.0.squareRoot()) / 2))
    #expect(queue.waitingTimeMean < queue.waitingTimeMeanBound)
  }

  @Test("with narrow uniform, Pareto and lognormal gaps comes close to constant gaps")
  func narrow() throws {
    let constant = GIM1(gaps: try Distribution(.constant(1)), serviceRate: 1.25)
    let laws = [
      try Distribution(.uniform(low: 0.999, high: 1.001)),
      try Distribution(.pareto(shape: 1_000, minimum: 0.999)),
      try Distribution.lognormal(mean: 1, cv: 0.001),
    ]
    for law in laws {
      let queue = GIM1(gaps: law, serviceRate: 1.25)
      #expect(agree(queue.waitingTimeMean, constant.waitingTimeMean, to: 1e-5), "\(law)")
    }
  }
}

@Suite("M/PH/1")
struct MPH1Tests {
  @Test("with exponential service is M/M/1")
  func exponential() throws {
    let general = MPH1(arrivalRate: 0.8, service: try Distribution(.exponential(mean: 1)))
    let queue = MM1(arrivalRate: 0.8, serviceRate: 1)
    #expect(agree(general.waitingTimeQuantile(0.5), queue.waitingTimeQuantile(0.5)))
    #expect(agree(general.waitingTimeQuantile(0.999), queue.waitingTimeQuantile(0.999)))
    #expect(general.waitingTimeQuantile(0.1) == 0)
  }

  /// The integral of P(W > t), by the trapezoidal rule with steps of 1/50 from 0 to 400.
  @Test("has a law whose mean is Pollaczek and Khinchine's")
  func mean() throws {
    let service = try Distribution(
      .hyperexponential(probabilities: [0.9, 0.1], means: [0.5, 5.5]))
    let queue = MPH1(arrivalRate: 0.5, service: service)
    let survivals = (0...20_000).map { queue.waitingTimeSurvival(Double($0) / 50) }
    let mean = (survivals.reduce(0, +) - survivals[0] / 2) / 50
    #expect(agree(mean, queue.moments.waitingTimeMean, to: 1e-4))
  }
}

@Suite("M/D/c")
struct MDCTests {
  @Test("with one server is M/D/1")
  func one() {
    let several = MDC(arrivalRate: 0.8, serviceTime: 1, servers: 1)
    let one = MD1(arrivalRate: 0.8, serviceTime: 1)
    #expect(agree(several.waitingTimeMean, one.moments.waitingTimeMean))
    #expect(agree(several.waitingProbability, 0.8))
    for p in [0.5, 0.9, 0.999] {
      #expect(agree(several.waitingTimeQuantile(p), one.waitingTimeQuantile(p), to: 1e-10))
    }
  }

  @Test("with three hundred servers waits about half as long as M/M/c")
  func large() {
    let queue = MDC(arrivalRate: 290, serviceTime: 1, servers: 300)
    let exponential = MMC(arrivalRate: 290, serviceRate: 1, servers: 300)
    let ratio = queue.waitingTimeMean / exponential.waitingTimeMean
    #expect(ratio > 0.5 && ratio < 0.7)
  }
}
