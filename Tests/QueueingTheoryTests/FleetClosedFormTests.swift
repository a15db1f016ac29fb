// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("Times up and down in turns")
struct AlternatingRenewalTests {
  /// Exponential: A = 0.9; (81 + 81)/1000 and (81 + 1)/1000.
  @Test("of mean nine and one")
  func exponential() throws {
    let machine = AlternatingRenewal(
      up: try Distribution(.exponential(mean: 9)), down: try Distribution(.exponential(mean: 1)))
    #expect(agree(machine.availability, 0.9) && agree(machine.cycleRate, 0.1))
    #expect(agree(machine.availabilityAsymptoticVariance, 0.162))
    #expect(agree(machine.cycleCountAsymptoticVariance, 0.082) && machine.cutProbability == 0)
  }

  /// A uniform time on [0, 2] cut at 1: ½·½ + ½·1 and ½·⅓ + ½·1, less 9/16.
  @Test("that are cut short have the moments of the shorter times")
  func cut() throws {
    let uniform = try Distribution(.uniform(low: 0, high: 2))
    let down = try Distribution(.constant(1))
    let machine = AlternatingRenewal(up: uniform, down: down, longestUp: 1)
    #expect(agree(machine.upMean, 0.75) && agree(machine.upVariance, 2 / 3.0 - 0.5625, to: 1e-11))
    #expect(agree(machine.cutProbability, 0.5))
    let narrow = try Distribution.lognormal(mean: 1, cv: 0.001)
    let whole = AlternatingRenewal(up: narrow, down: down, longestUp: 10)
    #expect(agree(whole.upMean, 1, to: 1e-10) && agree(whole.upVariance, 1e-6, to: 1e-3))
    let constant = AlternatingRenewal(up: down, down: down, longestUp: 3)
    #expect(agree(constant.upMean, 1) && constant.cutProbability == 0)
  }
}

@Suite("k of n machines")
struct KOfNTests {
  /// Each is up half of the time; the system fails at 3·½ times the probability that one of two is.
  @Test("with two of three needed that are up half of the time")
  func half() {
    let system = KOfN(machines: 3, needed: 2, upMean: 1, downMean: 1)
    #expect(agree(system.availability, 0.5) && agree(system.unavailability, 0.5))
    #expect(agree(system.failureRate, 0.75) && agree(system.systemUpMean, 2 / 3.0))
  }
}

@Suite("A machine that was up at the start")
struct TransientAvailabilityTests {
  @Test("tends from 1 to the share of time up")
  func limits() {
    let machine = TransientAvailability(failureRate: 1, repairRate: 3)
    #expect(machine.stationary == 0.75 && machine.probability(at: 0) == 1)
    #expect(agree(machine.probability(at: 100), 0.75))
    #expect(
      agree(machine.meanShare(until: 1e-12), 1) && agree(machine.meanShare(until: 1e12), 0.75))
  }
}

@Suite("Losses in common shocks")
struct CommonShocksTests {
  @Test("without shocks are independent")
  func alone() {
    let machines = CommonShocks(machines: 4, individualRate: 0.3, shocks: [], window: 2)
    for count in 0...4 {
      #expect(
        agree(
          machines.probability(ofLosingAtLeast: count),
          machines.independentProbability(ofLosingAtLeast: count)))
    }
  }

  /// 1 - 1/e for all at once.
  @Test("that spare none take all or none")
  func all() {
    let machines = CommonShocks(
      machines: 5, individualRate: 0, shocks: [.init(rate: 0.5, probability: 1)], window: 2)
    #expect(agree(machines.probability(ofLosingAtLeast: 1), 0.6321205588285577))
    #expect(agree(machines.probability(ofLosingAtLeast: 5), 0.6321205588285577))
    #expect(agree(machines.lostMean, 5 * 0.6321205588285577))
  }
}

@Suite("Machines with spares")
struct MachineRepairTests {
  /// Weights 1, 2, 2 of none, one and two down: 2/5 down both, one in operation 2/5, two 1/5.
  @Test("of which two fail as fast as one repairer repairs")
  func two() {
    let fleet = MachineRepair(
      machines: 2, spares: 0, repairers: 1, failureRate: 1, repairRate: 1)
    #expect(agree(fleet.allOperatingProbability, 0.2))
    #expect(agree(fleet.noneOperatingProbability, 0.4) && agree(fleet.operatingMean, 0.8))
    // ½ until the first fails; from one down h = (1 + ½)/1.
    #expect(agree(fleet.firstShortfallMean, 0.5) && agree(fleet.firstPassageMean(toDown: 2), 2))
    // One of two down waits: 2/5 over 4/5 failures.
    #expect(agree(fleet.repairWaitMean, 0.5) && agree(fleet.downMean, 1.2))
  }
}

