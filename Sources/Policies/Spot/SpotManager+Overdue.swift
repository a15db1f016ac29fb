// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Gives up launches that nobody answers and machines that do not become ready in their time.
  ///
  /// A launch is withdrawn after its time, and its pool is left alone as one that could not sell. Until as much time
  /// has passed again a machine may still come for it, and its cost is counted; then it is forgotten.
  ///
  /// - Complexity: O(launches + machines) where there are time-outs, else O(1).
  mutating func giveUpOverdue(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    if let timeOut = configuration.launchTimeOut {
      for request in launches.unanswered {
        let due = request.askedAt + timeOut
        if request.state == .open, now >= due {
          cancel(request, into: &effects)
          if now >= pools[request.pool.index].unavailableUntil {
            backOff(request.pool.index, at: now)
          }
        }
        if now >= due + timeOut { end(request.id) }
      }
    }
    if let timeOut = configuration.startTimeOut {
      for machine in machines.known where machine.state == .starting {
        guard now >= machine.since + timeOut else { continue }
        release(machine.id, because: .overdue, into: &effects)
      }
    }
  }

  /// Asks to be woken when the next launch or start has taken too long.
  ///
  /// - Complexity: O(launches + machines) where there are time-outs, else O(1).
  mutating func awaitOverdue(into effects: inout EffectBuffer<Effect>) {
    var next = Instant.never
    if let timeOut = configuration.launchTimeOut {
      for request in launches.unanswered {
        let due = request.askedAt + timeOut
        next = min(next, request.state == .open ? due : due + timeOut)
      }
    }
    if let timeOut = configuration.startTimeOut {
      for machine in machines.known where machine.state == .starting {
        next = min(next, machine.since + timeOut)
      }
    }
    if next < .never { wake(at: next, into: &effects) }
  }

  /// Gives back a machine that fails its health check, unless too many fail at once.
  ///
  /// The cloud did not take it back: its pool is not left alone. When more than a part of the fleet fails at the same
  /// time the check is more likely wrong than the machines: Envoy's panic threshold is half of the hosts (Envoy
  /// documentation, Panic threshold), and Kubernetes slows its evictions from 55 % on (`--unhealthy-zone-threshold`).
  mutating func giveUpUnhealthy(_ id: MachineID, into effects: inout EffectBuffer<Effect>) {
    guard let machine = self[id], isAlive(machine) else { return }
    let leaving = machines.known.count { $0.releaseReason == .unhealthy }
    let share = Int128(configuration.mostUnhealthy.billionths)
    let most = share * Int128(alive.count + leaving)
    guard leaving == 0 || Int128(leaving + 1) * 1_000_000_000 <= most else { return }
    release(id, because: .unhealthy, into: &effects)
    effects.append(.evacuate(id))
  }
}
