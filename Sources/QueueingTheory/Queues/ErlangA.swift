// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/c+M queue: whoever waits gives up after an exponential time. Settles at any load.
///
/// Source: Garnett, Mandelbaum and Reiman, "Designing a call center with impatient customers",
/// Manufacturing and Service Operations Management 4 (2002), DOI 10.1287/msom.4.3.208.7753.
package struct ErlangA: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// Services per unit of time of one busy server.
  package let serviceRate: Double
  /// The number of servers.
  package let servers: Int
  /// One over the mean time after which a waiting request gives up.
  package let abandonmentRate: Double
  /// The share of time with 0, 1, … waiting or in service, up to a state of probability 1e-20.
  package let stateProbabilities: [Double]

  /// The queue with these rates and so many servers.
  ///
  /// - Precondition: the rates are positive and there is a server.
  /// - Complexity: linear in the number of states.
  package init(arrivalRate: Double, serviceRate: Double, servers: Int, abandonmentRate: Double) {
    precondition(arrivalRate > 0 && serviceRate > 0, "requests arrive and are served")
    precondition(servers >= 1, "there is at least one server")
    precondition(abandonmentRate > 0, "patience ends")
    self.arrivalRate = arrivalRate
    self.serviceRate = serviceRate
    self.servers = servers
    self.abandonmentRate = abandonmentRate
    var waiting = 64
    var weights: [Double] = []
    repeat {
      waiting *= 2
      weights = BirthDeath.weights(
        births: [Double](repeating: arrivalRate, count: servers + waiting),
        deaths: (1...servers + waiting).map { state in
          Double(min(state, servers)) * serviceRate
            + Double(max(0, state - servers)) * abandonmentRate
        })
    } while weights[servers + waiting] > 1e-20
    let sum = weights.reduce(0, +)
    stateProbabilities = weights.map { $0 / sum }
  }

  /// The share of arrivals that find all servers busy.
  package var waitingProbability: Double {
    stateProbabilities.dropFirst(servers).reduce(0, +)
  }

  /// The share of arrivals that give up.
  package var abandonmentProbability: Double { abandonmentRate * queueLengthMean / arrivalRate }

  /// The mean number waiting.
  package var queueLengthMean: Double {
    stateProbabilities.mean { Double(max(0, $0 - servers)) }
  }

  /// The mean time in the line, of those served and those that give up.
  package var waitingTimeMean: Double { queueLengthMean / arrivalRate }

  /// Requests served per unit of time.
  package var throughput: Double { arrivalRate * (1 - abandonmentProbability) }

  /// The mean number of busy servers.
  package var busyServersMean: Double { stateProbabilities.mean { Double(min($0, servers)) } }
}
