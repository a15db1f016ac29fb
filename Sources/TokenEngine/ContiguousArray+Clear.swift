// SPDX-License-Identifier: Apache-2.0

extension ContiguousArray {
  /// Removes all elements and keeps the storage; cheap where there are few, as in most steps.
  @inlinable
  @inline(__always)
  mutating func clear() {
    if count > 8 { return removeAll(keepingCapacity: true) }
    while !isEmpty { removeLast() }
  }
}
