// SPDX-License-Identifier: Apache-2.0

import Columns

/// Values by cache key, each in a numbered place that stays its own until it is removed.
///
/// Open addressing with linear probing and backward-shift deletion (Knuth, The Art of Computer
/// Programming, volume 3, 2nd edition 1998, section 6.4, algorithms L and R). A slot is one word, the
/// key's tag above the place's number, so that a search opens a place only where the tag agrees, and
/// growing and deleting open none. At most one slot in four is full, so that nearly every search ends in
/// its first slot and is foreseen to; in tables that no processor keeps near, where a search waits for
/// memory anyway, at most one in two. Nothing is ever decided by the order of the slots.
@frozen
@usableFromInline
struct KeyTable<Value: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
  /// One place: a key and what belongs to it.
  @frozen
  @usableFromInline
  struct Place: BitwiseCopyable, Sendable {
    @usableFromInline var key: CacheKey
    @usableFromInline var value: Value

    @inlinable
    init(key: CacheKey, value: Value) {
      self.key = key
      self.value = value
    }
  }

  /// The places, by number; a removed one keeps its value until it is used again, and its key's low
  /// word holds the number after the next unused place's.
  @usableFromInline var places: GrowingColumn<Place>
  /// How many keys are held.
  @usableFromInline var count = 0
  @usableFromInline var slots: GrowingColumn<UInt64>
  /// The number of the place that was removed last and not used since; -1 for none.
  @usableFromInline var firstUnused: Int32 = -1

  @usableFromInline
  init() {
    places = GrowingColumn(minimumCapacity: 8)
    slots = GrowingColumn(repeating: 0, count: 16)
  }

  /// So many slots make a large table: 4 MiB of them, a second-level cache and more.
  @inlinable static var largeSlots: Int { 1 << 19 }

  @inlinable var mask: Int { slots.count - 1 }

  /// The word in the slot where the search for a key begins; 0 where the key is not held for sure.
  @inlinable
  @inline(__always)
  func firstWord(of key: CacheKey) -> UInt64 { slots[Int(key.tag) & mask] }

  /// The place that the slot where the search for a key begins names, if it has the key's tag; otherwise
  /// any place.
  ///
  /// - Precondition: there is a place.
  @inlinable
  @inline(__always)
  func likelyPlace(of key: CacheKey) -> Int {
    let tag = key.tag
    let word = slots[Int(tag) & mask]
    let isSame = UInt32(truncatingIfNeeded: word >> 32) == tag && word != 0
    return isSame ? Int(UInt32(truncatingIfNeeded: word)) - 1 : 0
  }

  /// The number of a key's place, or nil.
  @inlinable
  @inline(__always)
  func find(_ key: CacheKey) -> Int32? {
    let tag = key.tag
    let mask = mask
    var slot = Int(tag) & mask
    while true {
      let word = slots[slot]
      if word == 0 { return nil }
      if UInt32(truncatingIfNeeded: word >> 32) == tag {
        let number = Int(UInt32(truncatingIfNeeded: word)) - 1
        if places[number].key == key { return Int32(truncatingIfNeeded: number) }
      }
      slot = (slot + 1) & mask
    }
  }

  /// Gives a key that has none a place, and says its number.
  @inlinable
  mutating func insert(_ key: CacheKey, _ value: Value) -> Int32 {
    if (count + 1) * (slots.count < Self.largeSlots ? 4 : 2) > slots.count { grow() }
    let place = Place(key: key, value: value)
    let number: Int32
    if firstUnused >= 0 {
      number = firstUnused
      firstUnused = Int32(truncatingIfNeeded: places[Int(number)].key.low) - 1
      places[Int(number)] = place
    } else {
      number = Int32(places.count)
      places.append(place)
    }
    put(UInt64(key.tag) << 32 | UInt64(number + 1))
    count += 1
    return number
  }

  /// Frees a place that holds a key.
  @inlinable
  mutating func remove(_ number: Int32) {
    let word = UInt64(places[Int(number)].key.tag) << 32 | UInt64(number + 1)
    let mask = mask
    var hole = Int(word >> 32) & mask
    while slots[hole] != word { hole = (hole + 1) & mask }
    var slot = hole
    while true {
      slot = (slot + 1) & mask
      let next = slots[slot]
      if next == 0 { break }
      // It may move back to the hole if its own search passes there.
      let home = Int(next >> 32) & mask
      if (slot - home) & mask >= (slot - hole) & mask {
        slots[hole] = next
        hole = slot
      }
    }
    slots[hole] = 0
    places[Int(number)].key = CacheKey(high: 0, low: UInt64(firstUnused + 1))
    firstUnused = number
    count -= 1
  }

  /// Removes all keys and keeps the storage.
  ///
  /// - Complexity: O(slots).
  @usableFromInline
  mutating func removeAll() {
    slots.fill(with: 0)
    places.removeAll()
    firstUnused = -1
    count = 0
  }

  @inlinable
  mutating func put(_ word: UInt64) {
    let mask = mask
    var slot = Int(word >> 32) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = word
  }

  @usableFromInline
  mutating func grow() {
    var old = GrowingColumn<UInt64>(repeating: 0, count: slots.count * 2)
    swap(&old, &slots)
    for slot in 0..<old.count where old[slot] != 0 { put(old[slot]) }
  }
}
