// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario

/// A scenario that a study simulates.
struct StudyPoint: Sendable {
  /// What makes it of the study's scenario.
  let overrides: [String]
  let loaded: LoadedExperiment
  /// A digest of its scenario and of those that it is compared with; empty where nobody asks.
  let hash: String

  /// Its own scenario, or one that it is compared with.
  func scenario(_ reference: Int?) -> Scenario {
    reference.map { loaded.references[$0] } ?? loaded.scenario
  }
}

/// What replications belong to: equal fleets have equal replications.
struct StudyFleet: Sendable, Hashable {
  /// A digest of the point's scenario and of those that it is compared with.
  let hash: String
  /// The position of the scenario that it is compared with; `nil` for the point's own.
  let reference: Int?
  let hasRequests: Bool
  let seed: UInt64
}
