// SPDX-License-Identifier: Apache-2.0

/// Values by cache key, each in a numbered place that stays its own until it is removed.
///
/// Open addressing with linear probing and backward-shift deletion (Knuth, The Art of Computer
/// Programming, volume 3, 2nd edition 1998, section 6.4, algorithms L and R). A slot is one word, the
/// key's tag above the place's number, so that a search opens a place only where the tag agrees, and
/// growing and deleting open none. Slots are at most half full. Nothing is ever decided by the order
/// of the slots.
@frozen
@usableFromInline
struct KeyTable<Value: BitwiseCopyable & Sendable>: Sendable {
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

  /// The places, by number; removed ones keep their last content until they are used again.
  @usableFromInline var places: ContiguousArray<Place> = []
  /// How many keys are held.
  @usableFromInline var count = 0
  @usableFromInline var slots: ContiguousArray<UInt64>
  @usableFromInline var unused: ContiguousArray<Int32> = []

  @inlinable
  init() {
    slots = ContiguousArray(repeating: 0, count: 16)
  }

  /// The number of a key's place, or nil.
  @inlinable
  func find(_ key: CacheKey) -> Int32? {
    let tag = key.tag
    let mask = slots.count - 1
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
    if (count + 1) * 2 > slots.count { grow() }
    let place = Place(key: key, value: value)
    let number: Int32
    if let free = unused.popLast() {
      number = free
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
    let mask = slots.count - 1
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
    unused.append(number)
    count -= 1
  }

  /// Removes all keys and keeps the storage.
  ///
  /// - Complexity: O(slots).
  @usableFromInline
  mutating func removeAll() {
    for slot in slots.indices { slots[slot] = 0 }
    places.removeAll(keepingCapacity: true)
    unused.removeAll(keepingCapacity: true)
    count = 0
  }

  @inlinable
  mutating func put(_ word: UInt64) {
    let mask = slots.count - 1
    var slot = Int(word >> 32) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = word
  }

  @usableFromInline
  mutating func grow() {
    let old = slots
    slots = ContiguousArray(repeating: 0, count: old.count * 2)
    for word in old where word != 0 { put(word) }
  }
}
