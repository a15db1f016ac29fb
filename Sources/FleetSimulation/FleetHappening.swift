// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// What can happen to machines and policies; batches and arrivals are not among these rare events.
enum FleetHappening: Sendable {
  /// A place in a pool can be had, or no longer.
  case capacityChange(place: Int)
  /// The cloud says that it will take a machine back.
  case notice(machine: Int)
  /// The cloud answers a launch.
  case launchAnswer(LaunchID)
  /// A machine has booted and loaded its weights.
  case ready(machine: Int)
  /// The spot manager asked to be woken.
  case wake
  /// Requests of lost replicas look for another.
  case redispatch
  /// Time series take a value.
  case sample
}
