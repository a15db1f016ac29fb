// SPDX-License-Identifier: GPL-3.0-or-later

/// A cache without a limit whose entries live for a fixed time.
///
/// Requests for each object come as a Poisson stream. Source: Berger, Gland, Singla and Ciucu,
/// "Exact analysis of TTL cache networks", Performance Evaluation 79 (2014),
/// DOI 10.1016/j.peva.2014.07.001.
package struct TTLCache: Hashable, Sendable {
  /// Requests per unit of time for each object.
  package let requestRates: [Double]
  /// The time for which an entry lives.
  package let timeToLive: Double
  /// Whether each hit starts that time anew; else it runs from when the entry was made.
  package let isRenewedByHits: Bool
  /// The mean number of entries that live.
  package let occupancyMean: Double
  /// Requests per unit of time that find no living entry.
  package let missRate: Double

  /// The cache for objects with these rates of requests.
  ///
  /// - Precondition: the rates are positive and the time is not negative.
  /// - Complexity: linear in the objects.
  package init(requestRates: [Double], timeToLive: Double, isRenewedByHits: Bool) {
    precondition(!requestRates.isEmpty && requestRates.allSatisfy { $0 > 0 }, "requests arrive")
    precondition(timeToLive >= 0, "time does not run back")
    self.requestRates = requestRates
    self.timeToLive = timeToLive
    self.isRenewedByHits = isRenewedByHits
    var (occupancy, misses) = (0.0, 0.0)
    for rate in requestRates {
      let x = rate * timeToLive
      let miss = isRenewedByHits ? decay(x) : 1 / (1 + x)
      // Requests find what is there at any time.
      occupancy += isRenewedByHits ? decayIntegral(rate: 1, x) : x / (1 + x)
      misses += rate * miss
    }
    occupancyMean = occupancy
    missRate = misses
  }

  /// The share of requests that find a living entry.
  package var hitRatio: Double { 1 - missRate / requestRates.reduce(0, +) }
}
