// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Recording
import Scenario

extension FleetSimulation {
  /// A replication with what is kept of it.
  ///
  /// Its digest is that of all that it yielded, whatever is kept.
  static func kept(
    _ scenario: Scenario, seed: UInt64, replication: Int, withRequests: Bool,
    detail: RecordDetail = .thinned
  ) throws -> ReplicationRecord {
    var record = try run(
      scenario, seed: seed, replication: replication, withRequests: withRequests)
    if detail == .thinned { record.thin { ResultDigest.of($0) } }
    return record
  }
}
