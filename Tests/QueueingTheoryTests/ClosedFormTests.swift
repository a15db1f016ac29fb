// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

/// Whether two numbers agree to a relative error.
func agree(_ found: Double, _ expected: Double, to tolerance: Double = 1e-12) -> Bool {
  abs(found - expected) <= tolerance * abs(expected)
}

@Suite("M/M/1")
struct MM1Tests {
  let queue = MM1(arrivalRate: 0.8, serviceRate: 1)

  /// W = 1/(1 - 0.8), Wq = 0.8/(1 - 0.8), L = 0.8 W, Lq = 0.8 Wq.
  @Test("at 0.8 of load holds four requests for five times a service")
  func means() {
    #expect(agree(queue.sojournTimeMean, 5) && agree(queue.waitingTimeMean, 4))
    #expect(agree(queue.requestsInSystemMean, 4) && agree(queue.queueLengthMean, 3.2))
  }

  /// -ln 0.01/(1 - 0.8) = 5 · 4.605170186; ln(0.8/0.01)/0.2 = 5 · 4.382026635.
  @Test("at 0.8 of load has the 99th percentiles 23.03 and 21.91")
  func quantiles() {
    #expect(agree(queue.sojournTimeQuantile(0.99), 23.025850929940457))
    #expect(agree(queue.waitingTimeQuantile(0.99), 21.910133173369406))
  }

  @Test("has a waiting time of 0 for the share that does not wait")
  func noWait() {
    #expect(queue.waitingTimeQuantile(0.1) == 0)
  }
}

@Suite("M/M/c")
struct MMCTests {
  /// With a = 2 and c = 3: 1/p₀ = 1 + 2 + 2 + (8/6)·3 = 9, C = (8/6)·3/9 = 4/9, Wq = C/(3 - 2).
  @Test("with three servers and a load of two lets four in nine wait")
  func three() {
    let queue = MMC(arrivalRate: 2, serviceRate: 1, servers: 3)
    #expect(agree(queue.emptyProbability, 1 / 9.0))
    #expect(agree(queue.waitingProbability, 4 / 9.0) && agree(queue.waitingTimeMean, 4 / 9.0))
  }

  /// Erlang's tables: C(100, 90) = 0.2169, and Wq = C/(100 - 90).
  @Test("with a hundred servers and a load of ninety waits 0.0217 services")
  func hundred() {
    let queue = MMC(arrivalRate: 90, serviceRate: 1, servers: 100)
    #expect(agree(queue.waitingProbability, 0.216940481, to: 1e-8))
    #expect(agree(queue.waitingTimeMean, 0.0216940481, to: 1e-8))
    #expect(agree(queue.sojournTimeQuantile(0.99), 4.62898876, to: 1e-8))
  }

  @Test("with one server is M/M/1")
  func one() {
    let several = MMC(arrivalRate: 0.8, serviceRate: 1, servers: 1)
    let one = MM1(arrivalRate: 0.8, serviceRate: 1)
    #expect(agree(several.sojournTimeMean, one.sojournTimeMean))
    #expect(agree(several.sojournTimeQuantile(0.999), one.sojournTimeQuantile(0.999)))
  }

  /// d = cμ - λ passes μ = 1 between these rates; at it, P(W > t) = e^-t (1 + C t).
  @Test("has no jump where the line drains as fast as one server serves")
  func degenerate() {
    let at = MMC(arrivalRate: 2, serviceRate: 1, servers: 3)
    #expect(agree(at.sojournTimeSurvival(2), 0.1353352832366127 * (1 + 8 / 9.0)))
    for rate in [2 - 1e-9, 2 + 1e-9] {
      let near = MMC(arrivalRate: rate, serviceRate: 1, servers: 3)
      #expect(agree(near.sojournTimeSurvival(2), at.sojournTimeSurvival(2), to: 1e-8))
    }
  }

