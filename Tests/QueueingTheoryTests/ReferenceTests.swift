// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite(
  "A closed form agrees to 1e-9 with the reference table",
  .enabled(
    if: ReferenceRow.isThere,
    "the table of reference values is not there; set PLIMSOLL_REFERENCE to its path"))
struct ReferenceTests {
  @Test("for M/M/1")
  func mm1() throws {
    try compare("mm1", rows: 115) { parameters, quantity in
      guard let lambda = parameters.arrivalRate, let mu = parameters.serviceRate else { return nil }
      let queue = MM1(arrivalRate: lambda, serviceRate: mu)
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
      default: quantile(quantity, queue.waitingTimeQuantile, queue.sojournTimeQuantile)
      }
    }
  }

  @Test("for M/M/c")
  func mmc() throws {
    try compare("mmc", rows: 75) { parameters, quantity in
      guard let lambda = parameters.arrivalRate, let mu = parameters.serviceRate,
        let servers = parameters.servers
      else { return nil }
      let queue = MMC(arrivalRate: lambda, serviceRate: mu, servers: servers)
      return switch quantity {
      case "rho": queue.utilization
      case "p0": queue.emptyProbability
      case "erlang_c": queue.waitingProbability
      case "L": queue.requestsInSystemMean
      case "Lq": queue.queueLengthMean
      case "W": queue.sojournTimeMean
      case "Wq": queue.waitingTimeMean
      default: quantile(quantity, queue.waitingTimeQuantile, queue.sojournTimeQuantile)
      }
    }
  }

  @Test("for M/M/c/K")
  func mmck() throws {
    try compare("mmck", rows: 21) { parameters, quantity in
      guard let lambda = parameters.arrivalRate, let mu = parameters.serviceRate,
        let servers = parameters.servers,
        let places = parameters.places
      else { return nil }
      let queue = MMCK(arrivalRate: lambda, serviceRate: mu, servers: servers, places: places)
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
    try compare("mgcc_loss", rows: 9) { parameters, quantity in
      guard let load = parameters.offeredLoad, let servers = parameters.servers else { return nil }
      let system = ErlangB(offeredLoad: load, servers: servers)
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
    try compare("mg1_fcfs", rows: 162) { parameters, quantity in
      guard let lambda = parameters.arrivalRate, let service = parameters.service,
        let queue = try queue(lambda, service)
      else { return nil }
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
    try compare("md1", rows: 60) { parameters, quantity in
      guard let lambda = parameters.arrivalRate, let service = parameters.serviceTime else {
        return nil
      }
      let queue = MD1(arrivalRate: lambda, serviceTime: service)
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
      default: quantile(quantity, queue.waitingTimeQuantile) { _ in .nan }
      }
    }
  }

  /// Compares each row of a case with what `answer` makes of it; a quantity without one fails.
  private func compare(
    _ name: String, rows count: Int,
    _ answer: (ReferenceRow.Parameters, String) throws -> Double?
  ) throws {
    let rows = try ReferenceRow.rows(of: name)
    #expect(rows.count >= count)
    for row in rows {
      let found = try #require(try answer(row.parameters, row.quantity), "\(row)")
      // Quantiles of 0 and variations of 0 have no relative error.
      let error = abs(found - row.value) / (row.value == 0 ? 1 : abs(row.value))
      #expect(error <= 1e-9, "\(row) but found \(found)")
    }
  }

  /// The quantity named like `W_p99` or `Wq_p999`.
  private func quantile(
    _ quantity: String, _ waiting: (Double) -> Double, _ sojourn: (Double) -> Double
  ) -> Double? {
    let parts = quantity.split(separator: "_p")
    guard parts.count == 2, let p = Double("0." + parts[1]) else { return nil }
    return parts[0] == "Wq" ? waiting(p) : parts[0] == "W" ? sojourn(p) : nil
  }

  private func queue(_ lambda: Double, _ service: ReferenceRow.Service) throws -> MG1? {
    if service.dist == "discrete" {
      guard let p = service.p, let values = service.values else { return nil }
      let moments = (1...3).map { order in
        zip(p, values).reduce(0) { sum, pair in
          sum + (0..<order).reduce(pair.0) { product, _ in product * pair.1 }
        }
      }
      return MG1(
        arrivalRate: lambda, serviceMean: moments[0], serviceSecondMoment: moments[1],
        serviceThirdMoment: moments[2])
    }
    guard let law = try law(service) else { return nil }
    return MG1(arrivalRate: lambda, service: law)
  }

  private func law(_ service: ReferenceRow.Service) throws -> Distribution? {
    switch service.dist {
    case "deterministic": try service.value.map { try Distribution(.constant($0)) }
    case "exponential": try service.mean.map { try Distribution(.exponential(mean: $0)) }
    case "erlang":
      if let k = service.k, let mean = service.mean {
        try Distribution.erlang(phases: k, mean: mean)
      } else {
        nil
      }
    case "gamma":
      try pair(service.shape, service.scale) { .gamma(shape: $0, scale: $1) }
    case "weibull":
      try pair(service.shape, service.scale) { .weibull(shape: $0, scale: $1) }
    case "lognormal":
      try pair(service.mu, service.sigma) { .lognormal(logMean: $0, logDeviation: $1) }
    case "uniform": try pair(service.low, service.high) { .uniform(low: $0, high: $1) }
    case "pareto": try pair(service.alpha, service.xm) { .pareto(shape: $0, minimum: $1) }
    case "hyperexponential":
      try Distribution(
        .hyperexponential(probabilities: service.p ?? [], means: service.means ?? []))
    default: nil
    }
  }

  private func pair(
    _ first: Double?, _ second: Double?, _ law: (Double, Double) -> Distribution.Law
  ) throws -> Distribution? {
    guard let first, let second else { return nil }
    return try Distribution(law(first, second))
  }
}
