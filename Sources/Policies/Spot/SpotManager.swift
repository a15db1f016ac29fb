// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Keeps the fleet at its wanted number of machines while spot machines come and go.
///
/// A lost or announced-to-be-lost spot machine is replaced at once; what is missing for longer than
/// a hold is rented on demand, and given back once spot has been whole again for a while. A pool
/// that could not sell is left alone for a back-off that doubles.
///
/// Until a ``Event/target(machines:)`` comes, each pool is kept at its own configured number. From
/// then on every pool keeps its minimum, and the rest goes by cost per request, each pool up to its maximum:
/// first to spot pools that are not dearer than on demand, with a cap per pool and per zone so that no loss
/// takes all, then to pools on demand, then to the dearer spot pools.
///
/// It is a value that steps: what happened goes in, what to do comes out, nothing else is known.
/// The same code decides in the simulator and in the gateway.
public struct SpotManager: Sendable {
  /// What it was told at its start.
  public let configuration: Configuration
  var pools: [PoolState]
  var machines = MachineTable()
  /// The machines that start or are ready, oldest first.
  var alive = MachineList()
  var launches = LaunchTable()
  var fallbackMachines = MachineList()
  /// How many of them are in each pool.
  var fallbacksOfPool: [Int] = []
  /// The spot machines that start and are not overdue.
  var expected = ExpectedMachines()
  var isStarted = false
  var missingSince: Instant?
  /// Since when there have been one, two and more fallback machines above the spot machines missing.
  var surplusSince: [Instant] = []
  /// Machines that are taken back and have not been told to hand over what they serve, by when.
  var draining = DueMachines()
  /// How long the cloud's interface is left alone when it was asked too often, and until when.
  var throttle = TimeSpan.zero
  var throttledUntil = Instant(nanoseconds: .min)
  var wakeAt: Instant?
  /// How many machines the fleet should have in all, once that has been said.
  var target: Int?
  var plan = SpotPlan()
  /// How many spot machines are kept beyond the wanted ones before a target comes.
  var spare = 0
  /// The configured pools at the prices of now.
  var terms: [Configuration.Pool]
  /// The on-demand pools, cheapest per request first.
  var onDemandByCost: [Int] = []
  /// The spot pools, cheapest per request first.
  var spotByCost: [Int] = []
  /// The spot pools that are not dearer per request than on demand, cheapest first.
  var acceptable: [Int] = []
  /// The other pools, in the order in which a target fills them: on demand, then the dearer spot pools.
  var firm: [Int] = []
  /// The spot pool whose turn it is under the reference rule, as a place among all spot pools.
  var nextTurn = 0

  /// A manager that knows of no machine yet.
  public init(_ configuration: Configuration) {
    self.configuration = configuration
    let given = configuration.pools
    pools = given.map { pool in
      let zone = pool.zone.isEmpty ? nil : given.firstIndex { $0.zone == pool.zone }
      return PoolState(
        wanted: pool.wanted, usual: pool.wanted, minimum: pool.minimum, maximum: pool.maximum,
        zone: zone)
    }
    terms = given
    fallbacksOfPool = [Int](repeating: 0, count: given.count)
    orderPools()
    addSpares()
  }

  /// Takes in one event and appends what is to be done about it.
  ///
  /// Reports that come twice, late or about something unknown change nothing.
  ///
  /// - Complexity: O(pools²) plus what is done; where machines are given back or time-outs are set, O(machines +
  ///   launches).
  public mutating func step(
    _ event: Event, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    if configuration.rule == .reference {
      stepAsReference(event, at: now, into: &effects)
      return
    }
    let before = wantedInAll
    take(in: event, at: now, into: &effects)
    guard isStarted else { return }
    if let due = wakeAt, due <= now { wakeAt = nil }
    giveUpOverdue(at: now, into: &effects)
    giveUpTooDear()
    giveUpAtRisk(into: &effects)
    if now >= throttledUntil {
      replace(at: now, into: &effects)
      if configuration.fallsBackToOnDemand {
        fallBack(lowered: max(0, before - wantedInAll), at: now, into: &effects)
      }
      if target != nil || pools.contains(where: \.isScheduled) { scaleDown(into: &effects) }
    } else {
      wake(at: throttledUntil, into: &effects)
    }
    handOver(at: now, into: &effects)
    awaitOverdue(into: &effects)
  }

  /// Takes note of one event.
  private mutating func take(
    in event: Event, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    switch event {
    case .adopted(let id, let pool):
      adopt(id, in: pool, at: now)
    case .started:
      isStarted = true
    case .target(let machines):
      target = max(0, machines)
      layOut()
    case .scheduled(let pool, let minimum, let maximum):
      guard pools.indices.contains(pool.index) else { return }
      pools[pool.index].isScheduled = true
      pools[pool.index].minimum = max(0, minimum)
      pools[pool.index].maximum = max(0, minimum, maximum)
      pools[pool.index].usual = max(0, minimum)
      if target == nil { addSpares() } else { layOut() }
    case .launched(let launch, let id):
      launched(launch, as: id, at: now, into: &effects)
    case .launchFailed(let launch, let failure):
      guard let request = end(launch) else { return }
      switch failure {
      case .insufficientCapacity, .quotaExceeded:
        // Launches that were asked for together are refused together: that is one refusal.
        guard now >= pools[request.pool.index].unavailableUntil else { return }
        backOff(request.pool.index, at: now)
      case .throttled: slowDown(launch, at: now)
      case .withdrawn: break
      }
    case .ready(let id):
      move(id, to: .ready)
    case .noticed(let id, let deadline):
      notice(id, deadline: deadline, at: now, into: &effects)
    case .found(let id, let found):
      find(id, found, at: now, into: &effects)
    case .priced(let pool, let price):
      reprice(pool, at: price)
    case .unhealthy(let id):
      giveUpUnhealthy(id, into: &effects)
    case .gone(let id):
      if let machine = self[id], isAlive(machine) { interrupted(machine, at: now) }
      move(id, to: .gone)
    case .rebalanceRecommended(let id):
      putAtRisk(id, at: now, into: &effects)
    case .wake:
      break
    }
  }

  /// Takes in that a machine will be taken back.
  mutating func notice(
    _ id: MachineID, deadline: Instant, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    guard let machine = self[id], isAlive(machine) else { return }
    move(id, to: .leaving)
    interrupted(machine, at: now)
    effects.append(.cordon(id))
    draining.add(id, due: deadline - configuration.drainGuard)
  }

  /// How many machines the fleet should have, without spares.
  private var wantedInAll: Int { target ?? pools.reduce(0) { $0 + $1.usual } }

  /// Asks to be woken, unless an earlier call is already on its way.
  mutating func wake(at time: Instant, into effects: inout EffectBuffer<Effect>) {
    if let due = wakeAt, due <= time { return }
    wakeAt = time
    effects.append(.wake(at: time))
  }
}
