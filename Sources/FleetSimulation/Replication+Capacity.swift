// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import EventKernel
import Quantities
import RandomStreams
import Recording

/// When machines can be had, and when the cloud takes them.
extension Replication where Engine: ~Copyable {
  /// Lets more or fewer machines be had.
  mutating func change(_ capacity: Int) {
    let covered = cloud.capacities[capacity].places
    for place in covered { cloud.places.countUpTime(place, until: now, horizon: horizonEnd) }
    let before = cloud.capacities[capacity].process.count
    cloud.capacities[capacity].process.change()
    for place in covered {
      let isUp = cloud.places[place].capacities.allSatisfy {
        cloud.capacities[$0].allows(cloud.places[place].index)
      }
      cloud.places.setUp(place, since: isUp ? now : nil)
    }
    for pool in cloud.capacities[capacity].pools {
      cloud.capacityDigests[pool] = mixed(
        cloud.capacityDigests[pool] ^ UInt64(bitPattern: now.nanoseconds)
          ^ UInt64(cloud.capacities[capacity].entity) << 32)
    }
    schedule(
      .capacityChange(capacity: capacity), at: cloud.capacities[capacity].process.nextChange,
      .capacity)
    if cloud.capacities[capacity].drop != .block {
      // Those that it covered and no longer does.
      let after = cloud.capacities[capacity].process.count
      let lost = after..<max(before, after)
      for place in covered where lost.contains(cloud.places[place].index) {
        if let machine = cloud.places[place].machine { interrupt(machine) }
      }
    }
    for pool in cloud.capacities[capacity].pools { fulfilOpenLaunches(of: pool) }
  }

  /// Lets the cloud take a machine back.
  mutating func interrupt(_ machine: Int) {
    note(.interrupted, pool: cloud.pool(of: machine), machine: machine)
    cloud.machines[machine].rental.wasInterrupted = true
    end(machine)
  }

  /// Gives the places that can be had to the launches that wait for one; none waits unless ideal.
  mutating func fulfilOpenLaunches(of pool: Int) {
    while let launch = cloud.launches.firstOpen(in: pool), !isOverQuota(pool),
      let place = cloud.places.firstFree(in: pool)
    {
      start(launch, in: place)
    }
  }

  /// Finds out when the cloud takes a machine back, and schedules what it says before.
  ///
  /// Whatever takes machines is known ahead: every capacity knows when it falls, the machine how long it
  /// lives, and shocks come whatever anyone does.
  mutating func scheduleInterruption(of machine: Int, isNew: Bool) {
    let place = cloud.places[cloud.machines[machine].place]
    let model = scenario.fleet.pools[place.pool].cloud
    let falls = place.capacities.reduce(Instant.never) {
      min($0, cloud.capacities[$1].takes(place.index))
    }
    var own = cloud.stream(.lifetime, place.entity).draws(of: place.launches)
    let first = own.nextIndex
    var alone = model.life(isNew: isNew, from: &own).map { now + $0 } ?? .never
    if own.nextIndex != first { journal.draws.note(.lifetime) }
    for shock in model.shocks {
      journal.draws.note(.shocks)
      let law = scenario.fleet.shocks[shock]
      let victims = cloud.stream(.shockVictims, place.entity ^ law.entity)
      let limit = min(falls, alone, horizonEnd)
      alone = min(
        alone, cloud.shocks[shock].next(after: now, before: limit, victims: victims) ?? .never)
    }
    if alone < falls { schedule(.interruption(machine: machine), at: alone, .capacity) }
    let end = min(falls, alone)
    cloud.machines[machine].interruption = end
    guard end != .never else { return }
    if model.notice.isRandom { journal.draws.note(.notice) }
    let times = model.notice.times(
      of: end, after: now, machine: place.launches,
      from: cloud.stream(.notice, place.entity))
    if let time = times.rebalance {
      events.schedule(.recommendation(machine: machine), at: time, .notice)
    }
    if let time = times.notice { events.schedule(.notice(machine: machine), at: time, .notice) }
    noteInterruption(from: times.notice ?? end, until: end)
  }
}
