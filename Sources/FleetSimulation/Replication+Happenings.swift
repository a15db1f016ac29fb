// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Quantities
import Recording

/// The rare events of machines and policies.
extension Replication where Engine: ~Copyable {
  /// Lets one rare event happen, and the manager act on it.
  mutating func happen(_ happening: FleetHappening) {
    switch happening {
    case .capacityChange(let capacity): change(capacity)
    case .interruption(let machine):
      if cloud.machines[machine].state != .gone { interrupt(machine) }
    case .recommendation(let machine): recommend(machine)
    case .notice(let machine): notice(machine)
    case .launchAnswer(let launch): answer(launch)
    case .ready(let machine): becomeReady(machine)
    case .wake: tell(.wake)
    case .schedule(let pool): followSchedule(of: pool)
    case .autoscale: autoscale()
    case .redispatch: redispatch()
    case .window(let part, let opens): change(part, opens: opens)
    case .sample: sample()
    case .account: takeAccount()
    }
    workInbox()
  }

  /// Notes what happened to a machine, inside the horizon.
  mutating func note(_ kind: FleetEvent.Kind, pool: Int, machine: Int) {
    guard now >= .start, now < horizonEnd else { return }
    journal.fleetEvents.append(FleetEvent(time: now, kind: kind, pool: pool, machine: machine))
  }

  /// Takes a value of each time series.
  mutating func sample() {
    for (number, pool) in scenario.fleet.pools.enumerated() {
      journal.series.append(
        SeriesPoint(
          time: now, name: "machines_ready", pool: pool.cloud.name,
          value: Double(cloud.places.serving(in: number))))
    }
    let next = now + .hours(1)
    if next < horizonEnd { events.schedule(.sample, at: next, .sample) }
  }
}
