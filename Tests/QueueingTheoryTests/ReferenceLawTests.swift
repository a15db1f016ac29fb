// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("A closed form for other laws of gaps and service agrees with independently computed values")
struct ReferenceLawTests {
  /// Weibull gaps were solved by quadrature.
  @Test("for GI/M/1")
  func gim1() throws {
    try ReferenceRow.compare("gim1", rows: 162) { parameters, quantity in
      let queue = GIM1(
        gaps: try parameters.law("interarrival"), serviceRate: try parameters.number("mu"))
      return switch quantity {
      case "rho": queue.utilization
      case "sigma", "p_wait": queue.waitingProbability
      case "scv_arrivals": queue.gapSquaredVariation
      case "Wq": queue.waitingTimeMean
      case "W": queue.sojournTimeMean
      case "Lq": queue.queueLengthMean
      case "L": queue.requestsInSystemMean
      case "kingman_upper_bound_Wq": queue.waitingTimeMeanBound
      case "allen_cunneen_Wq": queue.waitingTimeMeanApproximation
      default:
        ReferenceRow.quantile(quantity, queue.waitingTimeQuantile, queue.sojournTimeQuantile)
      }
    }
  }

  @Test("for M/PH/1")
  func mph1() throws {
    try ReferenceRow.compare("mph1_fcfs", rows: 15) { parameters, quantity in
      let queue = MPH1(
        arrivalRate: try parameters.number("lambda"), service: try parameters.law("service"))
      if quantity == "p_wait" { return queue.waitingTimeSurvival(0) }
      return ReferenceRow.quantile(quantity, queue.waitingTimeQuantile)
    }
  }

  @Test("for M/D/c, to 1e-8")
  func mdc() throws {
    try ReferenceRow.compare("mdc", rows: 30, to: 1e-8) { parameters, quantity in
      let queue = MDC(
        arrivalRate: try parameters.number("lambda"), serviceTime: try parameters.number("D"),
        servers: try parameters.count("c"))
      return switch quantity {
      case "rho": queue.utilization
      case "p_wait": queue.waitingProbability
      case "Lq": queue.queueLengthMean
      case "Wq": queue.waitingTimeMean
      case "W": queue.sojournTimeMean
      case "L": queue.requestsInSystemMean
      default: ReferenceRow.quantile(quantity, queue.waitingTimeQuantile)
      }
    }
  }
}
