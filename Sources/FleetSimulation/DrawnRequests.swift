// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Policies
import Quantities
import Workload

/// What a cache is asked of the requests that are drawn and have not come yet.
///
/// Worked out for a column of them at a time, one kind after the other: no predictor foresees which is which.
struct DrawnRequests: ~Copyable {
  /// The keys of requests with temperature 0, by their place in the column.
  private(set) var keys: Column<CacheKey>
  /// The same keys without gaps, as they are looked up ahead.
  private var keysInOrder: Column<CacheKey>
  /// Room for where a cache has them.
  private var cachePlaces: Column<Int32>
  /// The places of requests with temperature 0, and of those among them whose content others ask for too.
  private var deterministic: Column<UInt8>
  private var repeated: Column<UInt8>
  private(set) var deterministicCount = 0
  private(set) var repeatedCount = 0
  /// What reading ahead came to; nothing depends on it.
  private var touched: Int64 = 0

  /// Room for a column of requests.
  init(count: Int) {
    precondition(count <= 256, "a place has eight bits")
    keys = Column(repeating: CacheKey(high: 0, low: 0), count: count)
    keysInOrder = Column(repeating: CacheKey(high: 0, low: 0), count: count)
    cachePlaces = Column(repeating: 0, count: count)
    deterministic = Column(repeating: 0, count: count)
    repeated = Column(repeating: 0, count: count)
  }

  /// Finds out which are which.
  mutating func sort(_ source: borrowing RequestSource) {
    var (all, shared) = (0, 0)
    for index in 0..<source.drawnCount {
      let arrival = source.drawn(index)
      // Written in any case, and kept by the count.
      deterministic[all] = UInt8(truncatingIfNeeded: index)
      repeated[shared] = UInt8(truncatingIfNeeded: index)
      let isDeterministic = arrival.isDeterministic ? 1 : 0
      all &+= isDeterministic
      shared &+= isDeterministic & (arrival.isUnique ? 0 : 1)
    }
    (deterministicCount, repeatedCount) = (all, shared)
  }

  /// The place in the column of a request with temperature 0, by its number among them.
  @inline(__always)
  func deterministic(_ number: Int) -> Int { Int(deterministic[number]) }

  /// The same of one whose content others ask for too.
  @inline(__always)
  func repeated(_ number: Int) -> Int { Int(repeated[number]) }

  /// Keeps the key of a request with temperature 0, by its number among them.
  @inline(__always)
  mutating func keep(_ key: CacheKey, of number: Int) {
    keys[Int(deterministic[number])] = key
    keysInOrder[number] = key
  }

  /// Lets a cache read what it holds of the keys.
  mutating func touch(_ cache: inout ResponseCache, at now: Instant) {
    let count = deterministicCount
    touched = keysInOrder.withSpan { keys in
      cachePlaces.withMutableSpan(of: 0..<count) { places in
        cache.touch(keys.extracting(first: count), at: now, places: &places)
      }
    }
  }
}
