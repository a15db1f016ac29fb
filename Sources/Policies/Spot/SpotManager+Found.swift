// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Takes over a machine that nobody asked for in this life of the manager.
  ///
  /// Until ``Event/started`` every one stays as it stands. From then on it comes from a launch that the manager does
  /// not know: it stays where a machine is missing, and is given back where none is.
  mutating func find(
    _ id: MachineID, _ found: FoundMachine, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) {
    guard isNew(id), pools.indices.contains(found.pool.index) else { return }
    let isWanted = !isStarted || isMissing(found)
    record(
      Machine(
        id: id, pool: found.pool, state: found.standing == .starting ? .starting : .ready,
        isFallback: found.isFallback, since: min(found.since, now)))
    switch found.standing {
    case .starting, .ready:
      if !isWanted { release(id, because: .unasked, into: &effects) }
    case .atRisk:
      if isWanted {
        putAtRisk(id, at: now, into: &effects)
      } else {
        release(id, because: .unasked, into: &effects)
      }
    case .noticed(let deadline):
      notice(id, deadline: deadline, at: now, into: &effects)
    case .draining:
      release(id, because: .resumed, into: &effects)
    }
  }

  /// Whether the fleet lacks such a machine.
  private func isMissing(_ found: FoundMachine) -> Bool {
    let pool = found.pool.index
    if found.isFallback { return heldFallbacks < missingSpot }
    if target == nil || firm.contains(pool) { return own(pool) < pools[pool].wanted }
    return own(pool) < pools[pool].minimum
      || (ownSpot < plan.kept && own(pool) < ceiling(of: pool))
  }

  /// Asks again for all that was asked for and is not done, for a driver that was started anew.
  ///
  /// Each effect may have been carried out before: a launch is asked for under its old number, and a machine that is
  /// gone meanwhile should be reported as ``Event/gone(_:)`` first. Nothing is asked for that was not asked for before.
  ///
  /// - Complexity: O(machines + launches).
  public func outstanding(into effects: inout EffectBuffer<Effect>) {
    for launch in launches.unanswered {
      effects.append(
        launch.state == .open ? .launch(launch.id, launch.pool) : .cancel(launch.id))
    }
    for machine in machines.known {
      if machine.isReleased {
        effects.append(.release(machine.id))
        if machine.releaseReason == .unhealthy { effects.append(.evacuate(machine.id)) }
      } else if machine.state == .leaving {
        effects.append(.cordon(machine.id))
        let waits = draining.all.contains { $0.machine == machine.id }
        if !waits, configuration.rule == .production { effects.append(.evacuate(machine.id)) }
      } else if machine.isAtRisk {
        effects.append(.avoid(machine.id))
      }
    }
    if let wakeAt { effects.append(.wake(at: wakeAt)) }
  }
}
