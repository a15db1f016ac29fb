// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Policies
import Quantities
import Recording
import ReplicaModel
import RequestPath
import Serving
import Workload

/// The loop over both worlds, and how requests come to replicas and leave them.
extension FleetSimulation {
  /// Takes whatever is due next until the horizon is over and every measured request has ended, for one more
  /// horizon at the most: what has no answer then counts as unanswered.
  mutating func loop() {
    let end = horizonEnd + scenario.horizon
    while true {
      let replicaTime = bank.nextTime
      let arrivalTime = acceptsArrivals ? source.nextTime : .never
      let requestTime = min(replicaTime, arrivalTime)
      let fleetTime = events.nextTime
      let isFleetFirst =
        fleetTime < requestTime
        || (fleetTime == requestTime && events.nextPriority < .completion)
      let time = isFleetFirst ? fleetTime : requestTime
      if time >= end { return }
      if time >= horizonEnd && isOver(at: time) { return }
      precondition(time >= now, "the clock went back from \(now) to \(time)")
      now = time
      if isFleetFirst {
        guard let (_, happening) = events.takeNext() else { return }
        happen(happening)
      } else {
        // Samples come after the requests of their instant, everything else before them.
        let comesAfter = fleetTime != .never && events.nextPriority > .arrival
        let next = comesAfter ? fleetTime + TimeSpan(nanoseconds: 1) : fleetTime
        runRequests(until: min(next, end))
      }
    }
  }

  /// Whether nothing that is left can change a result.
  private func isOver(at time: Instant) -> Bool {
    time == .never || recorder.inFlight == 0
  }

  /// Runs batches and arrivals up to the next event of the slow world: the hot loop.
  private mutating func runRequests(until fleetTime: Instant) {
    while true {
      let replicaTime = bank.nextTime
      let arrivalTime = acceptsArrivals ? source.nextTime : .never
      if replicaTime <= arrivalTime {
        guard replicaTime < fleetTime else { return }
        if replicaTime >= horizonEnd && recorder.inFlight == 0 { return }
        now = replicaTime
        replicaHappening()
      } else {
        guard arrivalTime < fleetTime else { return }
        now = arrivalTime
        guard arrive() else { return }
      }
    }
  }

  /// Lets the next request arrive; false when none needs to any more.
  @inline(__always)
  private mutating func arrive() -> Bool {
    // Until the last measured request has ended, others go on to press on it.
    if !windows.isOpen && recorder.inFlight == 0 {
      acceptsArrivals = false
      noteQueues()
      return false
    }
    if source.isAtColumnStart { beginColumn() }
    let drawnPlace = source.nextPlace
    let arrival = source.take()
    simulatedRequests += 1
    if now >= minuteEnd { enterMinute() }
    if place.isMeasured {
      recorder.arrived(at: place)
      workloadDigest = arrival.digest(after: workloadDigest)
    }
    admit(arrival, drawnAt: drawnPlace)
    return true
  }

  private mutating func replicaHappening() {
    switch bank.next() {
    case .batchEnded(let lane, let replica, let count):
      let started = bank.startTime(of: lane)
      let model = path[ReplicaID(replica)].model
      for position in 0..<count {
        let ticket = bank.finished(position, in: lane)
        var cost: USD? = .zero
        if path.hasBudget {
          cost = self.cost(
            of: now - ticket.arrival, batch: now - started, size: count, by: replica)
        }
        answer(ticket, by: model, started: started, cost: cost)
      }
      bank.free(lane, now: now)
      left(replica, ended: count)
    case .timer(let replica):
      bank.expire(replica, now: now)
      left(replica, ended: 0)
    }
  }

  /// What a request cost that a batch answered.
  private mutating func cost(
    of time: TimeSpan, batch: TimeSpan, size: Int, by replica: Int
  ) -> USD? {
    let pool = scenario.pools[places[placeOfReplica[replica]].pool]
    let prices = pool.cloud.prices
    return path.budget?.configuration.charge.cost(
      of: time, batch: batch, share: pool.replicas.reduce(0) { $0 + Int64($1.model.lanes) },
      size: size, at: prices.changes[prices.position(at: now)].price)
  }

  /// Notes that requests left a replica, ends those whose clients gave up, and lets the replica go where it was
  /// only finishing.
  private mutating func left(_ replica: Int, ended: Int) {
    let id = ReplicaID(replica)
    var gone = Int32(truncatingIfNeeded: ended + bank.expired.count)
    if !bank.expired.isEmpty {
      path.replicaChanged(id, .ended(gone, hasRoom: path[id].hasRoom))
      gone = 0
      // One may make its call again elsewhere, which changes the list of those who gave up.
      var position = 0
      while position < bank.expired.count {
        let ticket = bank.expired[position]
        carryOut(path.failed(ticket, .timedOut, at: now), for: ticket)
        position += 1
      }
      bank.expired.removeAll(keepingCapacity: true)
    }
    path.replicaChanged(id, .ended(gone, hasRoom: bank.hasRoom(replica)))
    if drainingMachines > 0 {
      releaseIfEmpty(placeOfReplica[replica])
      workInbox()
    }
  }
}
