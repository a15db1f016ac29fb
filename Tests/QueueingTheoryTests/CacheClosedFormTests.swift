// SPDX-License-Identifier: GPL-3.0-or-later

import QueueingTheory
import Testing

@Suite("Caches")
struct CacheTests {
  /// One object once per unit of time, for which an entry lives: 1/2 and 1 - 1/e of hits.
  @Test("with a time to live of one gap between requests")
  func timeToLive() {
    let fixed = TTLCache(requestRates: [1], timeToLive: 1, isRenewedByHits: false)
    #expect(agree(fixed.hitRatio, 0.5) && agree(fixed.missRate, 0.5))
    let renewed = TTLCache(requestRates: [1], timeToLive: 1, isRenewedByHits: true)
    #expect(agree(renewed.hitRatio, 0.6321205588285577))
    #expect(agree(renewed.occupancyMean, 0.6321205588285577))
  }

  /// A cycle of 1 + 2·(1 + 3) requests: one is computed, two join, six hit.
  @Test("that are computed once")
  func deduplicated() {
    let cache = DeduplicatedCache(requestRates: [2], computationMean: 1, timeToLive: 3)
    #expect(agree(cache.computedShare, 1 / 9.0) && agree(cache.joinedShare, 2 / 9.0))
    #expect(agree(cache.hitShare, 6 / 9.0) && agree(cache.computationRate, 2 / 9.0))
    let instant = DeduplicatedCache(requestRates: [2, 1], computationMean: 0, timeToLive: 3)
    let plain = TTLCache(requestRates: [2, 1], timeToLive: 3, isRenewedByHits: false)
    #expect(agree(instant.hitShare, plain.hitRatio) && instant.joinedShare == 0)
  }

  /// All alike: every object is there with probability capacity over objects.
  @Test("of objects that are all alike find what they hold", arguments: [1, 4, 19])
  func alike(capacity: Int) {
    let rates = [Double](repeating: 0.5, count: 20)
    let share = Double(capacity) / 20
    for order in [CheCache.Order.leastRecentlyUsed, .firstInFirstOut] {
      let cache = CheCache(requestRates: rates, capacity: capacity, order: order)
      #expect(agree(cache.hitRatio, share) && agree(cache.staticOptimum, share))
    }
    #expect(agree(LRUCache(requestRates: rates, capacity: capacity).hitRatio, share, to: 1e-10))
  }

  /// A cache of one object holds the last one asked for: Σ p².
  @Test("of one object find the last one")
  func one() {
    let cache = LRUCache(requestRates: [3, 2, 1], capacity: 1)
    #expect(agree(cache.hitRatio, 14 / 36.0, to: 1e-11))
    #expect(agree(cache.hitRatios[0], 0.5, to: 1e-11))
    // With room for all nothing is ever dropped.
    #expect(agree(LRUCache(requestRates: [3, 2, 1], capacity: 3).hitRatio, 1, to: 1e-11))
  }
}
