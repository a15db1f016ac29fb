// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/D/c queue: Poisson arrivals, several servers that always take the same time, one line.
///
/// First come first served. From one multiple of the service time to the next all that were in
/// service leave, which makes a chain of the number in the system. Sources: Crommelin, "Delay
/// probability formulae when the holding times are constant", Post Office Electrical Engineers
/// Journal 25 (1932) 41–50; Tijms, A First Course in Stochastic Models (Wiley, 2003),
/// DOI 10.1002/047001363X, section 9.6; Franx, "A simple solution for the M/D/c waiting time
/// distribution", Operations Research Letters 29 (2001), DOI 10.1016/S0167-6377(01)00108-0, for the
/// wait.
package struct MDC: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The time that each service takes.
  package let serviceTime: Double
  /// The number of servers.
  package let servers: Int
  /// The share of time with 0, 1, … waiting or in service; also what arrivals find.
  package let stateProbabilities: [Double]
  /// The sums of the state probabilities up to each state.
  private let sums: [Double]

  /// The queue with this arrival rate, this time of service and so many servers.
  ///
  /// - Precondition: both are positive, there is a server, and a server is busy for at most 0.999 of
  ///   its time.
  /// - Complexity: the number of states up to one of probability below 1e-17, times the servers,
  ///   times the arrivals that a service may see.
  package init(arrivalRate: Double, serviceTime: Double, servers: Int) {
    precondition(arrivalRate > 0 && serviceTime > 0, "requests arrive and take time")
    precondition(servers >= 1, "there is at least one server")
    precondition(
      arrivalRate * serviceTime <= 0.999 * Double(servers),
      "the law of the wait is worked out up to 0.999 of load")
    self.arrivalRate = arrivalRate
    self.serviceTime = serviceTime
    self.servers = servers
    let arrivals = PoissonTerms(mean: arrivalRate * serviceTime)
    let law = EmbeddedChain.stationary(startingWith: 2 * (servers + arrivals.last)) { state in
      EmbeddedChain.Row(kept: max(0, state - servers), arrivals: arrivals)
    }
    stateProbabilities = law
    var sum = 0.0
    sums = law.map { probability in
      sum += probability
      return sum
    }
  }

  /// The share of its time in which a server is busy.
  package var utilization: Double { arrivalRate * serviceTime / Double(servers) }

  /// The share of arrivals that wait.
  package var waitingProbability: Double {
    stateProbabilities.dropFirst(servers).reversed().reduce(0, +)
  }

  /// The mean number waiting.
  package var queueLengthMean: Double {
    stateProbabilities.mean { Double(max(0, $0 - servers)) }
  }

  /// The mean time before service.
  package var waitingTimeMean: Double { queueLengthMean / arrivalRate }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { waitingTimeMean + serviceTime }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { arrivalRate * sojournTimeMean }

  /// The share of arrivals that wait at most `t`.
  ///
  /// - Complexity: the square root of the arrivals in a service.
  package func waitingTimeCumulative(_ t: Double) -> Double {
    if t < 0 { return 0 }
    // P(W ≤ t) = Σ_j e^-y y^j/j! P(N ≤ kc + c - 1 - j) with kD the first multiple of D beyond t and
    // y = λ(kD - t).
    let services = (t / serviceTime).rounded(.down) + 1
    guard services * Double(servers) < Double(sums.count) * 2 else { return 1 }
    let poisson = PoissonTerms(mean: max(0, arrivalRate * (services * serviceTime - t)))
    let last = (Int(services) + 1) * servers - 1
    return zip(poisson.first..., poisson.probabilities).reduce(0) { sum, term in
      // Only as long as those that found a place before them have all gone.
      guard term.0 < Int(services) * servers else { return sum }
      return sum + term.1 * sums[min(last - term.0, sums.count - 1)]
    }
  }

  /// The wait that a share `p` of arrivals does not exceed; 0 where fewer than 1 - p wait at all.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func waitingTimeQuantile(_ p: Double) -> Double {
    quantile(p, from: serviceTime, of: waitingTimeCumulative)
  }
}
