// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Keeps the fleet at its wanted number of machines while spot machines come and go.
///
/// A lost or announced-to-be-lost spot machine is replaced at once, in its own pool; what is missing
/// for longer than a hold is rented on demand, and given back once spot has been whole again for a
/// while. A pool that could not sell is left alone for a back-off that doubles.
///
/// It is a value that steps: what happened goes in, what to do comes out, and nothing else is known.
/// The same code decides in the simulator and in the gateway.
public struct SpotManager: Sendable {
  /// What to keep and how patiently.
  public struct Configuration: Sendable {
    /// One pool of the fleet.
    public struct Pool: Sendable {
      /// The terms on which it rents.
      public var market: Market
      /// How many machines it should have.
      public var wanted: Int
      /// How many machines it may have; beyond `wanted` only as a fallback, on demand.
      public var maximum: Int

      /// A pool with those numbers.
      public init(market: Market, wanted: Int, maximum: Int) {
        self.market = market
        self.wanted = wanted
        self.maximum = maximum
      }
    }

    /// The pools, by number.
    public var pools: [Pool]
    /// Whether missing spot machines are rented on demand.
    public var fallsBackToOnDemand: Bool
    /// For how long machines must be missing before on-demand ones are rented for them.
    public var fallbackHold: TimeSpan
    /// For how long spot must be whole before on-demand replacements are given back.
    public var failbackAfter: TimeSpan
    /// How long a pool that could not sell is left alone at first; doubles on each repetition.
    public var initialBackOff: TimeSpan
    /// The longest back-off.
    public var maximumBackOff: TimeSpan

    /// A configuration of those values.
    public init(
      pools: [Pool], fallsBackToOnDemand: Bool, fallbackHold: TimeSpan, failbackAfter: TimeSpan,
      initialBackOff: TimeSpan, maximumBackOff: TimeSpan
    ) {
      self.pools = pools
      self.fallsBackToOnDemand = fallsBackToOnDemand
      self.fallbackHold = fallbackHold
      self.failbackAfter = failbackAfter
      self.initialBackOff = initialBackOff
      self.maximumBackOff = maximumBackOff
    }
  }

  /// Something that happened.
  public enum Event: Equatable, Sendable {
    /// A machine that was not launched here is ready: it was there before the manager.
    case adopted(MachineID, pool: PoolID)
    /// All machines that were there have been adopted; from now on the fleet is kept.
    case started
    /// A launch was granted; the machine exists and is billed.
    case launched(LaunchID, MachineID)
    /// A launch was refused.
    case launchFailed(LaunchID, LaunchFailure)
    /// A machine accepts requests.
    case ready(MachineID)
    /// The cloud will take a machine back at that time.
    case noticed(MachineID, deadline: Instant)
    /// A machine is gone, whatever the reason.
    case gone(MachineID)
    /// So many machines are wanted in all; those on demand are kept, the rest is spot.
    case target(machines: Int)
    /// A time that the manager asked to be woken at has come.
    case wake
  }

  /// Something to be done.
  public enum Effect: Equatable, Sendable {
    /// Launch a machine in that pool and report under that id.
    case launch(LaunchID, PoolID)
    /// Withdraw a launch that has not been answered; one that was granted meanwhile is reported.
    case cancel(LaunchID)
    /// Send the machine no more requests.
    case cordon(MachineID)
    /// Send the machine no more requests and give it back when it has none.
    case release(MachineID)
    /// Send a ``Event/wake`` at that time.
    case wake(at: Instant)
  }

  /// Where a machine stands in its life.
  private enum MachineState: Sendable {
    case starting, ready, leaving, gone
  }

  private struct Machine: Sendable {
    var pool: PoolID
    var state: MachineState
    var isFallback: Bool
  }

  private enum LaunchState: Sendable {
    case open, cancelled, ended
  }

  private struct Launch: Sendable {
    var pool: PoolID
    var isFallback: Bool
    var state: LaunchState
  }

  private struct PoolState: Sendable {
    var starting = 0
    var ready = 0
    var requested = 0
    var fallbackRequested = 0
    var backOff: TimeSpan = .zero
    var unavailableUntil = Instant(nanoseconds: .min)
  }

