// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Policies
import Quantities
import RandomStreams
import Serving
import Workload

extension FleetSimulation {
  /// Puts the cache into a state that it could be in had requests run all along.
  ///
  /// A content that is asked for n times in the life T of an entry, on average, is there with probability
  /// n/(1 + n): an entry lives T from its storing, and the next request after that stores the next one
  /// (an alternating renewal process; Cox, Renewal Theory (1962), section 7.1). Its age is even over T,
  /// and its last use is the last request since. The rate is the mean over the life before now, so the
  /// hour of the day counts. Left out: the time that answers take, and routes that the moment decides.
  ///
  /// - Complexity: O(contents × tenants); with a sort, and with the contents that nobody else asks for,
  ///   where the capacity may be reached.
  mutating func primeCache() {
    guard desk.usesCache else { return }
    desk.cache.removeAll()
    if logsRequests { decisionLog?.write(clearedAt: now, cache: desk.cache) }
    let life = desk.cache.configuration.ttl
    let offered = scenario.workload.expectedRequests(from: now - life, for: life)
    let priming = CachePriming(
      keys: desk.keys, intendedModel: desk.intendedModel, life: Double(life.nanoseconds),
      capacity: desk.cache.configuration.capacity, isLogging: logsRequests, shares: contentShares,
      tenants: scenario.workload.mix.tenantShares, offered: Double(offered), now: now,
      stream: primingStream(UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000_000)))
    if priming.mayReachCapacity(deterministic: scenario.workload.mix.deterministicShare) {
      priming.fillInOrder(
        &desk.cache, from: source, deterministic: scenario.workload.mix.deterministicShare,
        &decisionLog)
    } else {
      priming.fill(&desk.cache, from: source, &decisionLog)
    }
    handOverDecisions()
  }
}

/// Draws which contents a cache holds.
private struct CachePriming {
  let keys: KeyRule
  let intendedModel: ContiguousArray<ModelID>
  /// The life of an entry in nanoseconds.
  let life: Double
  let capacity: Int
  let isLogging: Bool
  /// The share of requests of each content, by number; of 0 that of contents nobody else asks for.
  let shares: [Double]
  let tenants: [Double]
  /// Requests expected in the life of an entry.
  let offered: Double
  let now: Instant
  let stream: RandomStream

  private var tenantCount: Int { keys.lackTenant ? 1 : tenants.count }

  private func unique(_ deterministic: Double) -> Double { offered * shares[0] * deterministic }

  func mayReachCapacity(deterministic: Double) -> Bool {
    let repeating = Double((shares.count - 1) * tenantCount) * deterministic
    let most = repeating + unique(deterministic)
    return most >= Double(capacity)
  }

  /// Calls `body` with each content that is there, its age as a part of its life, and random bits.
  private func forEachPresent(
    in source: borrowing RequestSource,
    _ body: (_ key: CacheKey, _ age: Double, _ mean: Double, _ bits: UInt64) -> Void
  ) {
    for content in 1..<max(1, shares.count) {
      let entry = source.content(content)
      guard entry.isDeterministic else { continue }
      let model = intendedModel[Int(entry.textIndex)]
      for tenant in 0..<tenantCount {
        let block = stream.block(at: UInt64(content * tenantCount + tenant))
        let mean = offered * shares[content] * (keys.lackTenant ? 1 : tenants[tenant])
        guard uniform(block.high) * (1 + mean) < mean else { continue }
        let key = keys.key(of: UInt64(content), tenant: UInt8(tenant), model: model)
        body(key, uniform(block.low), mean, block.high)
      }
    }
  }

  private func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  private func instant(_ age: Double) -> Instant { now - TimeSpan(nanoseconds: Int64(age * life)) }

  func fill(
    _ cache: inout ResponseCache, from source: borrowing RequestSource,
    _ decisionLog: inout DecisionWriter?
  ) {
    forEachPresent(in: source) { key, age, _, _ in
      prime(&cache, key, storedAt: instant(age), &decisionLog)
    }
  }

  private func prime(
    _ cache: inout ResponseCache, _ key: CacheKey, storedAt: Instant,
    _ decisionLog: inout DecisionWriter?
  ) {
    // The cache was cleared, and no two contents of a tenant have one key.
    cache.prime(key, storedAt: storedAt, isNew: true)
    if isLogging { decisionLog?.write(primed: key, storedAt: storedAt, at: now, cache: cache) }
  }

  /// The same with contents that nobody else asks for, in the order of last use, so that what the
  /// capacity pushes out is what it would have pushed out.
  func fillInOrder(
    _ cache: inout ResponseCache, from source: borrowing RequestSource, deterministic: Double,
    _ decisionLog: inout DecisionWriter?
  ) {
    var entries: [(sinceUse: Double, storedAt: Instant, key: CacheKey)] = []
    forEachPresent(in: source) { key, age, mean, bits in
      let sinceUse = -Elementary.log(positiveUniform(mixed(bits))) / max(mean, 1e-300)
      entries.append((min(age, sinceUse), instant(age), key))
    }
    for number in 0..<Int(unique(deterministic)) {
      let block = stream.block(at: 1 << 40 + UInt64(number))
      let age = uniform(block.low)
      entries.append((age, instant(age), CacheKey(high: block.high, low: block.low)))
    }
    for index in Self.oldestFirst(entries.map(\.sinceUse)) {
      prime(&cache, entries[index].key, storedAt: entries[index].storedAt, &decisionLog)
    }
  }

  /// The numbers of values in [0, 1], the largest first, good to a part in 4,096: a counting sort, since
  /// nothing depends on the order of two entries that were used within a second.
  private static func oldestFirst(_ values: [Double]) -> [Int] {
    let buckets = 4_096
    func bucket(_ value: Double) -> Int { buckets - 1 - min(buckets - 1, Int(value * 4_096)) }
    var starts = [Int](repeating: 0, count: buckets + 1)
    for value in values { starts[bucket(value) + 1] += 1 }
    for index in 1...buckets { starts[index] += starts[index - 1] }
    var order = [Int](repeating: 0, count: values.count)
    for (index, value) in values.enumerated() {
      let place = bucket(value)
      order[starts[place]] = index
      starts[place] += 1
    }
    return order
  }
}