@Suite("Bills")
struct BillTests {
  @Test("of tiny units are of the time lived, of huge units of one unit")
  func limits() {
    #expect(agree(RoundedBilling(lifeMean: 5, minimum: 0, unit: 1e-9).billedMean, 5, to: 1e-9))
    #expect(agree(RoundedBilling(lifeMean: 5, minimum: 0, unit: 1e6).billedMean, 1e6))
    #expect(agree(RoundedBilling(lifeMean: 1e-6, minimum: 60, unit: 1).billedMean, 60))
  }

  /// Demand of mean 1: P(D > 0) = 0.632, P(D > 1) = 0.264, P(D > 2) = 0.080.
  @Test("are least with one machine reserved at half the price")
  func reserved() {
    let choice = ReservedCapacity(demandMean: 1, reservedPrice: 1, onDemandPrice: 2)
    #expect(choice.optimalReserved == 1)
    // 1 + 2 E(D - 1)⁺ = 1 + 2/e.
    #expect(agree(choice.costMean(reserved: 1), 1.7357588823428847))
    #expect(agree(choice.costMean(reserved: 0), 2))
    let dear = ReservedCapacity(demandMean: 1, reservedPrice: 2, onDemandPrice: 2)
    #expect(dear.optimalReserved == 0)
  }
}

@Suite("M/M/1 some time after it was empty")
struct TransientMM1Tests {
  @Test("is after a long time in its steady state")
  func late() {
    let queue = TransientMM1(arrivalRate: 0.5, serviceRate: 1, time: 400)
    #expect(agree(queue.requestsInSystemMean, 1, to: 1e-10))
    #expect(agree(queue.emptyProbability, 0.5, to: 1e-10))
    #expect(queue.requestsInSystemTimeAverage < 1)
  }

  /// The first arrivals: λt (1 - (λ + μ) t/2 + λt/2 …) to second order, and half of λt on average.
  @Test("holds at first what has come")
  func early() {
    let queue = TransientMM1(arrivalRate: 2, serviceRate: 1, time: 1e-6)
    #expect(agree(queue.requestsInSystemMean, 2e-6, to: 1e-5))
    #expect(agree(queue.requestsInSystemTimeAverage, 1e-6, to: 1e-5))
  }
}

@Suite("Requests all served at once")
struct MGInfTests {
  /// After half of a constant service all that came are there.
  @Test("for a constant time")
  func constant() throws {
    let queue = MGInf(arrivalRate: 10, service: try Distribution(.constant(2)))
    #expect(agree(queue.requestsInServiceMean(at: 1), 10))
    #expect(agree(queue.requestsInServiceMean(at: 5), 20) && queue.requestsInServiceMean == 20)
    #expect(queue.requestsInServiceMean(at: 0) == 0)
  }

  @Test("follow a slow swing of their rate and level out a fast one")
  func swing() throws {
    let service = try Distribution(.hyperexponential(probabilities: [0.5, 0.5], means: [1, 3]))
    let slow = SinusoidalMGInf(
      arrivalRateMean: 10, arrivalRateAmplitude: 5, period: 1e9, service: service)
    #expect(
      agree(slow.requestsInServicePeak, 30) && agree(slow.requestsInServiceMean(at: 2.5e8), 30))
    // A slow peak is late by E S²/(2 E S) = (½·2 + ½·18)/(2·2).
    #expect(agree(slow.peakLag, 2.5, to: 1e-9))
    let fast = SinusoidalMGInf(
      arrivalRateMean: 10, arrivalRateAmplitude: 5, period: 1e-6, service: service)
    #expect(agree(fast.requestsInServicePeak, 20, to: 1e-6))
  }

  @Test("for a constant time that is a multiple of the period do not swing")
  func wholePeriods() throws {
    let queue = SinusoidalMGInf(
      arrivalRateMean: 10, arrivalRateAmplitude: 5, period: 2,
      service: try Distribution(.constant(6)))
    #expect(queue.requestsInServiceAmplitude < 1e-14)
  }
}

@Suite("The overflow of M/M/1")
struct MM1OverflowTests {
  /// From one to none or two: λ/(λ + μ). From none to two: 1/λ, then (1 + μ/λ)/λ.
  @Test("at a level of two")
  func two() {
    let overflow = MM1Overflow(queue: MM1(arrivalRate: 1, serviceRate: 3), level: 2)
    #expect(agree(overflow.busyPeriodProbability, 0.25))
    #expect(agree(overflow.firstPassageMean, 5))
    #expect(agree(overflow.stationaryProbability, 1 / 9.0))
  }
}
