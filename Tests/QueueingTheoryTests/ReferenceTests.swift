// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("A closed form agrees to 1e-9 with independently computed values")
struct ReferenceTests {
  @Test("for M/M/1")
  func mm1() throws {
    try ReferenceRow.compare("mm1", rows: 92) { parameters, quantity in
      let queue = MM1(
        arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu"))
      return switch quantity {
      case "rho": queue.utilization
      case "p0": queue.emptyProbability
      case "L": queue.requestsInSystemMean
      case "Lq": queue.queueLengthMean
      case "W": queue.sojournTimeMean
      case "Wq": queue.waitingTimeMean
      case "var_L": queue.requestsInSystemVariance
      case "var_W": queue.sojournTimeVariance
      case "mean_busy_period": queue.busyPeriodMean
      case "var_busy_period": queue.busyPeriodVariance
      case "mean_served_per_busy_period": queue.servedPerBusyPeriodMean
      case "relaxation_time": queue.relaxationTime
      case "asymptotic_variance_time_average_L": queue.requestsInSystemAsymptoticVariance
      case "asymptotic_variance_customer_average_Wq": queue.waitingTimeAsymptoticVariance
      case "p_N_ge_10": queue.probability(ofAtLeast: 10)
      default: ReferenceRow.quantile(quantity, queue.waitingTimeQuantile, queue.sojournTimeQuantile)
      }
    }
  }

  @Test("for M/M/c")
  func mmc() throws {
    try ReferenceRow.compare("mmc", rows: 75) { parameters, quantity in
      let queue = MMC(
        arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu"),
        servers: try parameters.count("c"))
      return switch quantity {
      case "rho": queue.utilization
      case "p0": queue.emptyProbability
      case "erlang_c": queue.waitingProbability
      case "L": queue.requestsInSystemMean
      case "Lq": queue.queueLengthMean
      case "W": queue.sojournTimeMean
      case "Wq": queue.waitingTimeMean
      default: ReferenceRow.quantile(quantity, queue.waitingTimeQuantile, queue.sojournTimeQuantile)
      }
    }
  }

  @Test("for M/M/c/K")
  func mmck() throws {
    try ReferenceRow.compare("mmck", rows: 28) { parameters, quantity in
      let queue = MMCK(
        arrivalRate: try parameters.number("lambda"), serviceRate: try parameters.number("mu"),
        servers: try parameters.count("c"), places: try parameters.count("K"))
      return switch quantity {
      case "p_block": queue.blockingProbability
      case "p0": queue.emptyProbability
      case "L": queue.requestsInSystemMean
      case "Lq": queue.queueLengthMean
      case "throughput": queue.throughput
      case "W_accepted": queue.sojournTimeMean
      case "Wq_accepted": queue.waitingTimeMean
      default: nil
      }
    }
  }

  @Test("for the loss system M/G/c/c")
  func loss() throws {
    try ReferenceRow.compare("mgcc_loss", rows: 12) { parameters, quantity in
      let system = ErlangB(
        offeredLoad: try parameters.number("offered_load"), servers: try parameters.count("c"))
      return switch quantity {
      case "p_block": system.blockingProbability
      case "mean_busy": system.busyServersMean
      case "utilisation": system.utilization
      default: nil
      }
    }
  }

  @Test("for M/G/1")
  func mg1() throws {
    try ReferenceRow.compare("mg1_fcfs", rows: 90) { parameters, quantity in
      let queue = try queue(parameters.number("lambda"), parameters.value("service"))
      return switch quantity {
      case "mean_service": queue.serviceMean
      case "scv_service": queue.serviceSquaredVariation
      case "rho": queue.utilization
      case "Wq": queue.waitingTimeMean
      case "W": queue.sojournTimeMean
      case "Lq": queue.queueLengthMean
      case "L": queue.requestsInSystemMean
      case "var_Wq": queue.waitingTimeVariance
      case "var_Wq_lcfs_nonpreemptive": queue.waitingTimeVarianceLastComeFirstServed
      default: nil
      }
    }
  }

  @Test("for M/D/1")
  func md1() throws {
    try ReferenceRow.compare("md1", rows: 45) { parameters, quantity in
      let service = try parameters.number("D")
      let queue = MD1(arrivalRate: try parameters.number("lambda"), serviceTime: service)
      return switch quantity {
      case "rho", "p_wait": queue.utilization
      case "Wq": queue.moments.waitingTimeMean
      case "W": queue.moments.sojournTimeMean
      case "Lq": queue.moments.queueLengthMean
      case "L": queue.moments.requestsInSystemMean
      case "var_Wq": queue.moments.waitingTimeVariance
      case "P_Wq_le_0.5D": queue.waitingTimeCumulative(0.5 * service)
      case "P_Wq_le_1D": queue.waitingTimeCumulative(service)
      case "P_Wq_le_2D": queue.waitingTimeCumulative(2 * service)
      case "P_Wq_le_5D": queue.waitingTimeCumulative(5 * service)
      default: ReferenceRow.quantile(quantity, queue.waitingTimeQuantile)
      }
    }
  }

  private func queue(_ lambda: Double, _ service: ReferenceValue) throws -> MG1 {
    guard try service.text("dist") == "discrete" else {
      return MG1(arrivalRate: lambda, service: try service.law())
    }
    let (p, values) = (try service.numbers("p"), try service.numbers("values"))
    let moments = (1...3).map { order in
      zip(p, values).reduce(0) { sum, pair in
        sum + (0..<order).reduce(pair.0) { product, _ in product * pair.1 }
      }
    }
    return MG1(
      arrivalRate: lambda, serviceMean: moments[0], serviceSecondMoment: moments[1],
      serviceThirdMoment: moments[2])
  }
}
