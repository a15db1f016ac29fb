// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// What is done about what is known.
extension SpotManager {
  mutating func launch(
    in pool: Int, isFallback: Bool, into effects: inout EffectBuffer<Effect>
  ) {
    let id = LaunchID(launches.count)
    launches.append(Launch(pool: PoolID(pool), isFallback: isFallback, state: .open))
    if isFallback { pools[pool].fallbackRequested += 1 } else { pools[pool].requested += 1 }
    effects.append(.launch(id, PoolID(pool)))
  }

  /// Asks to be woken, unless an earlier call is already on its way.
  mutating func wake(at time: Instant, into effects: inout EffectBuffer<Effect>) {
    if let due = wakeAt, due <= time { return }
    wakeAt = time
    effects.append(.wake(at: time))
  }

  /// How many machines of a pool are there or on their way without being a fallback.
  func own(_ pool: Int) -> Int {
    let fallbacks = fallbackMachines.count { machines[$0.index]?.pool.index == pool }
    return pools[pool].ready + pools[pool].starting - fallbacks + pools[pool].requested
  }

  /// The spot pools that are worth their price, the cheapest for what they answer first.
  ///
  /// A pool that costs more for a request than the cheapest machine on demand is none.
  var acceptablePools: [Int] {
    let onDemand = configuration.pools.filter {
      $0.market == .onDemand && $0.price.nanodollarsPerHour > 0
    }
    let bound = onDemand.map(\.score).min() ?? .infinity
    return configuration.pools.indices.filter {
      configuration.pools[$0].market == .spot && configuration.pools[$0].score <= bound
    }.sorted {
      (configuration.pools[$0].score, $0) < (configuration.pools[$1].score, $1)
    }
  }

  /// Spreads what is wanted beyond the machines on demand over the acceptable spot pools.
  ///
  /// The cheapest come first, and none gets more than its even part while the others have room, so that
  /// the loss of one pool is not the loss of all.
  mutating func aim(at machines: Int) {
    let spot = acceptablePools
    var left = machines
    for pool in configuration.pools where pool.market == .onDemand { left -= pool.wanted }
    if left > 0 { left += configuration.overprovision }
    for pool in wanted.indices where configuration.pools[pool].market == .spot { wanted[pool] = 0 }
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

  /// Moves what a pool in back-off lacks to pools that can be asked and have room.
  mutating func passOver(_ pool: Int, lacking: Int, at now: Instant) -> Int {
    var left = lacking
    for other in acceptablePools where other != pool && now >= pools[other].unavailableUntil {
      let room = min(left, configuration.pools[other].maximum - wanted[other])
      guard room > 0 else { continue }
      wanted[pool] -= room
      wanted[other] += room
      left -= room
    }
    return left
  }

  /// Withdraws launches and releases machines, the youngest first, that no pool wants any more.
  mutating func shrink(into effects: inout EffectBuffer<Effect>) {
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
  mutating func replace(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    // What is passed over may go to a pool that was looked at before, so that is looked at again.
    for pool in Array(pools.indices) + Array(pools.indices) {
      var lacking = wanted[pool] - own(pool)
      guard lacking > 0 else { continue }
      if now < pools[pool].unavailableUntil {
        if configuration.pools[pool].market == .spot {
          lacking = passOver(pool, lacking: lacking, at: now)
        }
        if lacking > 0 { wake(at: pools[pool].unavailableUntil, into: &effects) }
        continue
      }
      for _ in 0..<lacking { launch(in: pool, isFallback: false, into: &effects) }
    }
  }

  /// Rents on demand what has been missing for the hold, and gives it back after the failback time.
  mutating func fallBack(at now: Instant, into effects: inout EffectBuffer<Effect>) {
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

  var missingSpot: Int {
    pools.indices.reduce(0) { sum, pool in
      guard configuration.pools[pool].market == .spot else { return sum }
      return sum + max(0, wanted[pool] - pools[pool].ready)
    }
  }

  mutating func rentOnDemand(
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
  mutating func giveBack(_ count: Int, into effects: inout EffectBuffer<Effect>) {
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
