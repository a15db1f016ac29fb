// SPDX-License-Identifier: Apache-2.0

/// The smallest of some numbers that change one at a time: times of next events, loads of replicas.
///
/// A complete binary tree in which each node holds the smaller number of its two children. The root is node 1, the
/// children of a node n are 2n and 2n + 1, and contestants are the leaves in their order; a part of them that begins
/// at a multiple of its size, a power of two, has a root of its own. Source: Knuth, The Art of Computer Programming
/// 3, 2nd ed. (1998), section 5.4.1.
///
/// - Complexity: a change and a search for the winner are O(log n), the smallest number O(1).
@usableFromInline
@safe
package struct Tournament: ~Copyable, @unchecked Sendable {
  @usableFromInline let nodes: UnsafeMutablePointer<Int64>
  @usableFromInline let count: Int
  /// The first leaf, and how many there are: those behind the last contestant stay at `.max`.
  @usableFromInline package let leaves: Int

  /// A tournament of so many contestants, all at `.max`.
  ///
  /// - Precondition: `count` is positive.
  @usableFromInline
  package init(count: Int) {
    precondition(count > 0, "a tournament needs a contestant")
    var leaves = 1
    while leaves < count { leaves *= 2 }
    self.leaves = leaves
    self.count = count
    unsafe nodes = HugePages.allocate(2 * leaves)
    unsafe nodes.initialize(repeating: .max, count: 2 * leaves)
  }

  @inlinable
  deinit {
    unsafe HugePages.deallocate(nodes, 2 * leaves)
  }

  /// The smallest number of all.
  @inlinable package var smallest: Int64 { unsafe nodes[1] }

  /// Who has the smallest number; of equals the first.
  @inlinable package var winner: Int {
    var node = 1
    // Every node above the leaves has two children, so that none is looked for outside the tree.
    while node < leaves {
      node *= 2
      // Added and not branched on: no predictor foresees it.
      node += unsafe nodes[node] > nodes[node + 1] ? 1 : 0
    }
    return node - leaves
  }

  /// The number of a contestant.
  @inlinable
  package subscript(contestant: Int) -> Int64 {
    precondition(isInside(contestant), "a contestant takes part in the tournament")
    return unsafe nodes[leaves + contestant]
  }

  /// Gives a contestant a number, and plays its matches as long as they change anything.
  @inlinable
  package mutating func set(_ contestant: Int, to number: Int64) {
    precondition(isInside(contestant), "a contestant takes part in the tournament")
    var node = leaves + contestant
    var smaller = number
    unsafe nodes[node] = number
    while node > 1 {
      smaller = min(smaller, unsafe nodes[node ^ 1])
      node >>= 1
      if unsafe nodes[node] == smaller { return }
      unsafe nodes[node] = smaller
    }
  }

  /// Gives a contestant a number, plays all its matches up to a root, and says the smallest number there.
  ///
  /// For short trees: most matches change nothing, but no predictor foresees which do. The nodes above the root stay
  /// as they are: where parts have roots of their own, nobody asks for the smallest of all.
  ///
  /// - Parameters:
  ///   - root: a node above the contestant; below 1 the root of all.
  @inlinable
  @inline(__always)
  package mutating func set(_ contestant: Int, to number: Int64, upTo root: Int) -> Int64 {
    precondition(isInside(contestant), "a contestant takes part in the tournament")
    var node = leaves + contestant
    var smaller = number
    unsafe nodes[node] = number
    // A node's number is that of its child halved: on the way up no node lies outside the tree.
    while node > max(1, root) {
      smaller = min(smaller, unsafe nodes[node ^ 1])
      node >>= 1
      unsafe nodes[node] = smaller
    }
    return smaller
  }

  /// Whether there is a contestant with that number; one comparison, since a negative one wraps to a large.
  @inlinable
  @inline(__always)
  func isInside(_ contestant: Int) -> Bool {
    UInt(bitPattern: contestant) < UInt(bitPattern: count)
  }
}
