// SPDX-License-Identifier: GPL-3.0-or-later

/// Which of several events at one instant comes first: the lower value.
@frozen
@usableFromInline
package enum EventPriority: UInt8, Sendable, Comparable {
  /// What is measured changes before anything of the instant happens.
  case window
  /// Capacity appears before it is asked for, so that a launch at that instant can have it.
  case capacity
  /// A machine is told of its end before anything else is done with it.
  case notice
  /// A machine becomes ready, or is lost, before requests choose among the ready ones.
  case machine
  /// Policies act on what the cloud did at this instant.
  case policy
  /// Batches end before the requests of the same instant arrive: the lane is free for them.
  case completion
  /// A request arrives.
  case arrival
  /// Time series read what is true once everything of the instant has happened.
  case sample

  /// True when the left event comes first.
  @inlinable
  package static func < (left: EventPriority, right: EventPriority) -> Bool {
    left.rawValue < right.rawValue
  }
}
