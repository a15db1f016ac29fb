// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Where a machine stands in its life; it only ever moves to the right.
  enum MachineState: Int, Sendable, Codable {
    case starting, ready, leaving, gone
  }

  /// What is remembered of a machine.
  struct Machine: Sendable, Codable {
    let id: MachineID
    var pool: PoolID
    var state: MachineState
    var isFallback: Bool
    /// When it was launched or adopted.
    var since: Instant
    /// Whether the manager itself gave it back.
    var isReleased = false
    /// Whether the cloud recommended to leave it; it serves, and is replaced meanwhile.
    var isAtRisk = false
    /// Why it was given back.
    var releaseReason: ReleaseReason?
  }

  /// Where a launch stands.
  enum LaunchState: String, Sendable, Codable {
    case open, cancelled, ended
  }

  /// What is remembered of a launch.
  struct Launch: Sendable, Codable {
    let id: LaunchID
    var pool: PoolID
    var isFallback: Bool
    /// Whether it stands in for a lost machine; the reference rule reads it.
    var isReplacement = false
    /// When it was asked for.
    var askedAt: Instant
    var state: LaunchState = .open
  }

  /// What is counted of a pool.
  struct PoolState: Sendable, Codable {
    /// How many machines it should have; for a spot pool that the plan lays out only until the first target.
    var wanted: Int
    /// How many machines it should have until a target comes, without spares.
    var usual: Int
    /// How many machines it keeps whatever the target.
    var minimum: Int
    /// How many machines it may have.
    var maximum: Int
    /// Whether a schedule says how many machines it should have.
    var isScheduled = false
    /// Whether it has become dearer than on demand and has machines from before.
    var isTooDear = false
    /// Its place among the zones, or nil when its zone is not known.
    var zone: Int?
    var starting = 0
    var ready = 0
    var requested = 0
    var fallbackRequested = 0
    /// How many of the machines that are alive are at risk.
    var atRisk = 0
    /// How many machines are not gone, and how many launches are not answered, withdrawn ones included.
    var committed = 0
    var backOff: TimeSpan = .zero
    var unavailableUntil = Instant(nanoseconds: .min)
    /// Since when it has granted a launch and not been put on a back-off again.
    var calmSince: Instant?
  }

  /// What is rented on demand for spot machines that are missing.
  struct Fallback: Sendable {
    var machines = MachineList()
    /// How many of them are in each pool.
    var ofPool: [Int] = []
    /// Since when any spot machine has been missing.
    var missingSince: Instant?
    /// Since when there have been one, two and more fallback machines above the spot machines missing.
    var surplusSince: [Instant] = []
  }

  /// How long the cloud's interface is left alone when it was asked too often.
  struct Throttle: Sendable {
    var pause = TimeSpan.zero
    var until = Instant(nanoseconds: .min)
  }

  /// How many machines the fleet should have.
  struct Goal: Sendable {
    /// How many in all, once that has been said.
    var target: Int?
    var plan = SpotPlan()
    /// How many spot machines are kept beyond the wanted ones before a target comes.
    var spare = 0
  }

  /// Pools in the order of what a request costs on them.
  struct PoolOrder: Sendable {
    /// The on-demand pools, cheapest per request first.
    var onDemand: [Int] = []
    /// The spot pools, cheapest per request first.
    var spot: [Int] = []
    /// The spot pools that are not dearer per request than on demand, cheapest first.
    var acceptable: [Int] = []
    /// The other pools, in the order in which a target fills them: on demand, then the dearer spot pools.
    var firm: [Int] = []
  }

  /// How a target is laid out over the spot pools.
  struct SpotPlan: Sendable, Codable {
    /// How many spot machines serve the target.
    var target = 0
    /// How many spot machines to keep, those beyond the target included.
    var kept = 0
    /// The most that one pool may have of them.
    var perPool = 0
    /// The most that one zone may have of them.
    var perZone = 0
    /// How many machines the fleet may lose with a zone.
    var lossLimit = Int.max
  }
}
