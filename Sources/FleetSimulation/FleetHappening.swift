// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// What can happen to machines and policies; batches and arrivals are not among these rare events.
enum FleetHappening: Sendable {
  /// More or fewer machines can be had.
  case capacityChange(capacity: Int)
  /// The cloud takes a machine back while its pool goes on to sell.
  case interruption(machine: Int)
  /// The cloud recommends to move from a machine.
  case recommendation(machine: Int)
  /// The cloud says that it will take a machine back.
  case notice(machine: Int)
  /// The cloud answers a launch.
  case launchAnswer(LaunchID)
  /// A machine has booted and loaded its weights.
  case ready(machine: Int)
  /// The spot manager asked to be woken.
  case wake
  /// The schedule of a pool says that it should have more or fewer machines.
  case schedule(pool: Int)
  /// The autoscaler looks at a scrape.
  case autoscale
  /// Requests of lost replicas look for another.
  case redispatch
  /// Requests begin or cease to run, or to be measured.
  case window(WindowPart, opens: Bool)
  /// Time series take a value.
  case sample
  /// The time that is billed begins or ends.
  case account
}

/// What a window does for requests while it is open.
enum WindowPart: Sendable {
  /// Requests run and are not measured.
  case warmUp
  /// They are measured.
  case measured
}
