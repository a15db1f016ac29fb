// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("A closed form for machines and bills agrees with independently computed values")
struct ReferenceFleetTests {
  @Test("for times up and down in turns")
  func alternating() throws {
    try ReferenceRow.compare("alternating_renewal", rows: 39) { parameters, quantity in
      let machine = AlternatingRenewal(
        up: try parameters.law("up"), down: try parameters.law("down"),
        longestUp: parameters.has("max_up") ? try parameters.number("max_up") : nil)
      return switch quantity {
      case "mean_up": machine.upMean
      case "mean_down": machine.downMean
      case "availability": machine.availability
      case "cycles_per_time": machine.cycleRate
      case "asymptotic_variance_availability": machine.availabilityAsymptoticVariance
      case "asymptotic_variance_cycle_count": machine.cycleCountAsymptoticVariance
      case "p_reaches_max_up": machine.cutProbability
      default: nil
      }
    }
  }

  @Test("for k of n machines")
  func kOfN() throws {
    try ReferenceRow.compare("k_of_n_availability", rows: 24) { parameters, quantity in
      let system = KOfN(
        machines: try parameters.count("n"), needed: try parameters.count("k"),
        upMean: try parameters.number("mean_up"), downMean: try parameters.number("mean_down"))
      return switch quantity {
      case "unit_availability": system.machineAvailability
      case "p_at_least_k_up": system.availability
      case "system_failures_per_time": system.failureRate
      case "mean_system_up": system.systemUpMean
      case "mean_system_down": system.systemDownMean
      case "mean_up_units": system.machinesUpMean
      default: nil
      }
    }
  }

  @Test("for a machine that was up at the start")
  func transient() throws {
    try ReferenceRow.compare("exponential_availability_transient", rows: 9) {
      parameters, quantity in
      let machine = TransientAvailability(
        failureRate: try parameters.number("failure_rate"),
        repairRate: try parameters.number("repair_rate"))
      let t = try parameters.number("t")
      return switch quantity {
      case "availability_at_t": machine.probability(at: t)
      case "interval_availability_0_t": machine.meanShare(until: t)
      case "stationary": machine.stationary
      default: nil
      }
    }
  }

  @Test("for losses in common shocks")
  func shocks() throws {
    try ReferenceRow.compare("common_shock_loss", rows: 18) { parameters, quantity in
      let machines = CommonShocks(
        machines: try parameters.count("n"),
        individualRate: try parameters.number("individual_rate"),
        shocks: try parameters.list("shocks").map {
          .init(rate: try $0.number("rate"), probability: try $0.number("p"))
        },
        window: try parameters.number("window"))
      let k = try parameters.count("k")
      return switch quantity {
      case "p_at_least_k_lost": machines.probability(ofLosingAtLeast: k)
      case "p_all_lost": machines.probability(ofLosingAtLeast: machines.machines)
      case "p_none_lost": 1 - machines.probability(ofLosingAtLeast: 1)
      case "mean_lost": machines.lostMean
      case "p_at_least_k_lost_if_independent":
        machines.independentProbability(ofLosingAtLeast: k)
      case "correlation_inflation":
        machines.probability(ofLosingAtLeast: k)
          / machines.independentProbability(ofLosingAtLeast: k)
      default: nil
      }
    }
  }

  @Test("for machines with spares and few repairers")
  func repair() throws {
    try ReferenceRow.compare("machine_repair_spares", rows: 36) { parameters, quantity in
      let fleet = MachineRepair(
        machines: try parameters.count("machines"), spares: try parameters.count("spares"),
        repairers: try parameters.count("repairers"),
        failureRate: try parameters.number("failure_rate"),
        repairRate: try parameters.number("repair_rate"))
      return switch quantity {
      case "p_all_operating": fleet.allOperatingProbability
      case "mean_operating": fleet.operatingMean
      case "mean_down": fleet.downMean
      case "failures_per_time": fleet.failuresPerTime
      case "mean_repair_wait": fleet.repairWaitMean
      case "p_none_operating": fleet.noneOperatingProbability
      case "mean_time_to_first_shortfall": fleet.firstShortfallMean
      case "mean_time_to_none_operating":
        fleet.firstPassageMean(toDown: fleet.machines + fleet.spares)
      case "p_operating_lt_half": fleet.lessThanHalfOperatingProbability
      default: nil
      }
    }
  }

