// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("The response cache")
struct ResponseCacheTests {
  private func key(_ content: UInt64, tenant: Int = 0, model: Int = 0) -> CacheKey {
    CacheKey(tenant: TenantID(tenant), artefact: ModelID(model), content: content)
  }

  private func cache(capacity: Int = 100, jitter: Int64 = 0) -> ResponseCache {
    ResponseCache(
      ResponseCache.Configuration(
        ttl: .hours(1), jitter: Share(billionths: jitter), capacity: capacity))
  }

  private func isHit(_ answer: CacheAnswer) -> Bool {
    if case .hit = answer { true } else { false }
  }

  @Test("keeps tenants, models and contents apart")
  func keys() {
    var seen: [CacheKey] = []
    for tenant in 0..<5 {
      for model in 0..<5 {
        for content in 0..<40 {
          seen.append(key(UInt64(content), tenant: tenant, model: model))
        }
      }
    }
    for (index, key) in seen.enumerated() {
      #expect(!seen[..<index].contains(key))
    }
    #expect(key(3, tenant: 2, model: 1).of(content: 9) == key(9, tenant: 2, model: 1))
    let shared = CacheKey.reference(model: ModelID(0), content: 7)
    #expect(CacheKey.reference(model: ModelID(0), content: 1).of(content: 7) == shared)
    #expect(!seen.contains(shared))
  }

