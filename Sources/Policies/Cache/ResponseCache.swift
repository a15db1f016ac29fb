// SPDX-License-Identifier: Apache-2.0

import Columns
import Quantities
import RandomStreams

/// Decides which requests are answered from stored responses: keys and times, not the bodies.
///
/// Entries live for a time from when they were stored, stretched or cut by a jitter, so that what was
/// stored in a burst does not go in one; at the capacity the least recently used entry goes. What has
/// expired is dropped when it is looked up, or when it becomes the least recently used, so that no
/// more is held than was used within one life.
///
/// It cannot be copied: a cache is large, and two would no longer be told of each other's answers.
public struct ResponseCache: ~Copyable, Sendable {
  /// How patient and how large the cache is, and by which rules it goes.
  public let configuration: Configuration
  /// How many entries the capacity has pushed out; entries primed do not push any out in this count.
  public internal(set) var evictions = 0
  /// How many entries were removed because their life was over.
  public internal(set) var expirations = 0

  @usableFromInline var table = KeyTable<Entry>()
  /// The place used last and the one used longest ago; -1 in an empty cache.
  @usableFromInline var first: Int32 = -1
  @usableFromInline var last: Int32 = -1
  @usableFromInline let lifetime: Int64
  @usableFromInline let jitterWidth: Int64
  /// The shortest life that an entry may have, whatever its jitter.
  @usableFromInline let shortestLife: Int64

  /// When an entry was stored, and its neighbours in the order of last use.
  @frozen
  @usableFromInline
  struct Entry: BitwiseCopyable, Sendable {
    @usableFromInline var storedAt: Int64
    @usableFromInline var previous: Int32 = -1
    @usableFromInline var next: Int32 = -1

    @inlinable
    init(storedAt: Int64) {
      self.storedAt = storedAt
    }
  }

  /// An empty cache.
  public init(_ configuration: Configuration) {
    self.configuration = configuration
    lifetime = configuration.ttl.nanoseconds
    let (high, low) = lifetime.multipliedFullWidth(by: 2 * configuration.jitter.billionths)
    jitterWidth = Int64(1_000_000_000).dividingFullWidth((high, low)).quotient
    shortestLife = lifetime - jitterWidth / 2 - 1
  }

  /// How many entries it holds, expired ones that nobody has come across included.
  @inlinable public var count: Int { table.count }

  /// Answers whether a stored response answers this request.
  ///
  /// A hit makes the entry the most recently used one and leaves its life as it was.
  @inlinable
  @inline(__always)
  public mutating func lookUp(
    _ key: CacheKey, isDeterministic: Bool, at now: Instant
  ) -> CacheAnswer {
    if !isDeterministic { return configuration.rule == .reference ? .miss : .bypass }
    guard let number = table.find(key) else { return .miss }
    let storedAt = table.places[Int(number)].value.storedAt
    let age = now.nanoseconds - storedAt
    if isOver(age, of: key, storedAt: storedAt) {
      expire(number)
      return .miss
    }
    moveToFront(number)
    return .hit(age: TimeSpan(nanoseconds: max(age, 0)))
  }

  /// Reads what a look-up of a key will read, and changes nothing; the result means nothing.
  @inlinable
  public func touch(_ key: CacheKey) -> Int64 {
    guard let number = table.find(key) else { return 0 }
    let entry = table.places[Int(number)].value
    return entry.storedAt &+ Int64(entry.next)
  }

