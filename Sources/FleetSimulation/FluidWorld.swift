// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import ReplicaModel
import Scenario

/// What is known of requests where none is simulated.
struct FluidWorld {
  /// What the fleet does with the rate at which they arrive.
  var limit: FluidLimit
  /// Up to when that has been worked out.
  var time: Instant
  /// The part of the arrivals that reaches replicas: as policies should have it, and then as far as requests
  /// have shown it.
  var engineShare: Double
  /// The rate at which requests arrive, and until when it is that.
  var offered = (rate: Rate.zero, until: Instant(nanoseconds: .min))
  /// What a rehearsal learns of each slot of the horizon; `nil` in a run.
  var known: KnownLoad?

  /// The requests of a scenario, which come to replicas that accept none yet.
  init(_ scenario: Scenario, _ replicas: [ReplicaPlace], at now: Instant) {
    limit = FluidLimit(replicas, shares: scenario.modelShares, timeout: scenario.timeout)
    time = now
    engineShare = scenario.expectedEngineShare
  }
}
