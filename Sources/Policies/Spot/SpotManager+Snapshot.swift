// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// What a manager knows between two events, to be written as JSON and taken up by ``init(_:restoring:)``.
  ///
  /// Write it after each step and before its effects are carried out: then no launch is asked for that it does not
  /// hold. Its size follows the fleet and not its age: about 200 bytes a machine, and as much for each of at most
  /// 2,048 answered launches.
  public struct Snapshot: Codable, Sendable {
    let content: PolicyState<State>

    init(_ state: State) {
      content = PolicyState(policy: "spot", state)
    }

    /// Reads a snapshot.
    ///
    /// - Throws: ``SnapshotError`` for one of another policy or version, `DecodingError` for what is no snapshot.
    public init(from decoder: any Decoder) throws {
      content = try PolicyState(policy: "spot", from: decoder)
    }

    /// Writes the snapshot.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
  }

  /// A machine that is to hand over what it serves.
  struct Drain: Codable, Sendable {
    var machine: MachineID
    var due: Instant
  }

  /// All that a manager knows and its settings do not say.
  struct State: Codable, Sendable {
    var pools: [PoolState]
    var prices: [HourlyPrice]
    var machines: [Machine]
    var gone: NumberRanges
    var alive: [MachineID]
    var launches: [Launch]
    var answeredLaunches: [Launch]
    var nextLaunch: Int
    var fallbackMachines: [MachineID]
    var isStarted: Bool
    var missingSince: Instant?
    /// Up to when machines that start are overdue; `nil` in snapshots of earlier versions.
    var overdueUntil: Instant?
    var surplusSince: [Instant]
    var draining: [Drain]
    var throttle: TimeSpan
    var throttledUntil: Instant
    var wakeAt: Instant?
    var target: Int?
    var plan: SpotPlan
    var spare: Int
    var nextTurn: Int
  }

  /// What the manager knows now.
  ///
  /// - Complexity: O(machines + launches).
  public func snapshot() -> Snapshot {
    Snapshot(
      State(
        pools: pools, prices: terms.map(\.price), machines: machines.known, gone: machines.gone,
        alive: alive.all(where: isAlive), launches: launches.unanswered,
        answeredLaunches: launches.answered, nextLaunch: launches.next,
        fallbackMachines: fallbackMachines.all(where: isFallback), isStarted: isStarted,
        missingSince: missingSince,
        overdueUntil: expected.passed,
        surplusSince: surplusSince,
        draining: draining.all.map { Drain(machine: $0.machine, due: $0.due) }, throttle: throttle,
        throttledUntil: throttledUntil, wakeAt: wakeAt, target: target, plan: plan, spare: spare,
        nextTurn: nextTurn))
  }

  /// A manager that goes on where another was when a snapshot of it was taken: with the same settings, the same
  /// events have the same effects. A driver that was started anew asks for ``outstanding(into:)`` first.
  ///
  /// - Throws: ``SnapshotError`` where the snapshot has other pools than the settings, or contradicts itself.
  public init(_ configuration: Configuration, restoring snapshot: Snapshot) throws(SnapshotError) {
    self.init(configuration)
    let state = snapshot.content.state
    let count = configuration.pools.count
    try SnapshotError.hold(
      state.pools.count == count && state.prices.count == count,
      "the snapshot has \(state.pools.count) pools, the settings have \(count)")
    try SnapshotError.hold(
      state.machines.allSatisfy { pools.indices.contains($0.pool.index) && $0.id.index >= 0 }
        && (state.launches + state.answeredLaunches).allSatisfy {
          pools.indices.contains($0.pool.index) && (0..<state.nextLaunch).contains($0.id.index)
        }, "a machine or a launch of the snapshot is in no pool")
    machines = MachineTable(known: state.machines, gone: state.gone)
    try SnapshotError.hold(
      state.alive.count == state.machines.count(where: isAlive)
        && (state.alive + state.fallbackMachines).allSatisfy { self[$0].map(isAlive) == true },
      "the snapshot's lists of machines contradict each other")
    launches = LaunchTable(
      unanswered: state.launches, answered: state.answeredLaunches, next: state.nextLaunch)
    alive = MachineList(state.alive)
    fallbackMachines = MachineList(state.fallbackMachines)
    for pool in pools.indices {
      let zone = pools[pool].zone
      pools[pool] = state.pools[pool]
      pools[pool].zone = zone
      terms[pool].price = state.prices[pool]
    }
    isStarted = state.isStarted
    missingSince = state.missingSince
    surplusSince = state.surplusSince
    draining = DueMachines()
    for entry in state.draining { draining.add(entry.machine, due: entry.due) }
    throttle = state.throttle
    throttledUntil = state.throttledUntil
    wakeAt = state.wakeAt
    target = state.target
    plan = state.plan
    spare = state.spare
    nextTurn = state.nextTurn
    expected = ExpectedMachines(passed: state.overdueUntil ?? Instant(nanoseconds: .min))
    recount()
    orderPools()
  }

  /// Counts the machines and launches of each pool.
  private mutating func recount() {
    for pool in pools.indices {
      pools[pool].starting = 0
      pools[pool].ready = 0
      pools[pool].requested = 0
      pools[pool].fallbackRequested = 0
      pools[pool].atRisk = 0
      pools[pool].committed = 0
    }
    fallbacksOfPool = [Int](repeating: 0, count: pools.count)
    for machine in machines.known {
      count(machine, 1)
      pools[machine.pool.index].committed += 1
      if machine.isFallback && isAlive(machine) { fallbacksOfPool[machine.pool.index] += 1 }
      if isExpected(machine) {
        expected.add(machine.id, due: machine.since + configuration.expectedStart)
      }
    }
    for launch in launches.unanswered {
      if launch.state == .open { count(launch, 1) }
      pools[launch.pool.index].committed += 1
    }
  }
}
