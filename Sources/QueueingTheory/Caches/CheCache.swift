// SPDX-License-Identifier: GPL-3.0-or-later

/// A cache of limited size under independent requests, by the approximation of its characteristic
/// time: an object is there if it was asked for (or put in) within that time.
///
/// About a tenth of a percentage point from the exact ratio at 100 objects and closer for more.
/// Sources: Che, Tung and Wang, "Hierarchical Web caching systems: modeling, design and
/// experimental results", IEEE Journal on Selected Areas in Communications 20 (2002),
/// DOI 10.1109/JSAC.2002.801752; Fricker, Robert and Roberts, "A versatile and accurate
/// approximation for LRU cache performance", ITC 24 (2012), arXiv 1202.3974; for the other orders
/// Martina, Garetto and Leonardi, "A unified approach to the performance analysis of caching
/// systems", INFOCOM 2014, DOI 10.1109/INFOCOM.2014.6848145.
package struct CheCache: Hashable, Sendable {
  /// Which entry makes room for a new one.
  package enum Order: Hashable, Sendable {
    /// The one that was asked for longest ago.
    case leastRecentlyUsed
    /// The oldest one, or any one at random: both have the same ratio of hits.
    case firstInFirstOut
  }

  /// Requests per unit of time for each object.
  package let requestRates: [Double]
  /// The most objects in the cache.
  package let capacity: Int
  /// Which entry makes room.
  package let order: Order
  /// The characteristic time.
  package let characteristicTime: Double

  /// The cache for objects with these rates of requests.
  ///
  /// - Precondition: the rates are positive, and there are more objects than the cache holds.
  /// - Complexity: linear in the objects, some ten times.
  package init(requestRates: [Double], capacity: Int, order: Order) {
    precondition(requestRates.allSatisfy { $0 > 0 }, "requests arrive")
    precondition(capacity >= 1 && capacity < requestRates.count, "not all objects fit")
    self.requestRates = requestRates
    self.capacity = capacity
    self.order = order
    // The mean number in the cache is concave in the time, so that Newton's steps from below never
    // overshoot.
    var time = Double(capacity) / requestRates.reduce(0, +)
    while true {
      var (held, slope) = (0.0, 0.0)
      for rate in requestRates {
        let miss = Self.missProbability(rate * time, order)
        held += Self.hitProbability(rate * time, order)
        slope += rate * (order == .leastRecentlyUsed ? miss : miss * miss)
      }
      let better = time + (Double(capacity) - held) / slope
      if better <= time * (1 + 1e-15) { break }
      time = better
    }
    characteristicTime = time
  }

  /// The share of requests that find their object.
  package var hitRatio: Double {
    let hits = requestRates.reduce(0) {
      $0 + $1 * Self.hitProbability($1 * characteristicTime, order)
    }
    return hits / requestRates.reduce(0, +)
  }

  /// The share of requests for the object with this index that find it.
  package func hitRatio(ofObject index: Int) -> Double {
    Self.hitProbability(requestRates[index] * characteristicTime, order)
  }

  /// The share of requests for the objects that are asked for most: the best ratio for any cache
  /// under independent requests that knows only the past.
  ///
  /// - Complexity: that of sorting the objects.
  package var staticOptimum: Double {
    let best = requestRates.sorted(by: >).prefix(capacity)
    return best.reduce(0, +) / requestRates.reduce(0, +)
  }

  private static func hitProbability(_ x: Double, _ order: Order) -> Double {
    order == .leastRecentlyUsed ? decayIntegral(rate: 1, x) : x / (1 + x)
  }

  private static func missProbability(_ x: Double, _ order: Order) -> Double {
    order == .leastRecentlyUsed ? decay(x) : 1 / (1 + x)
  }
}
