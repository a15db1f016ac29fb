// SPDX-License-Identifier: GPL-3.0-or-later

/// A cache without a limit that computes what is missing and lets equal requests join meanwhile.
///
/// Requests for each key come as a Poisson stream; an answer lives for a fixed time from when it is
/// there, and computing it may take a time of any law. By renewal reward for each key. Source: Ross,
/// Stochastic Processes, 2nd ed. (Wiley, 1996), ISBN 978-0-471-12062-9, section 3.6.
package struct DeduplicatedCache: Hashable, Sendable {
  /// Requests per unit of time for each key.
  package let requestRates: [Double]
  /// The mean time that computing an answer takes.
  package let computationMean: Double
  /// The time for which an answer lives; 0 for no cache.
  package let timeToLive: Double
  /// Answers computed per unit of time.
  package let computationRate: Double
  /// Requests per unit of time that join another's computation.
  package let joinRate: Double
  /// Requests per unit of time that find an answer.
  package let hitRate: Double

  /// The cache for keys with these rates of requests.
  ///
  /// - Precondition: the rates are positive and the times are not negative.
  /// - Complexity: linear in the keys.
  package init(requestRates: [Double], computationMean: Double, timeToLive: Double) {
    precondition(!requestRates.isEmpty && requestRates.allSatisfy { $0 > 0 }, "requests arrive")
    precondition(computationMean >= 0 && timeToLive >= 0, "time does not run back")
    self.requestRates = requestRates
    self.computationMean = computationMean
    self.timeToLive = timeToLive
    var (computed, joined, hit) = (0.0, 0.0, 0.0)
    for rate in requestRates {
      // A cycle is a computation, a life, and the wait for the next request.
      let cycles = rate / (1 + rate * (computationMean + timeToLive))
      computed += cycles
      joined += cycles * rate * computationMean
      hit += cycles * rate * timeToLive
    }
    computationRate = computed
    joinRate = joined
    hitRate = hit
  }

  /// The share of requests whose answer is computed for them.
  package var computedShare: Double { computationRate / total }

  /// The share that join another's computation.
  package var joinedShare: Double { joinRate / total }

  /// The share that find an answer.
  package var hitShare: Double { hitRate / total }

  private var total: Double { requestRates.reduce(0, +) }
}
