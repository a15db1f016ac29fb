// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// What of a run is exact: what no random draw reaches on any path, by what each replication noted.
struct Exactness: Sendable {
  /// Whether the bill is.
  let isBillExact: Bool
  /// Whether it is when machines come, serve and go.
  let areMachinesExact: Bool
  /// Whether it is how each request ends.
  let areRequestsExact: Bool

  /// The exactness of some replications.
  ///
  /// Replications that differ are never exact, whatever they noted.
  ///
  /// - Parameters:
  ///   - isSampled: whether requests stand for others, or sections for replications.
  init(_ records: [ReplicationRecord], isSampled: Bool) {
    let draws = records.map(\.draws)
    func holds(_ test: (Draws) -> Bool) -> Bool {
      !draws.isEmpty && draws.allSatisfy { $0.map(test) ?? false }
    }
    func isSame(_ test: (ReplicationRecord, ReplicationRecord) -> Bool) -> Bool {
      records.first.map { first in records.dropFirst().allSatisfy { test(first, $0) } } ?? false
    }
    let haveSameFleet = isSame {
      $0.fleetEvents == $1.fleetEvents && $0.hasAsManyEvents(as: $1)
        && [Tally.Name.rented, .serving].allSatisfy { [a = $0, b = $1] name in
          a.tally(name) == b.tally(name)
        }
    }
    areMachinesExact = holds(\.leaveMachines) && haveSameFleet
    isBillExact =
      holds(\.leaveBill) && haveSameFleet
      && isSame { $0.total == $1.total && $0.billedTime == $1.billedTime }
    areRequestsExact =
      holds(\.leaveRequests) && !isSampled && haveSameFleet
      && isSame {
        $0.workloadDigest == $1.workloadDigest && $0.weighted == $1.weighted
          && $0.times == $1.times
      }
  }
}
