// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Serving

/// A place in a pool: at most one machine at a time, and always the same replicas.
struct Place: Sendable {
  let pool: Int
  /// Its number in its pool.
  let index: Int
  /// The entity that its draws are named by: the same in every fleet that has a pool of that name.
  let entity: UInt32
  /// The numbers of the capacities that it depends on.
  let capacities: [Int]
  /// Its replicas.
  let replicas: [Int]
  /// The number of the machine in it; `nil` when there is none.
  var machine: Int?
  /// Since when a machine can be had in it, or when that was last added to its up time; nil where none can.
  var upSince: Instant?
  /// For how long it was up inside the horizon.
  var upTime = TimeSpan.zero
  /// How many machines have been in it.
  var launches: UInt64 = 0
}

extension Place {
  /// Adds the time since it came up, inside the horizon, to its up time.
  mutating func countUpTime(until now: Instant, horizon: Instant) {
    guard let since = upSince else { return }
    upTime += max(.zero, min(now, horizon) - max(since, .start))
    upSince = now
  }
}

/// A machine in its life from launch to end.
struct Machine: Sendable {
  /// Where it stands.
  enum State: Sendable {
    /// It boots and loads.
    case starting
    /// Its replicas serve.
    case serving
    /// Its replicas serve what they have, and then it is given back.
    case draining
    /// It has been given or taken back.
    case gone
  }

  let place: Int
  /// The number of its rental; machines and rentals are counted alike.
  var rental: Rental
  var state: State
  /// Whether new requests may be sent to it.
  var isCordoned = false
  /// When its replicas began to serve.
  var servesFrom: Instant?
  /// When its replicas were closed though it was still rented.
  var closedAt: Instant?
  /// When the cloud takes it back; ``Instant/never`` if it never does.
  var interruption = Instant.never
}
