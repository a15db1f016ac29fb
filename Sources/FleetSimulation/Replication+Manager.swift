// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Policies
import Quantities
import Serving

/// What the spot manager is told, and what is done as it says.
extension Replication where Engine: ~Copyable {
  /// Tells the manager how many machines the schedule of a pool asks for, from now until it changes.
  mutating func followSchedule(of pool: Int) {
    guard let schedule = scenario.fleet.pools[pool].schedule else { return }
    let machines = schedule.machines(at: now)
    tell(
      .scheduled(
        pool: PoolID(pool), minimum: machines,
        maximum: max(machines, scenario.fleet.pools[pool].ceiling ?? 0)))
    if let next = schedule.nextChange(after: now) {
      events.schedule(.schedule(pool: pool), at: next.at, .policy)
    }
  }

  /// Puts an event into the manager's inbox.
  mutating func tell(_ event: SpotManager.Event) {
    spot.inbox.append(event)
  }

  /// Lets the manager act on every event in its inbox, those that its own effects cause included.
  mutating func workInbox() {
    guard !spot.inbox.isEmpty else { return }
    while spot.position < spot.inbox.count {
      let event = spot.inbox[spot.position]
      spot.position += 1
      spot.effects.removeAll()
      spot.manager.step(event, at: now, into: &spot.effects)
      if logsMachines {
        path.log?.write(event, at: now, spot.effects.effects, by: spot.manager)
      }
      handOverDecisions()
      for effect in spot.effects.effects { carryOut(effect) }
    }
    spot.inbox.removeAll(keepingCapacity: true)
    spot.position = 0
  }

  private mutating func carryOut(_ effect: SpotManager.Effect) {
    switch effect {
    case .launch(let id, let pool): launch(id, in: pool.index)
    case .cancel(let id): cancel(id)
    case .cordon(let machine): cordon(machine.index)
    // A batch is over long before any machine goes: none is too long for one at risk.
    case .avoid: break
    case .evacuate(let machine): evacuate(machine.index)
    case .release(let machine): release(machine.index)
    case .wake(let time): events.schedule(.wake, at: time, .policy)
    }
  }
}
