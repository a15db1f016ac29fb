// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/c/K queue: an arrival that finds K waiting or in service is turned away.
///
/// Rates are per any unit of time, and times are in that unit. Settles at any load. Source: Gross,
/// Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008),
/// DOI 10.1002/9781118625651, chapter 2.
package struct MMCK: Hashable, Sendable {
  /// Arrivals per unit of time, with those turned away.
  package let arrivalRate: Double
  /// Services per unit of time of one busy server.
  package let serviceRate: Double
  /// The number of servers.
  package let servers: Int
  /// The share of time with 0, 1, … K waiting or in service; also what arrivals find.
  package let stateProbabilities: [Double]

  /// The queue with these rates, so many servers and so many places, service included.
  ///
  /// - Precondition: the rates are positive and there are at least as many places as servers.
  /// - Complexity: linear in the number of places.
  package init(arrivalRate: Double, serviceRate: Double, servers: Int, places: Int) {
    precondition(arrivalRate > 0 && serviceRate > 0, "requests arrive and are served")
    precondition(servers >= 1 && places >= servers, "each of the servers has a place")
    self.arrivalRate = arrivalRate
    self.serviceRate = serviceRate
    self.servers = servers
    let weights = BirthDeath.weights(
      offeredLoad: arrivalRate / serviceRate, servers: servers, last: places)
    let sum = weights.reduce(0, +)
    stateProbabilities = weights.map { $0 / sum }
  }

  /// The share of arrivals that are turned away.
  package var blockingProbability: Double { stateProbabilities.last ?? 0 }

  /// The share of time in which nobody is there.
  package var emptyProbability: Double { stateProbabilities.first ?? 0 }

  /// Arrivals per unit of time that are let in; as many leave.
  package var throughput: Double { arrivalRate * (1 - blockingProbability) }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double {
    stateProbabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
  }

  /// The mean number waiting.
  package var queueLengthMean: Double {
    stateProbabilities.enumerated().reduce(0) {
      $0 + Double(max(0, $1.offset - servers)) * $1.element
    }
  }

  /// The mean time before service of those let in.
  package var waitingTimeMean: Double { queueLengthMean / throughput }

  /// The mean time before and in service of those let in.
  package var sojournTimeMean: Double { requestsInSystemMean / throughput }
}
