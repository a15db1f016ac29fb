// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Lane time of all machines from the beginning of a run up to an instant, by what it was spent on.
///
/// Every rented second of a lane is in exactly one of busy, idle and overhead: each is added up for itself.
struct FleetTime: Sendable {
  /// Batches ran.
  var busy = MachineTime.zero
  /// The replica was ready and ran nothing.
  var idle = MachineTime.zero
  /// The machine was rented and its replica was not ready yet, or no more.
  var overhead = MachineTime.zero

  /// All lane time.
  var sum: MachineTime { busy + idle + overhead }

  /// What was added since an earlier instant.
  static func - (left: FleetTime, right: FleetTime) -> FleetTime {
    FleetTime(
      busy: left.busy - right.busy, idle: left.idle - right.idle,
      overhead: left.overhead - right.overhead)
  }
}

extension Replication where Engine: ~Copyable {
  /// What lanes have done up to now.
  ///
  /// - Complexity: O(replicas + machines).
  borrowing func currentTime() -> FleetTime {
    var account = FleetTime()
    for replica in 0..<engine.count {
      account.busy += engine.busyTime(of: replica, at: now)
      account.idle += engine.idleTime(of: replica, at: now)
    }
    account.overhead = engineTime.overhead
    for machine in cloud.machines where machine.state != .gone {
      let lanes = lanes(of: machine)
      if machine.state == .starting {
        account.overhead += MachineTime(now - machine.rental.from, times: lanes)
      }
      if let closed = machine.closedAt {
        account.overhead += MachineTime(now - closed, times: lanes)
      }
    }
    return account
  }

  /// The lanes of all replicas of a machine.
  borrowing func lanes(of machine: Machine) -> Int {
    scenario.fleet.pools[machine.rental.pool].replicas.reduce(0) { $0 + $1.service.lanes }
  }

  /// The lane time that was rented from the start to the horizon.
  borrowing func rentedTime() -> MachineTime {
    cloud.machines.reduce(.zero) { sum, machine in
      let (from, to) = (max(machine.rental.from, .start), min(machine.rental.to, horizonEnd))
      return to > from ? sum + MachineTime(to - from, times: lanes(of: machine)) : sum
    }
  }

  /// Notes what lanes have done, at the start and at the end of the horizon.
  mutating func takeAccount() {
    if now == .start { engineTime.atStart = currentTime() }
    if now == horizonEnd && engineTime.atEnd == nil { engineTime.atEnd = currentTime() }
  }

  /// Brings the clock to the end of the horizon, where nothing was left to happen before it.
  mutating func reachHorizon() {
    guard now < horizonEnd else { return }
    now = horizonEnd
    takeAccount()
  }
}
