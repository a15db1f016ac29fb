// SPDX-License-Identifier: GPL-3.0-or-later

/// The exact ratios of hits of a small cache that drops the least recently used entry.
///
/// Under independent requests an object is found if fewer than `capacity` others were asked for
/// since it was. Sources: King, "Analysis of demand paging algorithms", IFIP Congress (1971);
/// Flajolet, Gardy and Thimonier, "Birthday paradox, coupon collectors, caching algorithms and
/// self-organizing search", Discrete Applied Mathematics 39 (1992),
/// DOI 10.1016/0166-218X(92)90177-C.
package struct LRUCache: Hashable, Sendable {
  /// Requests per unit of time for each object.
  package let requestRates: [Double]
  /// The most objects in the cache.
  package let capacity: Int
  /// For each object, the share of its requests that find it.
  package let hitRatios: [Double]

  /// The cache for objects with these rates of requests; good to about 1e-11.
  ///
  /// - Precondition: the rates are positive and the cache holds something.
  /// - Complexity: the capacity times the square of the objects, some hundred times.
  package init(requestRates: [Double], capacity: Int) {
    precondition(!requestRates.isEmpty && requestRates.allSatisfy { $0 > 0 }, "requests arrive")
    precondition(capacity >= 1, "the cache holds something")
    self.requestRates = requestRates
    self.capacity = capacity
    let scale = Double(capacity) / requestRates.reduce(0, +)
    hitRatios = requestRates.indices.map { object in
      let rate = requestRates[object]
      return Quadrature.integral(scale: min(scale, 1 / rate)) { t in
        // No request for so long matters to nothing.
        let density = rate * decay(rate * t)
        return density < 1e-200
          ? 0 : density * Self.fewer(than: capacity, requestRates, except: object, within: t)
      }
    }
  }

  /// The share of requests that find their object.
  package var hitRatio: Double {
    zip(requestRates, hitRatios).reduce(0) { $0 + $1.0 * $1.1 } / requestRates.reduce(0, +)
  }

  /// The probability that fewer than so many others are asked for within `t`.
  private static func fewer(
    than count: Int, _ rates: [Double], except object: Int, within t: Double
  ) -> Double {
    var law = [Double](repeating: 0, count: count)
    law[0] = 1
    for (index, rate) in rates.enumerated() where index != object {
      let absent = decay(rate * t)
      let present = decayIntegral(rate: 1, rate * t)
      for number in stride(from: count - 1, to: 0, by: -1) {
        law[number] = law[number] * absent + law[number - 1] * present
      }
      law[0] *= absent
    }
    return law.reduce(0, +)
  }
}
