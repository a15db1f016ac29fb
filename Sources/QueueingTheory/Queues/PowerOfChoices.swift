// SPDX-License-Identifier: GPL-3.0-or-later

/// Very many servers, of which each arrival joins the one with fewest requests among d drawn.
///
/// Poisson arrivals, exponential service; the limit of many servers, about 1 % off with a thousand.
/// Source: Mitzenmacher, "The power of two choices in randomized load balancing", IEEE Transactions
/// on Parallel and Distributed Systems 12 (2001), DOI 10.1109/71.963420.
package struct PowerOfChoices: Hashable, Sendable {
  /// How many servers each arrival looks at.
  package let choices: Int
  /// The share of its time in which a server is busy.
  package let utilization: Double
  /// Services per unit of time of a busy server.
  package let serviceRate: Double

  /// Servers of this rate at this load, of which arrivals look at so many.
  ///
  /// - Precondition: there is a choice, the load lies strictly between 0 and 1, the rate is positive.
  package init(choices: Int, utilization: Double, serviceRate: Double) {
    precondition(choices >= 1, "an arrival looks at a server")
    precondition(utilization > 0 && utilization < 1, "servers serve more than arrives")
    precondition(serviceRate > 0, "requests are served")
    self.choices = choices
    self.utilization = utilization
    self.serviceRate = serviceRate
  }

  /// The share of servers with at least `count` requests: ρ^((d^k - 1)/(d - 1)).
  ///
  /// - Complexity: the count times the choices.
  package func probability(ofAtLeast count: Int) -> Double {
    (0..<count).reduce(1) { share, _ in next(share) }
  }

  /// The mean number waiting or in service at a server.
  ///
  /// - Complexity: the number of requests that hardly any server has, times the choices.
  package var requestsPerServerMean: Double {
    var (share, sum) = (utilization, 0.0)
    while share > 1e-20 {
      sum += share
      share = next(share)
    }
    return sum
  }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { requestsPerServerMean / (utilization * serviceRate) }

  /// ρ times the share to the power d.
  private func next(_ share: Double) -> Double {
    (0..<choices).reduce(utilization) { product, _ in product * share }
  }
}
