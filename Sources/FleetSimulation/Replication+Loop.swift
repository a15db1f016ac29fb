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
extension Replication where Engine: ~Copyable {
  /// Takes whatever is due next until the horizon is over and every measured request has ended, for one more
  /// horizon at the most: what has no answer then counts as unanswered.
  mutating func loop() {
    let end = horizonEnd + scenario.run.horizon
    while true {
      let replicaTime = engine.nextTime
      let arrivalTime = requests.areArriving ? requests.source.nextTime : .never
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
    time == .never || meter.recorder.inFlight == 0
  }

  /// Runs batches and arrivals up to the next event of the slow world: the hot loop.
  private mutating func runRequests(until fleetTime: Instant) {
    while true {
      let replicaTime = engine.nextTime
      let arrivalTime = requests.areArriving ? requests.source.nextTime : .never
      // A request that arrives as a step of an engine ends is in time for the next step.
      let isReplicaFirst =
        Engine.knowsTokens ? replicaTime < arrivalTime : replicaTime <= arrivalTime
      if isReplicaFirst {
        guard replicaTime < fleetTime else { return }
        if replicaTime >= horizonEnd && meter.recorder.inFlight == 0 { return }
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
    if !meter.windows.isOpen && meter.recorder.inFlight == 0 {
      requests.areArriving = false
      noteQueues()
      return false
    }
    if requests.source.isAtColumnStart { beginColumn() }
    let drawnPlace = requests.source.nextPlace
    let arrival = requests.source.take()
    requests.simulated += 1
    if now >= meter.minuteEnd { enterMinute() }
    if meter.place.isMeasured {
      meter.recorder.arrived(at: meter.place)
      requests.digest = arrival.digest(after: requests.digest)
    }
    admit(arrival, drawnAt: drawnPlace)
    return true
  }

  private mutating func replicaHappening() {
    let happening = engine.happen(now: now)
    if Engine.knowsTokens { recordGaps() }
    if happening.count > 0 {
      let model = path[ReplicaID(happening.replica)].model
      for position in 0..<happening.count {
        let ticket = engine.answered(position, in: happening)
        let course = engine.course(position, in: happening)
        var cost: USD? = .zero
        if path.hasBudget {
          cost = self.cost(of: now - ticket.arrival, course, in: happening)
        }
        answer(ticket, by: model, course, cost: cost)
      }
    }
    engine.settle(happening, now: now)
    left(happening.replica, ended: happening.count)
  }

  /// Counts the gaps between the tokens that came, in the minute in which they did.
  private mutating func recordGaps() {
    let place = meter.place
    engine.takeGaps { gap, count in
      if place.isMeasured { meter.recorder.gap(gap, times: count, at: place) }
    }
  }

  /// What a request cost that a replica answered.
  private mutating func cost(
    of time: TimeSpan, _ course: Engine.Course, in happening: ReplicaHappening
  ) -> USD? {
    let use = engine.use(course, in: happening, now: now)
    let pool = cloud.places[cloud.placeOfReplica[happening.replica]].pool
    return path.budget?.configuration.charge.cost(
      of: time, batch: use.time, share: cloud.lanes[pool], size: use.sharedBy,
      at: cloud.prices[pool].price(at: now))
  }

  /// Notes that requests left a replica, ends those whose clients gave up, and lets the replica go where it was
  /// only finishing.
  private mutating func left(_ replica: Int, ended: Int) {
    let id = ReplicaID(replica)
    var gone = Int32(truncatingIfNeeded: ended + engine.expired.count)
    if !engine.expired.isEmpty {
      path.replicaChanged(id, .ended(gone, hasRoom: path[id].hasRoom), at: now)
      gone = 0
      // One may make its call again elsewhere, which changes the list of those who gave up.
      var position = 0
      while position < engine.expired.count {
        let ticket = engine.expired[position]
        carryOut(path.failed(ticket, .timedOut, at: now), for: ticket)
        position += 1
      }
      engine.expired.removeAll(keepingCapacity: true)
    }
    path.replicaChanged(id, .ended(gone, hasRoom: engine.hasRoom(replica)), at: now)
    if cloud.drainingMachines > 0 {
      releaseIfEmpty(cloud.placeOfReplica[replica])
      workInbox()
    }
  }
}
