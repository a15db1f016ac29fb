// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// How many replications are run: so many, or until something is known well enough.
///
/// Whether to stop is asked only after the first `minimum` and then after each further block, in the
/// order of their numbers, so that the answer depends neither on jobs nor on speed.
package struct ReplicationPlan: Sendable, Equatable {
  /// What ends the replications before there are as many as allowed.
  package enum Goal: Sendable, Equatable {
    /// Nothing.
    case count
    /// Every target holds or fails.
    case decided
    /// Every measure of a target, or where there is no target the usual ones, is known to this share
    /// of itself on either side.
    case relativeHalfWidth(Share)
  }

  /// The fewest.
  package let minimum: Int
  /// The most.
  package let maximum: Int
  /// How many are run between two looks.
  package let block: Int
  /// What ends them early.
  package let goal: Goal

  /// A plan of those values.
  ///
  /// - Precondition: there is a replication, no fewer may be run than must be, and a block is not empty.
  package init(minimum: Int, maximum: Int, block: Int, goal: Goal) {
    precondition(minimum > 0 && maximum >= minimum && block > 0, "a plan has a replication")
    self.minimum = minimum
    self.maximum = maximum
    self.block = block
    self.goal = goal
  }

  /// Exactly so many.
  package static func exactly(_ count: Int) -> ReplicationPlan {
    ReplicationPlan(minimum: count, maximum: count, block: count, goal: .count)
  }
}
