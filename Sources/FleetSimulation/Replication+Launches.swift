// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import EventKernel
import Policies
import Quantities
import Recording
import Serving

/// How machines are asked for, and what the cloud answers.
extension Replication where Engine: ~Copyable {
  /// Asks the cloud for a machine.
  mutating func launch(_ id: LaunchID, in pool: Int) {
    cloud.launches.ask(id, in: pool)
    note(.requested, pool: pool, machine: -1)
    switch scenario.fleet.pools[pool].cloud.launch {
    case .ideal:
      if !isOverQuota(pool), let place = cloud.places.firstFree(in: pool) {
        start(id, in: place)
      } else {
        cloud.launches.leaveOpen(id, in: pool)
      }
    case .staged:
      let model = scenario.fleet.pools[pool].cloud
      if model.launch.isAnswerRandom { journal.draws.note(.launchAnswer) }
      let stream = cloud.stream(.launchAnswer, entityNumber(of: model.name))
      let time = model.launch.answerTime(launch: cloud.launches.nextNumber(in: pool), from: stream)
      events.schedule(.launchAnswer(id), at: now + time, .machine)
    }
  }

  /// Lets the cloud answer a launch.
  mutating func answer(_ id: LaunchID) {
    guard let pool = cloud.launches.pool(of: id) else { return }
    if isOverQuota(pool) {
      refuse(id, in: pool, .overQuota, .quotaExceeded)
    } else if let place = cloud.places.firstFree(in: pool) ?? keptPlace(in: pool) {
      start(id, in: place)
    } else {
      refuse(id, in: pool, .refused, .insufficientCapacity)
    }
  }

  private mutating func refuse(
    _ id: LaunchID, in pool: Int, _ event: FleetEvent.Kind, _ failure: LaunchFailure
  ) {
    cloud.launches.close(id)
    note(event, pool: pool, machine: -1)
    tell(.launchFailed(id, failure))
  }

  /// A place that a capacity reservation keeps free, whatever can be had.
  private func keptPlace(in pool: Int) -> Int? {
    let kept = scenario.costs.commitments.capacity.reduce(0) {
      $1.keeps(scenario.fleet.pools[pool].cloud) ? $0 + $1.machines : $0
    }
    return cloud.emptyPlace(in: pool, ofTheFirst: kept)
  }

  /// Whether one machine more of a pool would be more than the account may have.
  ///
  /// - Complexity: O(quotas × pools).
  func isOverQuota(_ pool: Int) -> Bool {
    scenario.fleet.quotas.contains { quota in
      guard quota.counts(scenario.fleet.pools[pool].cloud) else { return false }
      let held = scenario.fleet.pools.indices.reduce(0) {
        quota.counts(scenario.fleet.pools[$1].cloud) ? $0 + cloud.places.held(in: $1) : $0
      }
      return held >= quota.machines
    }
  }

  mutating func start(_ id: LaunchID, in place: Int) {
    cloud.launches.close(id)
    let pool = cloud.places[place].pool
    let machine = cloud.rent(place, at: now)
    note(.launched, pool: pool, machine: machine)
    tell(.launched(id, MachineID(machine)))
    if scenario.fleet.pools[pool].cloud.launch.isStartRandom { journal.draws.note(.launch) }
    let stream = cloud.stream(.launch, cloud.places[place].entity)
    let time = scenario.fleet.pools[pool].cloud.launch.startTime(
      machine: cloud.places[place].launches, from: stream)
    if cloud.isIdeal {
      becomeReady(machine)
    } else {
      events.schedule(.ready(machine: machine), at: now + time, .machine)
    }
    scheduleInterruption(of: machine, isNew: true)
  }

  /// A machine that was there before the beginning, for nobody knows how long.
  mutating func adopt(place: Int) {
    let machine = cloud.rent(place, at: now)
    tell(.adopted(MachineID(machine), pool: PoolID(cloud.places[place].pool)))
    serve(machine)
    scheduleInterruption(of: machine, isNew: false)
  }

  /// Withdraws a launch that waits; one that was sent to the cloud is answered all the same.
  mutating func cancel(_ id: LaunchID) {
    guard let pool = cloud.launches.pool(of: id),
      case .ideal = scenario.fleet.pools[pool].cloud.launch
    else { return }
    cloud.launches.close(id)
    tell(.launchFailed(id, .withdrawn))
  }
}
