// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// What a sweep is: enough to tell it from others and to go on with it.
package struct SweepManifest: Sendable, Equatable {
  /// A digest of all that its results depend on: equal identity, equal results.
  package let identity: String
  /// The scenario's path as it was given.
  package let scenario: String
  /// What is varied and how, as options of the command.
  package let options: String
  /// The version of Plimsoll.
  package let version: String
  /// The seed of all points.
  package let seed: UInt64
  /// The overrides of each point, in order, a line each.
  package let overrides: [String]

  /// A manifest of those values.
  package init(
    identity: String, scenario: String, options: String, version: String, seed: UInt64,
    overrides: [String]
  ) {
    self.identity = identity
    self.scenario = scenario
    self.options = options
    self.version = version
    self.seed = seed
    self.overrides = overrides
  }
}

/// A sweep of a results database.
package struct StoredSweep: Sendable, Equatable {
  /// How far a point has come.
  package enum State: Sendable, Equatable {
    /// Nothing of it is stored.
    case planned
    /// It is stored as the run of that number.
    case finished(run: Int64)
    /// It has no results, for that reason.
    case failed(String)
  }

  /// The sweep's number in this database.
  package let id: Int64
  /// The number that is kept for the run of its first point; the others follow.
  package let firstRun: Int64
  /// How far each point has come, in order.
  package let points: [State]

  /// The number that is kept for the run of a point.
  package func run(ofPoint point: Int) -> Int64 { firstRun + Int64(point) }
}

/// A point of a sweep that is done, as it is stored.
package struct FinishedPoint: Sendable {
  /// Its number in the sweep.
  package let point: Int
  /// What the run is.
  package let manifest: RunManifest
  /// Its replications with their digests, in order.
  package let records: [(record: ReplicationRecord, digest: String)]
  /// What it comes to.
  package let results: RunResults

  /// A point of those values.
  package init(
    point: Int, manifest: RunManifest, records: [(record: ReplicationRecord, digest: String)],
    results: RunResults
  ) {
    self.point = point
    self.manifest = manifest
    self.records = records
    self.results = results
  }
}
