// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import DecisionLog
import Policies
import Quantities
import RandomStreams
import Serving
import Workload

extension Replication where Engine: ~Copyable {
  /// Puts the cache into a state that it could be in had requests run all along.
  ///
  /// A content that is asked for n times in the life T of an entry, on average, is there with probability
  /// n/(1 + n): an entry lives T from its storing, and the next request after that stores the next one
  /// (an alternating renewal process; Cox, Renewal Theory (1962), section 7.1). Its age is even over T,
  /// and its last use is the last request since. The rate is the mean over the life before now, so the
  /// hour of the day counts. Left out: the time that answers take, and routes that the moment decides.
  ///
  /// Whether a content is there is a function of seed, replication, window, content and tenant alone, so it
  /// is worked out when the first request for it is drawn ahead, and put in when that one asks, if one ever
  /// does. Only where the capacity may be reached do entries that nobody asks for matter: there all are put
  /// in, in the order of last use.
  ///
  /// - Complexity: O(contents asked for in the window before), and O(1) for each content that is asked for; where the
  ///   capacity may be reached, O(contents × tenants + requests in the life of an entry).
  mutating func primeCache() {
    guard requests.store.isUsed else { return }
    requests.store.cache.removeAll()
    if logsPolicies { path.log?.write(clearedAt: now, cache: requests.store.cache) }
    let life = requests.store.cache.configuration.ttl
    let offered = scenario.workload.expectedRequests(from: now - life, for: life)
    requests.primed.begin(at: now, offered: Double(offered))
    let deterministic = scenario.workload.mix.deterministicShare
    if requests.primed.mayReach(
      requests.store.cache.configuration.capacity, deterministic: deterministic)
    {
      primeInOrder(deterministic: deterministic)
    }
    handOverDecisions()
  }

  /// Puts in what the cache holds of a content before it is asked for the first time in this window.
  ///
  /// - Parameters:
  ///   - drawnPlace: the place of who asks among the requests that were drawn ahead.
  @inline(__always)
  mutating func primeCache(_ key: CacheKey, place: Int, drawnAt drawnPlace: Int) {
    guard requests.primed.isFirstLook(at: place), let age = requests.primed.age(drawnAt: drawnPlace)
    else { return }
    // The window began with an empty cache, and nothing was stored for this since.
    prime(key, age: age)
  }

  private mutating func prime(_ key: CacheKey, age: Double) {
    let storedAt = requests.primed.instant(age)
    requests.store.cache.prime(key, storedAt: storedAt, isNew: true)
    if logsPolicies { log(primed: key, storedAt: storedAt) }
  }

  /// Does what is done once for a column of requests that were drawn ahead.
  mutating func beginColumn() {
    handOverDecisions()
    if requests.store.isUsed { prepareDrawn() }
  }

  /// Makes the keys of the requests that were drawn ahead, works out which of their contents the cache begins
  /// with, and reads what it holds of them, all side by side.
  private mutating func prepareDrawn() {
    requests.drawn.sort(requests.source)
    for number in 0..<requests.drawn.deterministicCount {
      let arrival = requests.source.drawn(requests.drawn.deterministic(number))
      let model = requests.store.intendedModel[Int(arrival.textIndex)]
      requests.drawn.keep(
        requests.store.keys.key(
          of: arrival.contentID, tenant: TenantID(Int(arrival.tenantIndex)), model: model),
        of: number)
    }
    requests.primed.forgetWanted()
    for number in 0..<requests.drawn.repeatedCount {
      let place = requests.drawn.repeated(number)
      let arrival = requests.source.drawn(place)
      requests.primed.noteAge(of: arrival.contentID, tenant: arrival.tenantIndex, drawnAt: place)
    }
    requests.primed.drawAges()
    requests.drawn.touch(&requests.store.cache, at: now)
  }

  /// Puts in all entries, those that nobody else asks for too, in the order of last use, so that what the
  /// capacity pushes out is what it would have pushed out.
  private mutating func primeInOrder(deterministic: Double) {
    var entries: [(sinceUse: Double, age: Double, key: CacheKey)] = []
    for place in requests.primed.places {
      let (content, tenant) = requests.primed.contentAndTenant(at: place)
      let kind = requests.source.content(content)
      guard requests.primed.isFirstLook(at: place), kind.isDeterministic,
        let age = requests.primed.age(at: place, content: content, tenant: tenant)
      else { continue }
      let key = requests.store.keys.key(
        of: UInt64(content), tenant: TenantID(tenant),
        model: requests.store.intendedModel[Int(kind.textIndex)])
      let sinceUse = requests.primed.sinceUse(at: place, content: content, tenant: tenant, age: age)
      entries.append((sinceUse, age, key))
    }
    for number in 0..<Int(requests.primed.unique(deterministic)) {
      let (age, key) = requests.primed.uniqueEntry(number)
      entries.append((age, age, key))
    }
    for index in Self.oldestFirst(entries.map(\.sinceUse)) {
      prime(entries[index].key, age: entries[index].age)
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
