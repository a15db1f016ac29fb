// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/c queue: Poisson arrivals, exponential service, several servers and one line.
///
/// Rates are per any unit of time, and times are in that unit. Source: Gross, Shortle, Thompson and
/// Harris, Fundamentals of Queueing Theory, 4th ed. (2008), DOI 10.1002/9781118625651, chapter 2.
package struct MMC: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// Services per unit of time of one busy server.
  package let serviceRate: Double
  /// The number of servers.
  package let servers: Int
  /// The share of arrivals that wait: Erlang's C.
  package let waitingProbability: Double
  /// The share of time in which nobody is there.
  package let emptyProbability: Double

  /// The queue with these rates and so many servers.
  ///
  /// - Precondition: the rates are positive and the servers together serve more than arrives.
  /// - Complexity: linear in the number of servers.
  package init(arrivalRate: Double, serviceRate: Double, servers: Int) {
    precondition(arrivalRate > 0 && serviceRate > 0, "requests arrive and are served")
    precondition(servers >= 1, "there is at least one server")
    precondition(
      arrivalRate < Double(servers) * serviceRate,
      "a queue settles only if it serves more than arrives")
    self.arrivalRate = arrivalRate
    self.serviceRate = serviceRate
    self.servers = servers
    let load = arrivalRate / serviceRate
    let rho = load / Double(servers)
    let blocking = ErlangB.blocking(offeredLoad: load, servers: servers)
    waitingProbability = blocking / (1 - rho * (1 - blocking))
    let weights = BirthDeath.weights(offeredLoad: load, servers: servers, last: servers)
    // From the last server on the weights are a geometric series.
    let sum = weights.dropLast().reduce(0, +) + weights[servers] / (1 - rho)
    emptyProbability = weights[0] / sum
  }

  /// The share of its time in which a server is busy.
  package var utilization: Double { arrivalRate / (Double(servers) * serviceRate) }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { arrivalRate * sojournTimeMean }

  /// The mean number waiting.
  package var queueLengthMean: Double { arrivalRate * waitingTimeMean }

  /// The mean time before service.
  package var waitingTimeMean: Double { waitingProbability / drain }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { waitingTimeMean + 1 / serviceRate }

  /// The share of arrivals that wait longer than `t`.
  package func waitingTimeSurvival(_ t: Double) -> Double { waitingProbability * decay(drain * t) }

  /// The share of arrivals whose wait and service together take longer than `t`.
  ///
  /// Service is over t, or the exponential wait of those who wait takes what service left of it:
  /// e^-μt (1 + C μ ∫₀ᵗ e^-(d-μ)s ds) with d = cμ - λ, which has no gap at d = μ.
  package func sojournTimeSurvival(_ t: Double) -> Double {
    let difference = drain - serviceRate
    guard difference < 0 else {
      let integral = decayIntegral(rate: difference, t)
      return decay(serviceRate * t) * (1 + waitingProbability * serviceRate * integral)
    }
    // The same with e^-dt taken out, so that no exponent is positive.
    let integral = decayIntegral(rate: -difference, t)
    return decay(serviceRate * t)
      + waitingProbability * serviceRate * decay(drain * t) * integral
  }

  /// The wait that a share `p` of arrivals does not exceed; 0 where fewer than 1 - p wait at all.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func waitingTimeQuantile(_ p: Double) -> Double {
    quantile(p, from: 1 / drain) { 1 - waitingTimeSurvival($0) }
  }

  /// The time before and in service that a share `p` of arrivals does not exceed.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func sojournTimeQuantile(_ p: Double) -> Double {
    quantile(p, from: 1 / serviceRate) { 1 - sojournTimeSurvival($0) }
  }

  /// By how much the servers together could serve more than arrives.
  private var drain: Double { Double(servers) * serviceRate - arrivalRate }
}