  /// Reads what look-ups of keys will read, and stores after them, all side by side; changes nothing.
  ///
  /// For who knows some hundred keys ahead: independent reads of memory overlap, where those of
  /// look-ups one after the other wait for each other. In steps, since a read waits for nothing where its address
  /// is known: the slots, then the places that they name, then their neighbours in the order of last use. Where
  /// something will have to go for what is stored, the slots of what goes are read too. The sum of the
  /// results means nothing.
  ///
  /// - Parameters:
  ///   - places: room for as many numbers as there are keys, which mean nothing afterwards.
  /// - Complexity: O(n) for n keys.
  @inlinable
  public func touch(
    _ keys: Span<CacheKey>, at now: Instant, places: inout MutableSpan<Int32>
  ) -> Int64 {
    guard table.count > 0 else { return 0 }
    precondition(places.count >= keys.count, "there is room for the place of each key")
    var sum: UInt64 = 0
    for index in keys.indices {
      places[index] = Int32(truncatingIfNeeded: table.likelyPlace(of: keys[index]))
    }
    for index in keys.indices {
      let entry = table.places[Int(places[index])].value
      sum &+= table.places[Int(max(0, entry.previous))].key.low
      sum &+= table.places[Int(max(0, entry.next))].key.low
    }
    guard table.count >= configuration.capacity || isLastOver(at: now) else {
      return Int64(truncatingIfNeeded: sum)
    }
    var oldest = last
    for _ in keys.indices where oldest >= 0 {
      sum &+= table.firstWord(of: table.places[Int(oldest)].key)
      oldest = table.places[Int(oldest)].value.previous
    }
    return Int64(truncatingIfNeeded: sum)
  }

  /// Keeps a response under the key of the artefact that produced it; a response already there is
  /// replaced and its life begins anew.
  ///
  /// A response to a request that is not deterministic is not kept.
  public mutating func store(_ key: CacheKey, isDeterministic: Bool, at now: Instant) {
    guard isDeterministic else { return }
    // Two for each that comes in, so that what has expired goes faster than anything comes.
    if expireLast(at: now) { _ = expireLast(at: now) }
    if put(key, storedAt: now.nanoseconds) { evictions += 1 }
  }

  /// Keeps a finished response if it may be kept, and says why not.
  ///
  /// All answers go this way, those of a simulator and those of a live engine.
  @inlinable
  @inline(__always)
  public mutating func keep(
    _ key: CacheKey, _ response: StoredResponse, at now: Instant
  ) -> Admission {
    let admission = Self.admission(of: response, under: configuration.rule)
    if admission == .admitted { store(key, isDeterministic: true, at: now) }
    return admission
  }

  /// Puts an entry in as if it had been stored then, as the most recently used one.
  ///
  /// For a start in the stationary state: called in the order of last use, the oldest first. Nothing is
  /// counted; an entry whose life is over by the first look-up is a miss then.
  ///
  /// - Parameters:
  ///   - isNew: whether the caller knows that the key is not held, which saves the search for it.
  public mutating func prime(_ key: CacheKey, storedAt: Instant, isNew: Bool = false) {
    if isNew {
      assert(table.find(key) == nil, "a key that is held is not new")
      _ = putNew(key, storedAt: storedAt.nanoseconds)
    } else {
      _ = put(key, storedAt: storedAt.nanoseconds)
    }
  }

  /// Forgets all entries and keeps the storage and the counts.
  ///
  /// - Complexity: O(the most entries there have been).
  public mutating func removeAll() {
    table.removeAll()
    (first, last) = (-1, -1)
  }

  /// How long an entry is good: the time to live, times a factor spread evenly over 1 ± jitter.
  ///
  /// The factor is a hash of the key and the time of storing: no draw, the same in every run, and
  /// another one each time the key is stored.
  public func life(of key: CacheKey, storedAt: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: life(of: key, storedAt: storedAt.nanoseconds))
  }

  /// Whether an entry of that age is good no more; the hash is needed only where the jitter decides.
  @inlinable
  @inline(__always)
  func isOver(_ age: Int64, of key: CacheKey, storedAt: Int64) -> Bool {
    age >= shortestLife && age >= life(of: key, storedAt: storedAt)
  }

  @inlinable
  func life(of key: CacheKey, storedAt: Int64) -> Int64 {
    if jitterWidth == 0 { return lifetime }
    let time = UInt64(bitPattern: storedAt) &* 0x9E37_79B9_7F4A_7C15
    let spread = Int64(bitPattern: mixed(key.low ^ key.high ^ time))
    // A signed word over 2^64 is even over [-½, ½).
    return lifetime + jitterWidth.multipliedFullWidth(by: spread).high
  }
}