  @Test("for billed time")
  func billing() throws {
    try ReferenceRow.compare("billing_rounding", rows: 12) { parameters, quantity in
      let bill = RoundedBilling(
        lifeMean: try parameters.number("mean_up_seconds"),
        minimum: try parameters.number("minimum_seconds"),
        unit: try parameters.number("unit_seconds"))
      return switch quantity {
      case "mean_billed_seconds": bill.billedMean
      case "mean_billed_per_mean_life": bill.billedPerLived
      case "mean_cost_per_life": bill.billedMean * (try parameters.number("price_per_hour")) / 3600
      default: nil
      }
    }
  }

  @Test("for machines that are free if interrupted early")
  func free() throws {
    try ReferenceRow.compare("free_if_interrupted", rows: 12) { parameters, quantity in
      let bill = FreeIfInterrupted(
        lifeMean: try parameters.number("mean_up_seconds"),
        freeBefore: try parameters.number("free_before_seconds"),
        unit: try parameters.number("unit_seconds"))
      return switch quantity {
      case "p_free": bill.freeProbability
      case "mean_billed_seconds": bill.billedMean
      case "mean_billed_per_mean_life": bill.billedPerLived
      default: nil
      }
    }
  }

  @Test("for reserved machines")
  func reserved() throws {
    try ReferenceRow.compare("reserved_newsvendor_poisson", rows: 20) { parameters, quantity in
      let choice = ReservedCapacity(
        demandMean: try parameters.number("mean_demand"),
        reservedPrice: try parameters.number("reserved_price"),
        onDemandPrice: try parameters.number("on_demand_price"))
      let best = choice.optimalReserved
      return switch quantity {
      case "optimal_reserved": Double(best)
      case "optimal_cost": choice.costMean(reserved: best)
      case "cost_no_reserved": choice.costMean(reserved: 0)
      case "cost_one_more": choice.costMean(reserved: best + 1)
      case "cost_one_less": choice.costMean(reserved: best - 1)
      default: nil
      }
    }
  }
}

@Suite("A closed form for queues in time agrees with independently computed values")
struct ReferenceTransientTests {
  @Test("for M/M/1 from empty, to 1e-8")
  func mm1() throws {
    try ReferenceRow.compare("mm1_transient", rows: 15, to: 1e-8) { parameters, quantity in
      let queue = TransientMM1(
        arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu"),
        time: try parameters.number("t"))
      return switch quantity {
      case "mean_N_at_t": queue.requestsInSystemMean
      case "p0_at_t": queue.emptyProbability
      case "mean_time_average_N_over_0_t": queue.requestsInSystemTimeAverage
      default: nil
      }
    }
  }

  @Test("for M/M/∞ from empty")
  func mmInf() throws {
    try ReferenceRow.compare("mm_inf_transient", rows: 6) { parameters, quantity in
      let queue = MGInf(
        arrivalRate: try parameters.number("lambda"),
        service: try Distribution(.exponential(mean: parameters.number("mean_service"))))
      return switch quantity {
      case "mean_N": queue.requestsInServiceMean(at: try parameters.number("t"))
      case "stationary_mean_N": queue.requestsInServiceMean
      default: nil
      }
    }
  }

  @Test("for arrivals that swing as a sine")
  func sinusoidal() throws {
    try ReferenceRow.compare("mt_g_inf", rows: 32) { parameters, quantity in
      let mean = try parameters.number("mean_service")
      let isConstant = try parameters.text("service") == "deterministic"
      let period = try parameters.number("period")
      let queue = SinusoidalMGInf(
        arrivalRateMean: try parameters.number("lambda_mean"),
        arrivalRateAmplitude: try parameters.number("amplitude"), period: period,
        service: try Distribution(isConstant ? .constant(mean) : .exponential(mean: mean)))
      return switch quantity {
      case "mean_N_t0": queue.requestsInServiceMean(at: 0)
      case "mean_N_quarter", "var_N_quarter": queue.requestsInServiceMean(at: period / 4)
      case "mean_N_half": queue.requestsInServiceMean(at: period / 2)
      case "mean_N_three_quarter": queue.requestsInServiceMean(at: 3 * period / 4)
      case "amplitude_N": queue.requestsInServiceAmplitude
      case "peak_lag": queue.peakLag
      case "peak_mean_N": queue.requestsInServicePeak
      default: nil
      }
    }
  }

  @Test("for the overflow of M/M/1")
  func overflow() throws {
    try ReferenceRow.compare("mm1_overflow", rows: 9) { parameters, quantity in
      let overflow = MM1Overflow(
        queue: MM1(
          arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu")),
        level: try parameters.count("level"))
      return switch quantity {
      case "p_reach_level_in_busy_period": overflow.busyPeriodProbability
      case "mean_time_empty_to_level": overflow.firstPassageMean
      case "p_N_ge_level_stationary": overflow.stationaryProbability
      default: nil
      }
    }
  }
}
