// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities

/// The earliest of a fixed number of next-event times, one for each competitor.
///
/// A complete binary tree in which each node holds the earlier time of its two children; ties go to
/// the lower number. Source: Knuth, The Art of Computer Programming 3, 2nd ed. (1998), section 5.4.1.
///
/// - Complexity: an update and a search for the winner are O(log n), the winning time O(1).
@usableFromInline
package struct TournamentTree: ~Copyable {
  @usableFromInline var times: Column<Int64>
  @usableFromInline let leaves: Int

  /// A tree of so many competitors, none of which has a next event.
  ///
  /// - Precondition: `count` is positive.
  package init(count: Int) {
    precondition(count > 0, "a tournament needs a competitor")
    var leaves = 1
    while leaves < count { leaves *= 2 }
    self.leaves = leaves
    times = Column(repeating: Int64.max, count: 2 * leaves)
  }

  /// When the earliest event of all is due; ``Instant/never`` when there is none.
  @inlinable package var earliest: Instant { Instant(nanoseconds: times[1]) }

  /// Who has the earliest event; of equals the one with the lowest number.
  @inlinable package var winner: Int {
    var node = 1
    while node < leaves {
      node *= 2
      // Added and not branched on: no predictor foresees it.
      node += times[node] > times[node + 1] ? 1 : 0
    }
    return node - leaves
  }

  /// When a competitor's next event is due.
  @inlinable
  package func time(of competitor: Int) -> Instant {
    Instant(nanoseconds: times[leaves + competitor])
  }

  /// Sets when a competitor's next event is due.
  @inlinable
  package mutating func set(_ competitor: Int, to time: Instant) {
    var node = leaves + competitor
    times[node] = time.nanoseconds
    while node > 1 {
      let earlier = min(times[node & ~1], times[node | 1])
      node /= 2
      if times[node] == earlier { return }
      times[node] = earlier
    }
  }
}
