// SPDX-License-Identifier: Apache-2.0

extension ContiguousArray {
  /// Removes all elements and keeps the storage; cheap where there are few, as in most steps.
  @inlinable
  @inline(__always)
  package mutating func clear() {
    if count > 8 { return removeAll(keepingCapacity: true) }
    while !isEmpty { removeLast() }
  }

  /// Removes and returns the first element; cheap where there are one or two.
  ///
  /// - Precondition: there is one.
  @inlinable
  @inline(__always)
  package mutating func takeFirst() -> Element {
    if count > 2 { return removeFirst() }
    if count == 2 { swapAt(0, 1) }
    return removeLast()
  }
}
