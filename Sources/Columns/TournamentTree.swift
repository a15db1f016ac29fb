// SPDX-License-Identifier: Apache-2.0

/// The smallest of a fixed number of keys that change one at a time: who is next, or who is least loaded.
///
/// A complete binary tree in which each node holds the smaller key of its two children; ties go to
/// the lower number. Competitors may stand in groups of equal size, each with a winner of its own: a group is a
/// subtree, and nothing above it is kept. Source: Knuth, The Art of Computer Programming 3, 2nd ed.
/// (1998), section 5.4.1.
///
/// - Complexity: an update and a search for the winner are O(log n) for n in a group, the winning key O(1).
@usableFromInline
package struct TournamentTree: ~Copyable, Sendable {
  /// The roots of the groups, then the nodes below them level by level, from the place `roots` on.
  @usableFromInline var keys: GrowingColumn<Int64>
  @usableFromInline let leaves: Int
  @usableFromInline let roots: Int

  /// A tree of so many competitors, all with the largest key.
  ///
  /// - Precondition: `count` is positive.
  package init(count: Int) {
    self.init(groups: 1, of: count)
  }

  /// Groups of so many competitors, all with the largest key.
  ///
  /// - Precondition: both numbers are positive.
  package init(groups: Int, of count: Int) {
    precondition(groups > 0 && count > 0, "a tournament needs a competitor")
    roots = Self.powerOfTwo(atLeast: groups)
    leaves = roots * Self.powerOfTwo(atLeast: count)
    keys = GrowingColumn(repeating: .max, count: 2 * leaves)
  }

  private static func powerOfTwo(atLeast count: Int) -> Int {
    var power = 1
    while power < count { power *= 2 }
    return power
  }

  /// The smallest key of a group; of all where there is one group.
  @inlinable
  @inline(__always)
  package func least(in group: Int = 0) -> Int64 { keys[roots + group] }

  /// Who of a group has the smallest key; of equals the one with the lowest number.
  @inlinable
  package func winner(in group: Int = 0) -> Int {
    var node = roots + group
    while node < leaves {
      node *= 2
      if keys[node] > keys[node + 1] { node += 1 }
    }
    return node - first(of: group)
  }

  /// The key of a competitor.
  @inlinable
  package func key(of competitor: Int, in group: Int = 0) -> Int64 {
    keys[first(of: group) + competitor]
  }

  /// Sets the key of a competitor.
  @inlinable
  package mutating func set(_ competitor: Int, in group: Int = 0, to key: Int64) {
    var node = first(of: group) + competitor
    keys[node] = key
    while node >= 2 * roots {
      let smaller = min(keys[node & ~1], keys[node | 1])
      node /= 2
      if keys[node] == smaller { return }
      keys[node] = smaller
    }
  }

  /// The node of a group's first competitor.
  @inlinable
  @inline(__always)
  func first(of group: Int) -> Int { leaves + group * (leaves / roots) }
}
