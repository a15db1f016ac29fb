// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("A closed form for caches agrees with independently computed values")
struct ReferenceCacheTests {
  @Test("with a time to live")
  func timeToLive() throws {
    try ReferenceRow.compare("cache_ttl_zipf", rows: 18) { parameters, quantity in
      let cache = TTLCache(
        requestRates: try rates(parameters, total: parameters.number("total_rate")),
        timeToLive: try parameters.number("ttl"), isRenewedByHits: quantity.hasSuffix("reset_ttl"))
      return switch quantity {
      case "hit_ratio_fixed_ttl", "hit_ratio_reset_ttl": cache.hitRatio
      case "occupancy_fixed_ttl", "occupancy_reset_ttl": cache.occupancyMean
      case "backend_rate_fixed_ttl", "backend_rate_reset_ttl": cache.missRate
      default: nil
      }
    }
  }

  @Test("with computations that equal requests join")
  func deduplicated() throws {
    try ReferenceRow.compare("dedup_then_ttl_cache", rows: 10) { parameters, quantity in
      let cache = DeduplicatedCache(
        requestRates: try rates(parameters, total: parameters.number("total_rate")),
        computationMean: try parameters.number("mean_compute"),
        timeToLive: quantity.hasSuffix("without_cache") ? 0 : try parameters.number("ttl"))
      return switch quantity {
      case "fraction_computed": cache.computedShare
      case "fraction_coalesced", "fraction_coalesced_without_cache": cache.joinedShare
      case "fraction_cache_hit": cache.hitShare
      case "compute_rate": cache.computationRate
      default: nil
      }
    }
  }

  @Test("of limited size, by the characteristic time")
  func characteristicTime() throws {
    var cases: [[Double]: CheCache] = [:]
    try ReferenceRow.compare("cache_che_zipf", rows: 21) { parameters, quantity in
      let order: CheCache.Order =
        quantity.hasPrefix("fifo_random") ? .firstInFirstOut : .leastRecentlyUsed
      // Worked out once for each case, for up to 100 000 objects.
      let key = [
        try parameters.number("alpha"), try parameters.number("objects"),
        try parameters.number("capacity"), order == .firstInFirstOut ? 1 : 0,
      ]
      let cache =
        try cases[key]
        ?? CheCache(
          requestRates: try rates(parameters, total: 1),
          capacity: try parameters.count("capacity"), order: order)
      cases[key] = cache
      return switch quantity {
      case "characteristic_time", "fifo_random_characteristic_time": cache.characteristicTime
      case "hit_ratio", "fifo_random_hit_ratio": cache.hitRatio
      case "hit_ratio_rank1": cache.hitRatio(ofObject: 0)
      case "hit_ratio_rank10": cache.hitRatio(ofObject: 9)
      case "hit_ratio_static_optimum": cache.staticOptimum
      default: nil
      }
    }
  }

  @Test("of limited size, exactly, to 1e-8")
  func exact() throws {
    try ReferenceRow.compare("cache_lru_exact_irm", rows: 12, to: 1e-8) { parameters, quantity in
      let cache = LRUCache(
        requestRates: try rates(parameters, total: 1), capacity: try parameters.count("capacity"))
      return switch quantity {
      case "hit_ratio": cache.hitRatio
      case "hit_ratio_rank1": cache.hitRatios.first
      case "hit_ratio_last": cache.hitRatios.last
      default: nil
      }
    }
  }

  private func rates(_ parameters: ReferenceValue, total: Double) throws -> [Double] {
    let weights = zipfWeights(
      count: try parameters.count("objects"), exponent: try parameters.number("alpha"))
    let sum = weights.reversed().reduce(0, +)
    return weights.map { total * $0 / sum }
  }
}
