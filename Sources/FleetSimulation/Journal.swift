// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// What a replication notes beside its requests.
struct Journal {
  /// What happened to machines.
  var fleetEvents: [FleetEvent] = []
  /// Values over time.
  var series: [SeriesPoint] = []
  /// What was drawn at random, and what requests reach.
  var draws = Draws()
  /// Whether decisions are written to the log of the path; nothing else depends on it.
  let isLogging: Bool
  /// Takes the lines of that log.
  let takeDecisions: (_ lines: [UInt8]) -> Void

  /// An empty one.
  init(_ order: ReplicationOrder) {
    isLogging = order.decisions != nil
    takeDecisions = order.decisions ?? { _ in }
  }
}
