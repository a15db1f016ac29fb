// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// The reference design's `SpotInstanceManager` as it stands, for comparison.
///
/// A notice only stops new requests. The replacement is asked for once the machine is gone, in the next
/// spot pool of a round that knows no prices; where that has none a machine is rented on demand
/// "temporarily", and nothing ever gives it back. Nothing is tried again.
extension SpotManager {
  mutating func stepAsReference(_ event: Event, into effects: inout EffectBuffer<Effect>) {
    switch event {
    case .adopted(let id, let pool):
      record(Machine(pool: pool, state: .ready, isFallback: false), as: id)
      pools[pool.index].ready += 1
    case .started:
      isStarted = true
      provision(configuration.pools.reduce(0) { $0 + $1.wanted } - present, into: &effects)
    case .launched(let launch, let id):
      launched(launch, as: id, into: &effects)
    case .launchFailed(let launch, _):
      guard launch.index < launches.count, launches[launch.index].state == .open else { return }
      let pool = launches[launch.index].pool.index
      close(launch)
      if configuration.pools[pool].market == .spot { rentForGood(into: &effects) }
    case .ready(let id):
      move(id, to: .ready)
    case .noticed(let id, _):
      if state(of: id) == .ready || state(of: id) == .starting { effects.append(.cordon(id)) }
    case .gone(let id):
      let wasKept = state(of: id) == .ready || state(of: id) == .starting
      move(id, to: .gone)
      if wasKept { provision(1, into: &effects) }
    case .target(let machines):
      if machines > present {
        provision(machines - present, into: &effects)
      } else {
        drop(present - machines, into: &effects)
      }
    case .wake:
      break
    }
  }

  /// Machines that are there or on their way, of any kind.
  private var present: Int {
    pools.reduce(0) { $0 + $1.ready + $1.starting + $1.requested }
  }

  /// Asks for spot machines in turn from all spot pools, whatever they cost.
  private mutating func provision(_ count: Int, into effects: inout EffectBuffer<Effect>) {
    let spot = configuration.pools.indices.filter { configuration.pools[$0].market == .spot }
    guard isStarted, !spot.isEmpty, count > 0 else { return }
    for _ in 0..<count {
      launch(in: spot[nextInRound % spot.count], isFallback: false, into: &effects)
      nextInRound += 1
    }
  }

  private mutating func rentForGood(into effects: inout EffectBuffer<Effect>) {
    let onDemand = configuration.pools.indices.first { pool in
      let taken = pools[pool].ready + pools[pool].starting + pools[pool].requested
      return configuration.pools[pool].market == .onDemand
        && taken < configuration.pools[pool].maximum
    }
    if let onDemand { launch(in: onDemand, isFallback: false, into: &effects) }
  }

  /// Gives the newest machines back, reserved ones too.
  private mutating func drop(_ count: Int, into effects: inout EffectBuffer<Effect>) {
    var left = count
    for index in machines.indices.reversed() where left > 0 {
      guard let machine = machines[index], machine.state == .ready || machine.state == .starting
      else { continue }
      move(MachineID(index), to: .leaving)
      effects.append(.release(MachineID(index)))
      left -= 1
    }
  }
}
