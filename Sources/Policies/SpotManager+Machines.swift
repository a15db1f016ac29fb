// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// What is known of machines and launches.
extension SpotManager {
  mutating func record(_ machine: Machine, as id: MachineID) {
    while machines.count <= id.index { machines.append(nil) }
    machines[id.index] = machine
  }

  func state(of id: MachineID) -> MachineState {
    guard id.index < machines.count, let machine = machines[id.index] else { return .gone }
    return machine.state
  }

  /// Moves a machine on; a late or repeated report about one that is further already is ignored.
  mutating func move(_ id: MachineID, to state: MachineState) {
    guard id.index < machines.count, var machine = machines[id.index] else { return }
    switch (machine.state, state) {
    case (.starting, .ready), (.starting, .leaving), (.starting, .gone), (.ready, .leaving),
      (.ready, .gone), (.leaving, .gone):
      break
    default:
      return
    }
    if machine.state == .starting { pools[machine.pool.index].starting -= 1 }
    if machine.state == .ready { pools[machine.pool.index].ready -= 1 }
    if state == .ready { pools[machine.pool.index].ready += 1 }
    machine.state = state
    machines[id.index] = machine
    if machine.isFallback && state != .ready { fallbackMachines.removeAll { $0 == id } }
  }

  mutating func launched(
    _ launch: LaunchID, as id: MachineID, into effects: inout EffectBuffer<Effect>
  ) {
    guard launch.index < launches.count, launches[launch.index].state != .ended else { return }
    let request = launches[launch.index]
    close(launch)
    record(
      Machine(pool: request.pool, state: .starting, isFallback: request.isFallback), as: id)
    pools[request.pool.index].starting += 1
    pools[request.pool.index].backOff = .zero
    if request.isFallback { fallbackMachines.append(id) }
    if request.state == .cancelled {
      move(id, to: .leaving)
      effects.append(.release(id))
    }
  }

  mutating func failed(_ launch: LaunchID, at now: Instant) {
    guard launch.index < launches.count, launches[launch.index].state != .ended else { return }
    let index = launches[launch.index].pool.index
    close(launch)
    backOff(index, at: now)
  }

  /// Leaves a pool alone for a while, twice as long each time in a row.
  mutating func backOff(_ pool: Int, at now: Instant) {
    let doubled = max(configuration.initialBackOff, pools[pool].backOff * 2)
    pools[pool].backOff = min(doubled, configuration.maximumBackOff)
    pools[pool].unavailableUntil = now + pools[pool].backOff
  }

  /// Notes that the cloud takes a machine back, by notice or without.
  ///
  /// A machine that is on its way out already was given back, or was noticed before.
  mutating func interrupted(_ id: MachineID, at now: Instant) {
    guard configuration.backsOffAfterInterruption, id.index < machines.count,
      let machine = machines[id.index], machine.state == .ready || machine.state == .starting,
      configuration.pools[machine.pool.index].market == .spot
    else { return }
    backOff(machine.pool.index, at: now)
  }

  mutating func close(_ launch: LaunchID) {
    let request = launches[launch.index]
    if request.state == .open { uncount(request) }
    launches[launch.index].state = .ended
  }

  mutating func uncount(_ request: Launch) {
    if request.isFallback {
      pools[request.pool.index].fallbackRequested -= 1
    } else {
      pools[request.pool.index].requested -= 1
    }
  }
}
