// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving

/// A spot manager driven by hand, and what it asked for.
struct SpotDriver {
  typealias Pool = SpotManager.Configuration.Pool

  var manager: SpotManager
  /// The machines handed out so far; machine `n` is the n-th that was adopted or granted.
  var machines = 0
  /// Where each open launch was asked for, by its number.
  private var open: [(launch: LaunchID, pool: PoolID)] = []

  /// A manager of the pools that adopts what each wants, unless told to begin with less.
  init(
    _ pools: [Pool], fallback: Bool = true, hold: TimeSpan = .zero,
    failbackAfter: TimeSpan = .zero, adopted: [Int]? = nil,
    _ adjust: (inout SpotManager.Configuration) -> Void = { _ in }
  ) {
    var configuration = SpotManager.Configuration(
      pools: pools, fallsBackToOnDemand: fallback, fallbackHold: hold,
      failbackAfter: failbackAfter, initialBackOff: .seconds(180), maximumBackOff: .seconds(1_800))
    adjust(&configuration)
    manager = SpotManager(configuration)
    for (pool, count) in (adopted ?? pools.map(\.wanted)).enumerated() {
      for _ in 0..<count {
        send(.adopted(MachineID(machines), pool: PoolID(pool)), at: 0)
        machines += 1
      }
    }
    send(.started, at: 0)
  }

  /// Tells the manager and returns what it asks for.
  @discardableResult
  mutating func send(_ event: SpotManager.Event, at seconds: Int64) -> [SpotManager.Effect] {
    var effects = EffectBuffer<SpotManager.Effect>()
    manager.step(event, at: .start + .seconds(seconds), into: &effects)
    for case .launch(let launch, let pool) in effects.effects { open.append((launch, pool)) }
    for case .cancel(let launch) in effects.effects { open.removeAll { $0.launch == launch } }
    return effects.effects
  }

  /// Refuses every launch that was open when this was called; the refused launches' number.
  @discardableResult
  mutating func refuseAll(at seconds: Int64) -> Int {
    let refused = open
    open.removeAll()
    for (launch, _) in refused { send(.launchFailed(launch, .insufficientCapacity), at: seconds) }
    return refused.count
  }

  /// Grants every launch that was open when this was called; the new machines, by pool.
  @discardableResult
  mutating func grantAll(at seconds: Int64, in pool: Int? = nil) -> [MachineID] {
    let granted = open.filter { pool == nil || $0.pool.index == pool }
    open.removeAll { pool == nil || $0.pool.index == pool }
    return granted.map { launch, _ in
      let machine = MachineID(machines)
      machines += 1
      send(.launched(launch, machine), at: seconds)
      return machine
    }
  }

  /// Grants every open launch and has its machine ready at once.
  @discardableResult
  mutating func fill(at seconds: Int64, in pool: Int? = nil) -> [SpotManager.Effect] {
    grantAll(at: seconds, in: pool).flatMap { send(.ready($0), at: seconds) }
  }

  /// How many launches are open in each of so many pools.
  func open(of pools: Int) -> [Int] {
    (0..<pools).map { pool in open.count { $0.pool.index == pool } }
  }
}

extension [SpotManager.Effect] {
  /// The pools of the launches asked for, in order.
  var launchPools: [Int] {
    compactMap { effect in
      guard case .launch(_, let pool) = effect else { return nil }
      return pool.index
    }
  }

  /// The machines to be released, in order.
  var released: [MachineID] {
    compactMap { effect in
      guard case .release(let machine) = effect else { return nil }
      return machine
    }
  }
}
