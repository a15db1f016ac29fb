// SPDX-License-Identifier: Apache-2.0

/// A fixed number of plain values side by side, indexed by dense id, every access checked.
///
/// It takes the place of an array where every request passes: an array asks at each write whether it
/// is shared, a column cannot be. Large columns ask for huge pages.
@usableFromInline
@safe
package struct Column<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline let base: UnsafeMutablePointer<Element>
  /// How many values there are.
  @usableFromInline package let count: Int

  /// A column of `count` copies of a value.
  @inlinable
  package init(repeating value: Element, count: Int) {
    precondition(count >= 0, "a column has no negative length")
    unsafe base = HugePages.allocate(count)
    unsafe base.initialize(repeating: value, count: count)
    self.count = count
  }

  /// A column of those values.
  package init(_ values: [Element]) {
    self.init(copying: values.span)
  }

  /// A column of those values.
  package init(copying values: Span<Element>) {
    unsafe base = HugePages.allocate(values.count)
    count = values.count
    unsafe values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      unsafe base.initialize(from: first, count: values.count)
    }
  }

  @inlinable
  deinit {
    unsafe HugePages.deallocate(base, count)
  }

  /// The value with that index.
  ///
  /// - Precondition: the index is in `0..<count`.
  @inlinable
  package subscript(index: Int) -> Element {
    get {
      precondition(isInside(index), "a column is read inside its bounds")
      return unsafe base[index]
    }
    set {
      precondition(isInside(index), "a column is written inside its bounds")
      unsafe base[index] = newValue
    }
    _modify {
      precondition(isInside(index), "a column is written inside its bounds")
      yield unsafe &base[index]
    }
  }

  /// Whether there is a value with that index; one comparison, since a negative one wraps to a large.
  @inlinable
  @inline(__always)
  func isInside(_ index: Int) -> Bool { UInt(bitPattern: index) < UInt(bitPattern: count) }

  /// The values of some indices, copied as a whole.
  ///
  /// - Precondition: all are inside the bounds.
  package func values(_ range: Range<Int>) -> [Element] {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "a column is read inside its bounds")
    return unsafe Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Copies values of a growing column, those from `first` on, over those from `place` on.
  ///
  /// - Precondition: all are inside the bounds.
  /// - Complexity: O(count).
  @inlinable
  @inline(__always)
  package mutating func copy(
    _ count: Int, of other: borrowing GrowingColumn<Element>, from first: Int, to place: Int
  ) where Element: Sendable {
    precondition(
      count >= 0 && first >= 0 && place >= 0 && count <= other.count - first
        && count <= self.count - place, "values are copied inside the bounds of both columns")
    unsafe (base + place).update(from: other.base + first, count: count)
  }

  /// Calls `body` with a view of all values.
  @inlinable
  package func withSpan<Result>(_ body: (Span<Element>) -> Result) -> Result {
    let buffer = unsafe UnsafeBufferPointer(start: base, count: count)
    return body(unsafe buffer.span)
  }

  /// Calls `body` with a view of the values of some indices, through which they can be changed.
  ///
  /// - Precondition: all are inside the bounds.
  @inlinable
  package mutating func withMutableSpan<Result>(
    of range: Range<Int>, _ body: (inout MutableSpan<Element>) -> Result
  ) -> Result {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "a column is written inside its bounds")
    let buffer = unsafe UnsafeMutableBufferPointer(
      start: base + range.lowerBound, count: range.count)
    var span = unsafe buffer.mutableSpan
    return body(&span)
  }
}