  @Test("answers for as long as an entry lives, and not a nanosecond longer")
  func lifetime() {
    var cache = cache()
    #expect(cache.lookUp(key(1), isDeterministic: true, at: .start) == .miss)
    cache.store(key(1), isDeterministic: true, at: .start)
    let last = Instant.start + .hours(1) - TimeSpan(nanoseconds: 1)
    #expect(
      cache.lookUp(key(1), isDeterministic: true, at: last)
        == .hit(age: .hours(1) - TimeSpan(nanoseconds: 1)))
    #expect(cache.lookUp(key(1), isDeterministic: true, at: .start + .hours(1)) == .miss)
    #expect(cache.count == 0 && cache.expirations == 1)
  }

  @Test("neither keeps nor looks for what has a temperature above 0, unless by the reference rule")
  func temperature() {
    var cache = cache()
    cache.store(key(1), isDeterministic: false, at: .start)
    #expect(cache.count == 0)
    #expect(cache.lookUp(key(1), isDeterministic: false, at: .start) == .bypass)
    var reference = ResponseCache(.reference())
    #expect(reference.lookUp(key(1), isDeterministic: false, at: .start) == .miss)
  }

  @Test("lets the least recently used entry go at its capacity")
  func leastRecentlyUsed() {
    var cache = cache(capacity: 3)
    for content in 1...3 {
      cache.store(key(UInt64(content)), isDeterministic: true, at: .start)
    }
    #expect(isHit(cache.lookUp(key(1), isDeterministic: true, at: .start)))
    cache.store(key(4), isDeterministic: true, at: .start)
    #expect(!isHit(cache.lookUp(key(2), isDeterministic: true, at: .start)))
    for content in [1, 3, 4] {
      #expect(isHit(cache.lookUp(key(UInt64(content)), isDeterministic: true, at: .start)))
    }
    #expect(cache.count == 3 && cache.evictions == 1)
  }

  /// More than 262,144 entries, past the size from which its table is filled more.
  @Test("holds as many entries as its capacity when they are many")
  func manyEntries() {
    let (stored, capacity) = (300_000, 280_000)
    var cache = cache(capacity: capacity)
    for content in 0..<stored {
      cache.store(key(UInt64(content)), isDeterministic: true, at: .start)
    }
    let hits = (0..<stored).filter {
      isHit(cache.lookUp(key(UInt64($0)), isDeterministic: true, at: .start))
    }
    #expect(hits == Array(stored - capacity..<stored))
    #expect(cache.count == capacity && cache.evictions == stored - capacity)
  }

  /// Against a plain list, the least recently used first; entries live for so many steps.
  @Test("keeps the order of last use, however often entries are used", arguments: [50, 5_000])
  func orderOfUse(life: Int) {
    let capacity = 40
    var cache = ResponseCache(
      ResponseCache.Configuration(
        ttl: .seconds(Int64(life)), jitter: .zero, capacity: capacity))
    var list: [(content: UInt64, storedAt: Int)] = []
    var (evictions, expirations, hits) = (0, 0, 0)
    var stream = RandomStream(seed: 7, replication: 0, purpose: .testing, entity: 0)
    for step in 0..<20_000 {
      let now = Instant.start + .seconds(Int64(step))
      let bits = stream.next()
      // Mostly the same few, so that most uses are of entries that were used a moment ago.
      let content = bits & 7 == 0 ? bits >> 32 % 200 : bits >> 32 % 30
      let place = list.firstIndex { $0.content == content }
      if bits >> 8 & 7 == 0 {
        for _ in 0..<2 where !list.isEmpty && step - list[0].storedAt >= life {
          // The second goes only where the first was over too.
          list.removeFirst()
          expirations += 1
        }
        if let place = list.firstIndex(where: { $0.content == content }) { list.remove(at: place) }
        if list.count == capacity {
          list.removeFirst()
          evictions += 1
        }
        list.append((content, step))
        cache.store(key(content), isDeterministic: true, at: now)
      } else {
        let answer = cache.lookUp(key(content), isDeterministic: true, at: now)
        if let place {
          let entry = list.remove(at: place)
          let isOver = step - entry.storedAt >= life
          if isOver { expirations += 1 } else { list.append(entry) }
          if !isOver { hits += 1 }
          #expect(isHit(answer) == !isOver)
        } else {
          #expect(answer == .miss)
        }
      }
      #expect(cache.count == list.count)
    }
    #expect(cache.evictions == evictions && cache.expirations == expirations)
    #expect(hits > 2_000 && (life < 100 ? expirations : evictions) > 100)
  }

  @Test("spreads lives evenly over its jitter, and anew at each storing")
  func jitter() {
    let cache = cache(jitter: 100_000_000)
    var lives: [Double] = []
    for content in 0..<4_000 {
      let life = cache.life(of: key(UInt64(content)), storedAt: .start + .seconds(Int64(content)))
      lives.append(life.inSeconds)
    }
    #expect(lives.allSatisfy { $0 >= 3_240 && $0 <= 3_960 })
    let mean = lives.reduce(0, +) / 4_000
    // An even law over 720 s has a standard deviation of 208 s: five standard errors are 16.4 s.
    #expect(abs(mean - 3_600) < 16.4)
    #expect(
      cache.life(of: key(1), storedAt: .start)
        != cache.life(of: key(1), storedAt: .start + .hours(2))
    )
  }

  @Test("answers to the nanosecond for as long as the jitter gives an entry")
  func livesToTheEnd() {
    for content in 0..<2_000 {
      let (key, stored) = (key(UInt64(content)), Instant.start + .seconds(Int64(content)))
      for isOver in [false, true] {
        var cache = cache(jitter: 100_000_000)
        cache.store(key, isDeterministic: true, at: stored)
        let end = stored + cache.life(of: key, storedAt: stored)
        let asked = isOver ? end : end - TimeSpan(nanoseconds: 1)
        #expect(isHit(cache.lookUp(key, isDeterministic: true, at: asked)) != isOver)
      }
    }
  }

  @Test("changes nothing by reading ahead")
  func readingAhead() {
    func filled() -> ResponseCache {
      var cache = cache(capacity: 50)
      for content in 0..<50 {
        cache.store(key(UInt64(content)), isDeterministic: true, at: .start)
      }
      return cache
    }
    var read = filled()
    var untouched = filled()
    // Those that are held, those that are not, and one twice.
    let keys = (30..<70).map { key(UInt64($0)) } + [key(30)]
    var places = [Int32](repeating: 0, count: keys.count)
    for content in 0..<100 {
      let now = Instant.start + .seconds(Int64(content) * 60)
      var span = places.mutableSpan
      _ = read.touch(keys.span, at: now, places: &span)
      let asked = key(UInt64(content * 37 % 80))
      #expect(
        read.lookUp(asked, isDeterministic: true, at: now)
          == untouched.lookUp(asked, isDeterministic: true, at: now))
      read.store(key(UInt64(content)), isDeterministic: true, at: now)
      untouched.store(key(UInt64(content)), isDeterministic: true, at: now)
      #expect(read.count == untouched.count && read.evictions == untouched.evictions)
    }
    #expect(read.evictions > 0 && read.expirations == untouched.expirations)
  }

  /// A request every 1/λ on average and a life T from storing: of 1 + λT requests λT are hits.
  @Test(
    "hits as often as renewal theory says, primed or not",
    arguments: [0.5, 1, 6], [false, true])
  func closedForm(perHour: Double, isPrimed: Bool) {
    let stream = RandomStream(seed: 2, replication: 0, purpose: .testing, entity: 3)
    let truth = perHour / (1 + perHour)
    var (hits, requests) = (0.0, 0.0)
    // Many short histories, so that the start counts: two hours each.
    for history in 0..<20_000 {
      var cache = cache()
      let draws = stream.block(at: UInt64(history) << 16)
      if isPrimed, Double(draws.low >> 11) * 0x1p-53 < truth {
        let age = Double(draws.high >> 11) * 0x1p-53
        cache.prime(key(1), storedAt: .start - TimeSpan(nanoseconds: Int64(age * 3.6e12)))
      }
      var now = 0.0
      var draw: UInt64 = 1
      while true {
        let bits = stream.block(at: UInt64(history) << 16 + draw).low
        now -= Elementary.log(positiveUniform(bits)) * 3_600 / perHour
        draw += 1
        let length = isPrimed ? 7_200.0 : 72_000.0
        guard now < length else { break }
        let instant = Instant.start + TimeSpan(nanoseconds: Int64(now * 1e9))
        requests += 1
        if isHit(cache.lookUp(key(1), isDeterministic: true, at: instant)) {
          hits += 1
        } else {
          cache.store(key(1), isDeterministic: true, at: instant)
        }
      }
      if !isPrimed && history == 2_000 { break }
    }
    // Unprimed histories of twenty hours lack less than an hour's worth of hits at their start.
    let slack = isPrimed ? 0.012 : 0.05
    #expect(abs(hits / requests - truth) < slack)
  }

  @Test("does not keep what was cut, failed, aborted or called tools wrongly")
  func admission() {
    let good = StoredResponse(
      status: 200, finishReason: .stop, isComplete: true, choices: 1, isDeterministic: true,
      isNoStore: false)
    func refusal(_ change: (inout StoredResponse) -> Void) -> ResponseCache.Admission {
      var response = good
      change(&response)
      return ResponseCache.admission(of: response, under: .production)
    }
    #expect(refusal { _ in } == .admitted)
    #expect(refusal { $0.finishReason = .toolCalls(areValid: true) } == .admitted)
    #expect(refusal { $0.finishReason = .length } == .refused(.finishReason))
    #expect(refusal { $0.status = 500 } == .refused(.status))
    #expect(refusal { $0.isComplete = false } == .refused(.incomplete))
    #expect(
      refusal { $0.finishReason = .toolCalls(areValid: false) } == .refused(.invalidToolCalls))
    #expect(refusal { $0.choices = 2 } == .refused(.severalChoices))
    #expect(refusal { $0.isDeterministic = false } == .refused(.notDeterministic))
    #expect(refusal { $0.isNoStore = true } == .refused(.noStore))
    var cut = good
    cut.finishReason = .length
    #expect(ResponseCache.admission(of: cut, under: .reference) == .admitted)
  }

  @Test("does not answer for one model what another model answered")
  func fallbackModel() {
    var cache = cache()
    cache.store(key(1, model: 1), isDeterministic: true, at: .start)
    #expect(cache.lookUp(key(1, model: 0), isDeterministic: true, at: .start) == .miss)
  }
}
