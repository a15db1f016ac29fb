// SPDX-License-Identifier: Apache-2.0

import Columns
import Quantities

/// The order of last use, a list through the entries.
extension ResponseCache {
  /// Makes a key the most recently used one, stored then; says whether an entry had to go for it.
  mutating func put(_ key: CacheKey, storedAt: Int64) -> Bool {
    if let number = table.find(key) {
      table.places[Int(number)].value.storedAt = storedAt
      moveToFront(number)
      return false
    }
    return putNew(key, storedAt: storedAt)
  }

  /// The same for a key that is not held.
  mutating func putNew(_ key: CacheKey, storedAt: Int64) -> Bool {
    let isFull = table.count >= configuration.capacity
    if isFull { remove(last) }
    linkFirst(table.insert(key, Entry(storedAt: storedAt)))
    return isFull
  }

  /// Drops the least recently used entry if its life is over, and says whether it did.
  mutating func expireLast(at now: Instant) -> Bool {
    guard isLastOver(at: now) else { return false }
    expire(last)
    return true
  }

  /// Whether the life of the least recently used entry is over.
  @inlinable
  func isLastOver(at now: Instant) -> Bool {
    guard last >= 0 else { return false }
    let place = table.places[Int(last)]
    let storedAt = place.value.storedAt
    return isOver(now.nanoseconds - storedAt, of: place.key, storedAt: storedAt)
  }

  @usableFromInline
  mutating func expire(_ number: Int32) {
    remove(number)
    expirations += 1
  }

  @inlinable
  mutating func moveToFront(_ number: Int32) {
    guard number != first else { return }
    unlink(number)
    linkFirst(number)
  }

  mutating func remove(_ number: Int32) {
    unlink(number)
    table.remove(number)
  }

  @inlinable
  mutating func unlink(_ number: Int32) {
    let entry = table.places[Int(number)].value
    if entry.previous >= 0 {
      table.places[Int(entry.previous)].value.next = entry.next
    } else {
      first = entry.next
    }
    if entry.next >= 0 {
      table.places[Int(entry.next)].value.previous = entry.previous
    } else {
      last = entry.previous
    }
  }

  @inlinable
  mutating func linkFirst(_ number: Int32) {
    table.places[Int(number)].value.previous = -1
    table.places[Int(number)].value.next = first
    if first >= 0 {
      table.places[Int(first)].value.previous = number
    } else {
      last = number
    }
    first = number
  }
}