  @Test("with five thousand servers overflows nowhere")
  func large() {
    let queue = MMC(arrivalRate: 4_990, serviceRate: 1, servers: 5_000)
    #expect(queue.waitingProbability > 0.8 && queue.waitingProbability < 0.9)
    #expect(queue.emptyProbability >= 0)
  }
}

@Suite("The loss system M/G/c/c")
struct ErlangBTests {
  /// B(1, a) = a/(1 + a); with a = 2: 2/3, then 2·⅔/(2 + 2·⅔) = 2/5.
  @Test("with two servers and a load of two turns two in five away")
  func two() {
    let system = ErlangB(offeredLoad: 2, servers: 2)
    #expect(agree(system.blockingProbability, 0.4) && agree(system.busyServersMean, 1.2))
  }

  @Test("with ninety servers and a load of eighty turns 2.6 % away")
  func ninety() {
    let system = ErlangB(offeredLoad: 80, servers: 90)
    #expect(agree(system.blockingProbability, 0.0262319839, to: 1e-8))
  }
}

@Suite("M/M/c/K")
struct MMCKTests {
  /// Weights 1, 2, 2, 2 of the states 0 to 3, so 1/7, 2/7, 2/7, 2/7.
  @Test("with two servers, three places and a load of two turns two in seven away")
  func byHand() {
    let queue = MMCK(arrivalRate: 2, serviceRate: 1, servers: 2, places: 3)
    #expect(agree(queue.blockingProbability, 2 / 7.0) && agree(queue.emptyProbability, 1 / 7.0))
    #expect(agree(queue.requestsInSystemMean, 12 / 7.0) && agree(queue.queueLengthMean, 2 / 7.0))
    #expect(agree(queue.throughput, 10 / 7.0) && agree(queue.sojournTimeMean, 1.2))
  }

  @Test("without a place to wait is the loss system")
  func loss() {
    let queue = MMCK(arrivalRate: 900, serviceRate: 1, servers: 950, places: 950)
    let system = ErlangB(offeredLoad: 900, servers: 950)
    #expect(agree(queue.blockingProbability, system.blockingProbability, to: 1e-11))
  }
}

@Suite("M/G/1")
struct MG1Tests {
  @Test("with exponential service is M/M/1")
  func exponential() throws {
    let queue = MG1(arrivalRate: 0.8, service: try Distribution(.exponential(mean: 1)))
    #expect(agree(queue.waitingTimeMean, 4))
    // ρ(2 - ρ)/d² = 0.96/0.04.
    #expect(agree(queue.waitingTimeVariance, 24))
  }

  /// λ E[S²]/(2(1 - ρ)) = 0.8/0.4; 0.8/(3·0.2) + 2² = 16/3.
  @Test("with constant service waits half as long")
  func constant() throws {
    let queue = MG1(arrivalRate: 0.8, service: try Distribution(.constant(1)))
    #expect(agree(queue.waitingTimeMean, 2) && agree(queue.waitingTimeVariance, 16 / 3.0))
  }
}

@Suite("M/D/1")
struct MD1Tests {
  /// On [0, D] nobody but those found at once counts: P(W ≤ t) = (1 - ρ) e^λt.
  @Test("has a wait of at most half a service with probability (1 - ρ) e^(λ/2)")
  func half() {
    let queue = MD1(arrivalRate: 0.5, serviceTime: 1)
    #expect(agree(queue.waitingTimeCumulative(0.5), 0.5 * 1.2840254166877414))
  }

  /// The integral of P(W > t), by the trapezoidal rule with steps of D/200 from 0 to 400 D.
  @Test("has a law whose mean is Pollaczek and Khinchine's")
  func mean() {
    let queue = MD1(arrivalRate: 0.9, serviceTime: 1)
    let survivals = (0...80_000).map { 1 - queue.waitingTimeCumulative(Double($0) / 200) }
    let mean = (survivals.reduce(0, +) - survivals[0] / 2) / 200
    #expect(agree(mean, queue.moments.waitingTimeMean, to: 1e-4))
  }
}
