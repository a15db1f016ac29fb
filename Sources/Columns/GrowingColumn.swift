// SPDX-License-Identifier: Apache-2.0

/// Plain values side by side, which grow by doubling and are never shared; every access checked.
///
/// It takes the place of an array where every request passes: an array asks at each write whether it is
/// shared, and reads of large ones wait for the page tables. Large columns ask for huge pages.
@usableFromInline
@safe
package struct GrowingColumn<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  /// How many values there are.
  @usableFromInline package internal(set) var count: Int

  /// An empty column with room for so many.
  @usableFromInline
  package init(minimumCapacity: Int) {
    precondition(minimumCapacity > 0, "a column has room for a value")
    capacity = minimumCapacity
    unsafe base = HugePages.allocate(minimumCapacity)
    count = 0
  }

  /// A column of `count` copies of a value.
  @usableFromInline
  package init(repeating value: Element, count: Int) {
    self.init(minimumCapacity: count)
    unsafe base.initialize(repeating: value, count: count)
    self.count = count
  }

  @inlinable
  deinit {
    unsafe HugePages.deallocate(base, capacity)
  }

  /// The value with that index.
  ///
  /// - Precondition: the index is in `0..<count`.
  @inlinable
  package subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(isInside(index), "a column is read inside its bounds")
      return unsafe base[index]
    }
    @inline(__always) set {
      precondition(isInside(index), "a column is written inside its bounds")
      unsafe base[index] = newValue
    }
    @inline(__always) _modify {
      precondition(isInside(index), "a column is written inside its bounds")
      yield unsafe &base[index]
    }
  }

  /// Adds a value at the end.
  @inlinable
  package mutating func append(_ value: Element) {
    if count == capacity { grow() }
    count += 1
    self[count - 1] = value
  }

  /// Adds so many copies of a value at the end.
  ///
  /// - Complexity: O(added), amortised.
  @usableFromInline
  package mutating func append(repeating value: Element, count added: Int) {
    precondition(added >= 0, "a column does not shrink by what is added")
    while capacity - count < added { grow() }
    unsafe (base + count).initialize(repeating: value, count: added)
    count += added
  }

  /// Removes all values and keeps the storage.
  @inlinable
  package mutating func removeAll() { count = 0 }

  /// Sets every value.
  ///
  /// - Complexity: O(count).
  @usableFromInline
  package mutating func fill(with value: Element) {
    unsafe base.update(repeating: value, count: count)
  }

  /// Whether there is a value with that index; one comparison, since a negative one wraps to a large.
  @inlinable
  @inline(__always)
  func isInside(_ index: Int) -> Bool { UInt(bitPattern: index) < UInt(bitPattern: count) }

  @usableFromInline
  mutating func grow() {
    let larger: UnsafeMutablePointer<Element> = unsafe HugePages.allocate(2 * capacity)
    unsafe larger.update(from: base, count: count)
    unsafe HugePages.deallocate(base, capacity)
    unsafe base = larger
    capacity *= 2
  }
}
