// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Policies
import Quantities
import Recording
import ReplicaModel
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
    if source.isAtColumnStart && desk.usesCache { prepareDrawn() }
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

  @inline(__always)
  func request(of arrival: Arrival, for model: ModelID, row: Int32 = -1) -> QueuedRequest {
    QueuedRequest(
      arrival: arrival.time, number: arrival.number, promptTokens: arrival.promptTokens,
      outputTokens: arrival.outputTokens, recordPlace: place.bits, policyRow: row,
      classIndex: arrival.classIndex, model: UInt8(truncatingIfNeeded: model.index))
  }

  /// Sends a request to the replica that the policy chooses, or ends it.
  mutating func dispatch(_ request: QueuedRequest, otherwise outcome: RequestOutcome) {
    guard let replica = choose(for: ModelID(Int(request.model))) else {
      fail(request, outcome)
      return
    }
    send(request, to: replica)
  }

  /// The replica of a model that the policy chooses; `nil` where it refuses.
  @inline(__always)
  mutating func choose(for model: ModelID) -> Int? {
    // Under admission control a request is sent only where it need not wait long.
    let longestWait =
      degradation < .reject ? nil : scenario.autoscaling?.configuration.longestQueueWait
    let choice = dispatcher.choose(of: model, within: longestWait, among: &board)
    if logsRequests { logChoice(of: model, within: longestWait, choice) }
    guard case .replica(let replica) = choice else { return nil }
    return replica.index
  }

  @inline(__always)
  mutating func send(_ request: QueuedRequest, to replica: Int) {
    if isScaling { scrape.send(to: Int(request.model)) }
    bank.enqueue(request, at: replica, now: now)
    let hasRoom = bank.hasRoom(replica)
    board.update(replica) {
      $0.outstanding += 1
      $0.hasRoom = hasRoom
    }
  }

  private mutating func replicaHappening() {
    switch bank.next() {
    case .batchEnded(let lane, let replica, let count):
      let started = bank.startTime(of: lane)
      let model = board[replica].model
      for position in 0..<count {
        let request = bank.finished(position, in: lane)
        guard desk.hasBudget, let budget = desk.budget else {
          answer(request, by: model, started: started)
          continue
        }
        let pool = scenario.pools[places[placeOfReplica[replica]].pool]
        let prices = pool.cloud.prices
        answer(
          request, by: model, started: started,
          cost: budget.cost(
            of: now - request.arrival, batch: now - started, shared: count,
            lanes: pool.replicas.reduce(0) { $0 + Int64($1.model.lanes) },
            at: prices.changes[prices.position(at: now)].price))
      }
      bank.free(lane, now: now)
      settle(replica, ended: count)
    case .timer(let replica):
      bank.expire(replica, now: now)
      settle(replica, ended: 0)
    }
  }

  /// Ends the requests that a replica dropped besides those that it answered, and lets it go where it was only
  /// finishing.
  private mutating func settle(_ replica: Int, ended: Int) {
    var gone = Int32(truncatingIfNeeded: ended + bank.expired.count)
    if !bank.expired.isEmpty {
      board.update(replica) { $0.outstanding -= gone }
      gone = 0
      // One may make its call again elsewhere, which changes the list of those who gave up.
      var position = 0
      while position < bank.expired.count {
        fail(bank.expired[position], .timedOut)
        position += 1
      }
      bank.expired.removeAll(keepingCapacity: true)
    }
    let hasRoom = bank.hasRoom(replica)
    board.update(replica) {
      $0.outstanding -= gone
      $0.hasRoom = hasRoom
    }
    if drainingMachines > 0 {
      releaseIfEmpty(placeOfReplica[replica])
      workInbox()
    }
  }
}
