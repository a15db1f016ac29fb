// SPDX-License-Identifier: GPL-3.0-or-later

/// A fixed number of plain values side by side, indexed by dense id, every access checked.
///
/// It takes the place of an array where every request passes: an array asks at each write whether it
/// is shared, a column cannot be.
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
    unsafe base = UnsafeMutablePointer.allocate(capacity: count)
    unsafe base.initialize(repeating: value, count: count)
    self.count = count
  }

  /// A column of those values.
  package init(_ values: [Element]) {
    unsafe base = UnsafeMutablePointer.allocate(capacity: values.count)
    for (index, value) in values.enumerated() { unsafe (base + index).initialize(to: value) }
    count = values.count
  }

  @inlinable
  deinit {
    unsafe base.deallocate()
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

  /// Calls `body` with a view of all values.
  @inlinable
  package func withSpan<Result>(_ body: (Span<Element>) -> Result) -> Result {
    let buffer = unsafe UnsafeBufferPointer(start: base, count: count)
    return body(unsafe buffer.span)
  }
}

extension Column where Element: SIMDScalar {
  /// Writes four values side by side, at `index` and the three after it.
  ///
  /// - Precondition: all four are inside the bounds.
  @inlinable
  @inline(__always)
  package mutating func setFour(_ values: SIMD4<Element>, at index: Int) {
    precondition(index >= 0 && index <= count - 4, "a column is written inside its bounds")
    unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: values, as: SIMD4<Element>.self)
  }
}