  private let configuration: Configuration
  private var pools: [PoolState]
  private var machines: [Machine?] = []
  private var launches: [Launch] = []
  private var fallbackMachines: [MachineID] = []
  /// How many machines each pool should have now.
  private var wanted: [Int]
  private var isStarted = false
  private var missingSince: Instant?
  private var wholeSince: Instant?
  private var wakeAt: Instant?

  /// A manager that knows of no machine yet.
  public init(_ configuration: Configuration) {
    self.configuration = configuration
    pools = configuration.pools.map { _ in PoolState() }
    wanted = configuration.pools.map(\.wanted)
  }

  /// Takes in one event and appends what is to be done about it.
  ///
  /// - Complexity: O(pools + fallback machines).
  public mutating func step(
    _ event: Event, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    switch event {
    case .adopted(let id, let pool):
      record(Machine(pool: pool, state: .ready, isFallback: false), as: id)
      pools[pool.index].ready += 1
    case .started:
      isStarted = true
    case .launched(let launch, let id):
      launched(launch, as: id, into: &effects)
    case .launchFailed(let launch, _):
      failed(launch, at: now)
    case .ready(let id):
      move(id, to: .ready)
    case .noticed(let id, _):
      guard state(of: id) != .leaving, state(of: id) != .gone else { return }
      move(id, to: .leaving)
      effects.append(.cordon(id))
    case .gone(let id):
      move(id, to: .gone)
    case .target(let machines):
      aim(at: machines)
      shrink(into: &effects)
    case .wake:
      break
    }
    guard isStarted else { return }
    if let due = wakeAt, due <= now { wakeAt = nil }
    replace(at: now, into: &effects)
    if configuration.fallsBackToOnDemand { fallBack(at: now, into: &effects) }
  }

  // MARK: Machines

  private mutating func record(_ machine: Machine, as id: MachineID) {
    while machines.count <= id.index { machines.append(nil) }
    machines[id.index] = machine
  }

  private func state(of id: MachineID) -> MachineState {
    guard id.index < machines.count, let machine = machines[id.index] else { return .gone }
    return machine.state
  }

