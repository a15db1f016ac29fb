// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// What is remembered of a machine, or nil when it is unknown.
  subscript(id: MachineID) -> Machine? {
    machines.indices.contains(id.index) ? machines[id.index] : nil
  }

  /// Whether a machine starts or is ready, and nobody has asked for its end.
  func isAlive(_ machine: Machine) -> Bool {
    machine.state == .starting || machine.state == .ready
  }

  /// Takes over a machine that was there before; one that is known or of no pool is ignored.
  mutating func adopt(_ id: MachineID, in pool: PoolID, at now: Instant) {
    guard id.index >= 0, self[id] == nil, pools.indices.contains(pool.index) else { return }
    record(Machine(pool: pool, state: .ready, isFallback: false, since: now), as: id)
  }

  /// Takes in that a launch was granted; the machine of one that is no longer wanted is released.
  mutating func launched(
    _ launch: LaunchID, as id: MachineID, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) {
    guard launches.indices.contains(launch.index), id.index >= 0, self[id] == nil else { return }
    let request = launches[launch.index]
    end(launch)
    throttle = .zero
    record(
      Machine(
        pool: request.pool, state: .starting, isFallback: request.isFallback, since: now),
      as: id)
    granted(in: request.pool.index, at: now)
    if request.state != .open { release(id, because: .unwanted, into: &effects) }
  }

  private mutating func record(_ machine: Machine, as id: MachineID) {
    while machines.count <= id.index { machines.append(nil) }
    machines[id.index] = machine
    pools[machine.pool.index].committed += 1
    alive.append(id)
    count(machine, 1)
    if machine.isFallback { fallbackMachines.append(id) }
  }

  /// Moves a machine on; a late or repeated report about one that is further already is ignored.
  mutating func move(_ id: MachineID, to state: MachineState) {
    guard var machine = self[id], state.rawValue > machine.state.rawValue else { return }
    if state == .gone { pools[machine.pool.index].committed -= 1 }
    count(machine, -1)
    machine.state = state
    count(machine, 1)
    machines[id.index] = machine
    guard !isAlive(machine) else { return }
    alive.removeAll { $0 == id }
    if machine.isFallback { fallbackMachines.removeAll { $0 == id } }
  }

  private mutating func count(_ machine: Machine, _ change: Int) {
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
    machines[id.index]?.isReleased = true
    machines[id.index]?.releaseReason = reason
    effects.append(.release(id))
  }
}
