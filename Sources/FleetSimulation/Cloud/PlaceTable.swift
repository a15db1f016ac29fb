// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities

/// The places of a fleet, and what is asked of them again and again: the first that is free, and how many machines
/// there are.
struct PlaceTable: Sendable {
  /// What is counted of a pool.
  private struct Pool: Sendable {
    /// Its first place; the others follow.
    let first: Int
    /// Its places without a machine in which one can be had, and those without a machine, by their numbers in it.
    var free: NumberSet
    var empty: NumberSet
    /// Machines that are rented.
    var held = 0
    /// Machines that take requests.
    var serving = 0
  }

  private var places: [Place]
  private var pools: [Pool] = []
  /// Machines that boot or load.
  private(set) var starting = 0

  /// A table of places without machines, pool after pool, some pools without any.
  init(_ places: [Place], pools count: Int) {
    self.places = places
    var next = 0
    for number in 0..<count {
      let first = next
      while next < places.count, places[next].pool == number { next += 1 }
      var pool = Pool(
        first: first, free: NumberSet(limit: next - first), empty: NumberSet(limit: next - first))
      for place in first..<next {
        pool.empty.insert(place - first)
        if places[place].upSince != nil { pool.free.insert(place - first) }
      }
      pools.append(pool)
    }
  }

  /// All places.
  var indices: Range<Int> { places.indices }

  /// The places of a pool.
  func places(of pool: Int) -> Range<Int> {
    let end = pool + 1 < pools.count ? pools[pool + 1].first : places.count
    return pools[pool].first..<end
  }

  /// A place.
  subscript(place: Int) -> Place { _read { yield places[place] } }

  // MARK: Questions

  /// The first place of a pool in which a machine can be had.
  func firstFree(in pool: Int) -> Int? { pools[pool].free.first.map { pools[pool].first + $0 } }

  /// The first place of a pool without a machine.
  func firstEmpty(in pool: Int) -> Int? { pools[pool].empty.first.map { pools[pool].first + $0 } }

  /// Machines of a pool that are rented.
  func held(in pool: Int) -> Int { pools[pool].held }

  /// Machines of a pool that take requests.
  func serving(in pool: Int) -> Int { pools[pool].serving }

  // MARK: What changes

  /// Puts a machine that starts into a place.
  mutating func rent(_ place: Int, _ machine: Int) {
    let pool = places[place].pool
    places[place].machine = machine
    places[place].launches += 1
    pools[pool].held += 1
    pools[pool].empty.remove(place - pools[pool].first)
    pools[pool].free.remove(place - pools[pool].first)
    starting += 1
  }

  /// Takes the machine out of a place.
  mutating func vacate(_ place: Int) {
    let pool = places[place].pool
    places[place].machine = nil
    pools[pool].held -= 1
    pools[pool].empty.insert(place - pools[pool].first)
    if places[place].upSince != nil { pools[pool].free.insert(place - pools[pool].first) }
  }

  /// Notes since when a machine can be had in a place; `nil` where none can.
  mutating func setUp(_ place: Int, since: Instant?) {
    places[place].upSince = since
    guard places[place].machine == nil else { return }
    let pool = places[place].pool
    if since == nil {
      pools[pool].free.remove(place - pools[pool].first)
    } else {
      pools[pool].free.insert(place - pools[pool].first)
    }
  }

  /// Adds the time since a place came up to its up time.
  mutating func countUpTime(_ place: Int, until now: Instant, horizon: Instant) {
    places[place].countUpTime(until: now, horizon: horizon)
  }

  /// Counts a machine whose state or cordon changes.
  mutating func count(_ machine: Machine, _ change: Int) {
    if machine.state == .starting { starting += change }
    if machine.state == .serving && !machine.isCordoned {
      pools[places[machine.place].pool].serving += change
    }
  }
}