  /// Moves a machine on; a late or repeated report about one that is further already is ignored.
  private mutating func move(_ id: MachineID, to state: MachineState) {
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

  private mutating func launched(
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

  private mutating func failed(_ launch: LaunchID, at now: Instant) {
    guard launch.index < launches.count, launches[launch.index].state != .ended else { return }
    let index = launches[launch.index].pool.index
    close(launch)
    let doubled = max(configuration.initialBackOff, pools[index].backOff * 2)
    pools[index].backOff = min(doubled, configuration.maximumBackOff)
    pools[index].unavailableUntil = now + pools[index].backOff
  }

  private mutating func close(_ launch: LaunchID) {
    let request = launches[launch.index]
    if request.state == .open { uncount(request) }
    launches[launch.index].state = .ended
  }

  private mutating func uncount(_ request: Launch) {
    if request.isFallback {
      pools[request.pool.index].fallbackRequested -= 1
    } else {
      pools[request.pool.index].requested -= 1
    }
  }

  // MARK: Decisions

  private mutating func launch(
    in pool: Int, isFallback: Bool, into effects: inout EffectBuffer<Effect>
  ) {
    let id = LaunchID(launches.count)
    launches.append(Launch(pool: PoolID(pool), isFallback: isFallback, state: .open))
    if isFallback { pools[pool].fallbackRequested += 1 } else { pools[pool].requested += 1 }
    effects.append(.launch(id, PoolID(pool)))
  }

  /// Asks to be woken, unless an earlier call is already on its way.
  private mutating func wake(at time: Instant, into effects: inout EffectBuffer<Effect>) {
    if let due = wakeAt, due <= time { return }
    wakeAt = time
    effects.append(.wake(at: time))
  }

  /// How many machines of a pool are there or on their way without being a fallback.
  private func own(_ pool: Int) -> Int {
    let fallbacks = fallbackMachines.count { machines[$0.index]?.pool.index == pool }
    return pools[pool].ready + pools[pool].starting - fallbacks + pools[pool].requested
  }

  /// Spreads what is wanted beyond the machines on demand evenly over the spot pools.
  private mutating func aim(at machines: Int) {
    let spot = configuration.pools.indices.filter { configuration.pools[$0].market == .spot }
    var left = machines
    for pool in configuration.pools where pool.market == .onDemand { left -= pool.wanted }
    for pool in spot { wanted[pool] = 0 }
    var hasRoom = true
    while left > 0 && hasRoom {
      hasRoom = false
      for pool in spot where left > 0 && wanted[pool] < configuration.pools[pool].maximum {
        wanted[pool] += 1
        left -= 1
        hasRoom = true
      }
    }
  }

  /// Withdraws launches and releases machines, the youngest first, that no pool wants any more.
  private mutating func shrink(into effects: inout EffectBuffer<Effect>) {
    for pool in pools.indices where configuration.pools[pool].market == .spot {
      var surplus = own(pool) - wanted[pool]
      for index in launches.indices.reversed() where surplus > 0 && pools[pool].requested > 0 {
        guard launches[index].pool.index == pool, launches[index].state == .open else { continue }
        uncount(launches[index])
        launches[index].state = .cancelled
        effects.append(.cancel(LaunchID(index)))
        surplus -= 1
      }
      for index in machines.indices.reversed() where surplus > 0 {
        guard let machine = machines[index], machine.pool.index == pool,
          machine.state == .ready || machine.state == .starting
        else { continue }
        move(MachineID(index), to: .leaving)
        effects.append(.release(MachineID(index)))
        surplus -= 1
      }
    }
  }

  /// Asks each pool for the machines that it lacks.
  private mutating func replace(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    for pool in pools.indices {
      let lacking = wanted[pool] - own(pool)
      guard lacking > 0 else { continue }
      if now < pools[pool].unavailableUntil {
        wake(at: pools[pool].unavailableUntil, into: &effects)
        continue
      }
      for _ in 0..<lacking { launch(in: pool, isFallback: false, into: &effects) }
    }
  }

  /// Rents on demand what has been missing for the hold, and gives it back after the failback time.
  private mutating func fallBack(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    let missing = missingSpot
    missingSince = missing > 0 ? (missingSince ?? now) : nil
    wholeSince = missing == 0 ? (wholeSince ?? now) : nil
    let open = pools.reduce(0) { $0 + $1.fallbackRequested }
    let held = fallbackMachines.count + open
    if missing > held, let since = missingSince {
      let due = since + configuration.fallbackHold
      if now < due {
        wake(at: due, into: &effects)
      } else {
        rentOnDemand(missing - held, at: now, into: &effects)
      }
    } else if held > missing {
      let due = (wholeSince ?? now) + configuration.failbackAfter
      if missing == 0 && now < due {
        wake(at: due, into: &effects)
      } else if missing == 0 || configuration.failbackAfter == .zero {
        giveBack(held - missing, into: &effects)
      }
    }
  }

  private var missingSpot: Int {
    pools.indices.reduce(0) { sum, pool in
      guard configuration.pools[pool].market == .spot else { return sum }
      return sum + max(0, wanted[pool] - pools[pool].ready)
    }
  }

  private mutating func rentOnDemand(
    _ count: Int, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    var left = count
    for pool in pools.indices where configuration.pools[pool].market == .onDemand {
      let fallbacks = fallbackMachines.count { machines[$0.index]?.pool.index == pool }
      let taken = configuration.pools[pool].wanted + fallbacks + pools[pool].fallbackRequested
      let room = min(left, configuration.pools[pool].maximum - taken)
      guard room > 0 else { continue }
      if now < pools[pool].unavailableUntil {
        wake(at: pools[pool].unavailableUntil, into: &effects)
        continue
      }
      for _ in 0..<room { launch(in: pool, isFallback: true, into: &effects) }
      left -= room
    }
  }

  /// Withdraws open fallback launches first, then releases the youngest machines.
  private mutating func giveBack(_ count: Int, into effects: inout EffectBuffer<Effect>) {
    var left = count
    var open = pools.reduce(0) { $0 + $1.fallbackRequested }
    for index in launches.indices.reversed() {
      guard left > 0, open > 0 else { break }
      guard launches[index].isFallback, launches[index].state == .open else { continue }
      open -= 1
      uncount(launches[index])
      launches[index].state = .cancelled
      effects.append(.cancel(LaunchID(index)))
      left -= 1
    }
    while left > 0, let id = fallbackMachines.last {
      move(id, to: .leaving)
      effects.append(.release(id))
      left -= 1
    }
  }
}
