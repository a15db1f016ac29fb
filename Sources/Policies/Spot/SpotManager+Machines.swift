// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// What is remembered of a machine, or nil when it is unknown or gone.
  subscript(id: MachineID) -> Machine? { machines[id] }

  /// Whether a machine starts or is ready, and nobody has asked for its end.
  func isAlive(_ machine: Machine) -> Bool {
    machine.state == .starting || machine.state == .ready
  }

  /// Takes over a machine that was there before; one that is known or of no pool is ignored.
  mutating func adopt(_ id: MachineID, in pool: PoolID, at now: Instant) {
    guard isNew(id), pools.indices.contains(pool.index) else { return }
    record(Machine(id: id, pool: pool, state: .ready, isFallback: false, since: now))
  }

  /// Takes in that a launch was granted; the machine of one that is no longer wanted is released.
  mutating func launched(
    _ launch: LaunchID, as id: MachineID, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) {
    guard isNew(id) else { return }
    guard let request = launches[launch] else {
      // Nobody knows its pool, and it is billed: the reference rule leaves it alone.
      if configuration.rule == .production { effects.append(.release(id)) }
      return
    }
    end(launch)
    throttle = .zero
    record(
      Machine(
        id: id, pool: request.pool, state: .starting, isFallback: request.isFallback, since: now))
    granted(in: request.pool.index, at: now)
    if request.state != .open { release(id, because: .unwanted, into: &effects) }
  }

  /// Whether a number can be that of a machine which has not been seen.
  func isNew(_ id: MachineID) -> Bool { id.index >= 0 && !machines.hasSeen(id) }

  /// Adds a machine that starts or is ready.
  mutating func record(_ machine: Machine) {
    machines.insert(machine)
    pools[machine.pool.index].committed += 1
    alive.append(machine.id)
    count(machine, 1)
    if machine.isFallback {
      fallbackMachines.append(machine.id)
      fallbacksOfPool[machine.pool.index] += 1
    }
    if isExpected(machine) {
      expected.add(machine.id, due: machine.since + configuration.expectedStart)
    }
  }

  /// Moves a machine on; a late or repeated report about one that is further already is ignored.
  mutating func move(_ id: MachineID, to state: MachineState) {
    guard var machine = self[id], state.rawValue > machine.state.rawValue else { return }
    let wasAlive = isAlive(machine)
    expected.leave(machine, isExpected(machine), after: configuration.expectedStart)
    count(machine, -1)
    machine.state = state
    count(machine, 1)
    if state == .gone {
      pools[machine.pool.index].committed -= 1
      machines.remove(id)
    } else {
      machines.update(id) { $0.state = state }
    }
    guard wasAlive && !isAlive(machine) else { return }
    alive.noteOneLeft()
    if alive.isMostlyGaps { alive = MachineList(alive.all(where: isAlive)) }
    if machine.isFallback {
      noteFallbackLeft(machine.pool.index)
    }
  }

  /// Notes that a fallback machine of a pool is none any more.
  mutating func noteFallbackLeft(_ pool: Int) {
    fallbacksOfPool[pool] -= 1
    fallbackMachines.noteOneLeft()
    if fallbackMachines.isMostlyGaps {
      fallbackMachines = MachineList(fallbackMachines.all(where: isFallback))
    }
  }

  /// Whether a machine starts or is ready, and nobody has asked for its end.
  func isAlive(_ id: MachineID) -> Bool { self[id].map(isAlive) == true }

  /// Whether a machine is alive and stands in for a spot machine.
  func isFallback(_ id: MachineID) -> Bool {
    guard let machine = self[id] else { return false }
    return machine.isFallback && isAlive(machine)
  }

  /// Whether a machine that starts counts as one that will soon be ready.
  func isExpected(_ machine: Machine) -> Bool {
    machine.state == .starting && configuration.expectedStart > .zero
      && configuration.pools[machine.pool.index].market == .spot
  }

  mutating func count(_ machine: Machine, _ change: Int) {
    switch machine.state {
    case .starting: pools[machine.pool.index].starting += change
    case .ready: pools[machine.pool.index].ready += change
    case .leaving, .gone: return
    }
    if machine.isAtRisk { pools[machine.pool.index].atRisk += change }
  }

  /// Gives a machine back.
  mutating func release(
    _ id: MachineID, because reason: ReleaseReason, into effects: inout EffectBuffer<Effect>
  ) {
    move(id, to: .leaving)
    machines.update(id) {
      $0.isReleased = true
      $0.releaseReason = reason
    }
    effects.append(.release(id))
  }
}
