// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities

/// An answer as it was sent, to be sent again.
public struct KeptAnswer: Equatable, Sendable {
  /// Its content type.
  public var contentType: String
  /// Its bytes; of a stream, its events.
  public var body: [UInt8]
  /// The number of the model that made it.
  public var model: Int

  /// An answer of those values.
  public init(contentType: String, body: [UInt8], model: Int) {
    self.contentType = contentType
    self.body = body
    self.model = model
  }
}

/// The answers that are kept in this process: a budget of bytes over them, and the production cache over their keys.
///
/// Which answer goes when the bytes run out is decided by last use.
public struct MemoryStore: ~Copyable {
  private struct Entry {
    var key: CacheKey
    var answer: KeptAnswer
    var previous = -1
    var next = -1
  }

  /// The bytes of all kept answers, and what each takes beside its body.
  public private(set) var bytes = 0
  /// How many answers went since the bytes ran out.
  public private(set) var evictions = 0
  private static let overhead = 192
  private var keys: ResponseCache
  private let limit: Int
  private var entries: [Entry] = []
  private var unused: [Int] = []
  private var places: [CacheKey: Int] = [:]
  private var first = -1
  private var last = -1

  /// An empty store.
  public init(_ configuration: ResponseCache.Configuration, bytes limit: Int) {
    keys = ResponseCache(configuration)
    self.limit = limit
  }

  /// How many answers are kept.
  public var count: Int { places.count }

  /// How full it is.
  var figures: StoreFigures { StoreFigures(count: count, bytes: bytes, evictions: evictions) }

  /// What is kept under a key.
  public mutating func lookUp(
    _ key: CacheKey, isDeterministic: Bool, at now: Instant
  ) -> (CacheAnswer, KeptAnswer?) {
    let answer = keys.lookUp(key, isDeterministic: isDeterministic, at: now)
    guard case .hit = answer else {
      if answer == .miss, let place = places[key] { remove(place) }
      return (answer, nil)
    }
    guard let place = places[key] else { return (.miss, nil) }
    unlink(place)
    linkFirst(place)
    return (answer, entries[place].answer)
  }

  /// Keeps an answer that was admitted; one that is larger than a quarter of the budget is not kept.
  public mutating func keep(_ key: CacheKey, _ answer: KeptAnswer, at now: Instant) {
    let size = answer.body.count + Self.overhead
    guard size <= limit / 4 else { return }
    if let place = places[key] { remove(place) }
    while bytes + size > limit, last >= 0 {
      remove(last)
      evictions += 1
    }
    keys.store(key, isDeterministic: true, at: now)
    let entry = Entry(key: key, answer: answer)
    let place: Int
    if let free = unused.popLast() {
      place = free
      entries[place] = entry
    } else {
      place = entries.count
      entries.append(entry)
    }
    places[key] = place
    bytes += size
    linkFirst(place)
  }

  private mutating func remove(_ place: Int) {
    unlink(place)
    bytes -= entries[place].answer.body.count + Self.overhead
    places[entries[place].key] = nil
    entries[place].answer.body = []
    unused.append(place)
  }

  private mutating func unlink(_ place: Int) {
    let (previous, next) = (entries[place].previous, entries[place].next)
    if previous >= 0 { entries[previous].next = next } else { first = next }
    if next >= 0 { entries[next].previous = previous } else { last = previous }
    entries[place].previous = -1
    entries[place].next = -1
  }

  private mutating func linkFirst(_ place: Int) {
    entries[place].next = first
    if first >= 0 { entries[first].previous = place } else { last = place }
    first = place
  }
}

/// How full a store is.
public struct StoreFigures: Sendable {
  /// Kept answers.
  public let count: Int
  /// Their bytes.
  public let bytes: Int
  /// Answers that went for room.
  public let evictions: Int
}
