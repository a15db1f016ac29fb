// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import EventKernel
import Policies
import Quantities
import RandomStreams
import Recording
import ReplicaModel
import RequestPath
import Serving

extension Replication where Engine: ~Copyable {
  /// Lets one rare event happen, and the manager act on it.
  mutating func happen(_ happening: FleetHappening) {
    switch happening {
    case .capacityChange(let capacity): change(capacity)
    case .interruption(let machine):
      if machines[machine].state != .gone { interrupt(machine) }
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

  // MARK: Capacity

  private mutating func change(_ capacity: Int) {
    let covered = capacities[capacity].places
    for place in covered { places.countUpTime(place, until: now, horizon: horizonEnd) }
    let before = capacities[capacity].process.count
    capacities[capacity].process.change()
    for place in covered {
      let isUp = places[place].capacities.allSatisfy {
        capacities[$0].allows(places[place].index)
      }
      places.setUp(place, since: isUp ? now : nil)
    }
    for pool in capacities[capacity].pools {
      capacityDigests[pool] = mixed(
        capacityDigests[pool] ^ UInt64(bitPattern: now.nanoseconds)
          ^ UInt64(capacities[capacity].entity) << 32)
    }
    schedule(
      .capacityChange(capacity: capacity), at: capacities[capacity].process.nextChange, .capacity)
    if capacities[capacity].drop != .block {
      // Those that it covered and no longer does.
      let after = capacities[capacity].process.count
      let lost = after..<max(before, after)
      for place in covered where lost.contains(places[place].index) {
        if let machine = places[place].machine { interrupt(machine) }
      }
    }
    for pool in capacities[capacity].pools { fulfilOpenLaunches(of: pool) }
  }

  private mutating func interrupt(_ machine: Int) {
    log(.interrupted, pool: places[machines[machine].place].pool, machine: machine)
    machines[machine].rental.wasInterrupted = true
    end(machine)
  }

  /// Gives the places that can be had to the launches that wait for one; none waits unless ideal.
  private mutating func fulfilOpenLaunches(of pool: Int) {
    while let id = openLaunches[pool].first, !isOverQuota(pool),
      let place = places.firstFree(in: pool)
    {
      openLaunches[pool].removeFirst()
      // One that was withdrawn waits no more.
      if launches[id.index] != nil { start(id, in: place) }
    }
  }

  // MARK: Launching

  private mutating func launch(_ id: LaunchID, in pool: Int) {
    while launches.count <= id.index { launches.append(nil) }
    launches[id.index] = pool
    pendingLaunches += 1
    log(.requested, pool: pool, machine: -1)
    switch scenario.pools[pool].cloud.launch {
    case .ideal:
      if !isOverQuota(pool), let place = places.firstFree(in: pool) {
        start(id, in: place)
      } else {
        openLaunches[pool].append(id)
      }
    case .staged:
      let cloud = scenario.pools[pool].cloud
      if cloud.launch.isAnswerRandom { draws.note(.launchAnswer) }
      let stream = cloudStream(.launchAnswer, entityNumber(of: cloud.name))
      let time = cloud.launch.answerTime(launch: launchesOfPool[pool], from: stream)
      launchesOfPool[pool] += 1
      events.schedule(.launchAnswer(id), at: now + time, .machine)
    }
  }

  private mutating func answer(_ id: LaunchID) {
    guard let pool = launches[id.index] else { return }
    if isOverQuota(pool) {
      refuse(id, in: pool, .overQuota, .quotaExceeded)
    } else if let place = places.firstFree(in: pool) ?? keptPlace(in: pool) {
      start(id, in: place)
    } else {
      refuse(id, in: pool, .refused, .insufficientCapacity)
    }
  }

  private mutating func refuse(
    _ id: LaunchID, in pool: Int, _ event: FleetEvent.Kind, _ failure: LaunchFailure
  ) {
    launches[id.index] = nil
    pendingLaunches -= 1
    log(event, pool: pool, machine: -1)
    tell(.launchFailed(id, failure))
  }

  /// A place that a capacity reservation keeps free, whatever can be had.
  private func keptPlace(in pool: Int) -> Int? {
    let kept = scenario.commitments.capacity.reduce(0) {
      $1.keeps(scenario.pools[pool].cloud) ? $0 + $1.machines : $0
    }
    return places.held(in: pool) < kept ? places.firstEmpty(in: pool) : nil
  }

  /// Whether one machine more of a pool would be more than the account may have.
  ///
  /// - Complexity: O(quotas × pools).
  func isOverQuota(_ pool: Int) -> Bool {
    scenario.quotas.contains { quota in
      guard quota.counts(scenario.pools[pool].cloud) else { return false }
      let held = scenario.pools.indices.reduce(0) {
        quota.counts(scenario.pools[$1].cloud) ? $0 + places.held(in: $1) : $0
      }
      return held >= quota.machines
    }
  }

  private mutating func start(_ id: LaunchID, in place: Int) {
    launches[id.index] = nil
    pendingLaunches -= 1
    let pool = places[place].pool
    let machine = rent(place)
    log(.launched, pool: pool, machine: machine)
    tell(.launched(id, MachineID(machine)))
    if scenario.pools[pool].cloud.launch.isStartRandom { draws.note(.launch) }
    let stream = cloudStream(.launch, places[place].entity)
    let time = scenario.pools[pool].cloud.launch.startTime(
      machine: places[place].launches, from: stream)
    if isIdeal {
      becomeReady(machine)
    } else {
      events.schedule(.ready(machine: machine), at: now + time, .machine)
    }
    scheduleInterruption(of: machine, isNew: true)
  }

  /// A machine that was there before the beginning, for nobody knows how long.
  mutating func adopt(place: Int) {
    let machine = rent(place)
    tell(.adopted(MachineID(machine), pool: PoolID(places[place].pool)))
    serve(machine)
    scheduleInterruption(of: machine, isNew: false)
  }

  private mutating func rent(_ place: Int) -> Int {
    places.rent(place, machines.count)
    machines.append(
      Machine(
        place: place, rental: Rental(pool: places[place].pool, from: now, to: .never),
        state: .starting))
    return machines.count - 1
  }

  /// Finds out when the cloud takes a machine back, and schedules what it says before.
  ///
  /// Whatever takes machines is known ahead: every capacity knows when it falls, the machine how long it
  /// lives, and shocks come whatever anyone does.
  private mutating func scheduleInterruption(of machine: Int, isNew: Bool) {
    let place = places[machines[machine].place]
    let cloud = scenario.pools[place.pool].cloud
    let falls = place.capacities.reduce(Instant.never) {
      min($0, capacities[$1].takes(place.index))
    }
    var own = cloudStream(.lifetime, place.entity).draws(of: place.launches)
    let first = own.nextIndex
    var alone = cloud.life(isNew: isNew, from: &own).map { now + $0 } ?? .never
    if own.nextIndex != first { draws.note(.lifetime) }
    for shock in cloud.shocks {
      draws.note(.shocks)
      let law = scenario.shocks[shock]
      let victims = cloudStream(.shockVictims, place.entity ^ law.entity)
      let limit = min(falls, alone, horizonEnd)
      alone = min(alone, shocks[shock].next(after: now, before: limit, victims: victims) ?? .never)
    }
    if alone < falls { schedule(.interruption(machine: machine), at: alone, .capacity) }
    let end = min(falls, alone)
    machines[machine].interruption = end
    guard end != .never else { return }
    if cloud.notice.isRandom { draws.note(.notice) }
    let times = cloud.notice.times(
      of: end, after: now, machine: place.launches,
      from: cloudStream(.notice, place.entity))
    if let time = times.rebalance {
      events.schedule(.recommendation(machine: machine), at: time, .notice)
    }
    if let time = times.notice { events.schedule(.notice(machine: machine), at: time, .notice) }
    noteInterruption(from: times.notice ?? end, until: end)
  }

  private mutating func recommend(_ machine: Int) {
    guard machines[machine].state != .gone else { return }
    log(.recommended, pool: places[machines[machine].place].pool, machine: machine)
    tell(.rebalanceRecommended(MachineID(machine)))
  }

  private mutating func notice(_ machine: Int) {
    guard machines[machine].state != .gone else { return }
    let place = machines[machine].place
    log(.noticed, pool: places[place].pool, machine: machine)
    tell(.noticed(MachineID(machine), deadline: machines[machine].interruption))
  }

  private mutating func becomeReady(_ machine: Int) {
    guard machines[machine].state == .starting else { return }
    log(.ready, pool: places[machines[machine].place].pool, machine: machine)
    serve(machine)
    tell(.ready(MachineID(machine)))
  }

  /// Notes where a machine stands from now on.
  private mutating func move(_ machine: Int, to state: Machine.State) {
    places.count(machines[machine], -1)
    machines[machine].state = state
    places.count(machines[machine], 1)
  }

  private mutating func serve(_ machine: Int) {
    move(machine, to: .serving)
    machines[machine].servesFrom = now
    let (replicas, lanes) = replicas(of: machine)
    overheadLaneTime += MachineTime(now - machines[machine].rental.from, times: lanes)
    for replica in replicas {
      engine.open(replica, at: now)
      let (accepts, hasRoom) = (!machines[machine].isCordoned, engine.hasRoom(replica))
      path.replicaChanged(ReplicaID(replica), .room(hasRoom), at: now)
      setAccepts(accepts, replica)
    }
  }

  /// The replicas of a machine, and how many lanes they have together.
  private func replicas(of machine: Int) -> (replicas: [Int], lanes: Int) {
    let replicas = places[machines[machine].place].replicas
    return (replicas, replicas.reduce(0) { $0 + engine.lanes(of: $1) })
  }

  /// Lets a replica accept requests, or no more.
  private mutating func setAccepts(_ accepts: Bool, _ replica: Int) {
    guard path[ReplicaID(replica)].acceptsRequests != accepts else { return }
    advanceFluid()
    path.replicaChanged(ReplicaID(replica), .accepts(accepts), at: now)
    fluid.set(replica, accepts: accepts)
  }

  // MARK: Ending

  private mutating func cordon(_ machine: Int) {
    places.count(machines[machine], -1)
    machines[machine].isCordoned = true
    places.count(machines[machine], 1)
    for replica in replicas(of: machine).replicas { setAccepts(false, replica) }
  }

  private mutating func release(_ machine: Int) {
    guard machines[machine].state == .starting || machines[machine].state == .serving else {
      return
    }
    cordon(machine)
    if isIdeal || machines[machine].state == .starting {
      log(.released, pool: places[machines[machine].place].pool, machine: machine)
      end(machine)
    } else {
      // It goes when its requests have ended.
      draws.requestsReachMachines = true
      move(machine, to: .draining)
      drainingMachines += 1
      releaseIfEmpty(machines[machine].place)
    }
  }

  /// Gives a draining machine back once its replicas hold no request.
  mutating func releaseIfEmpty(_ place: Int) {
    guard let machine = places[place].machine, machines[machine].state == .draining,
      replicas(of: machine).replicas.allSatisfy({ path[ReplicaID($0)].outstanding == 0 })
    else { return }
    log(.released, pool: places[place].pool, machine: machine)
    end(machine)
  }

  /// Moves what a machine still serves to others before it is taken back; an empty one is left alone.
  private mutating func evacuate(_ machine: Int) {
    let replicas = replicas(of: machine).replicas
    guard machines[machine].state == .serving,
      replicas.contains(where: { path[ReplicaID($0)].outstanding > 0 })
    else { return }
    draws.requestsReachMachines = true
    machines[machine].closedAt = now
    close(replicas)
  }

  /// Closes replicas; the requests that they held look for others at this instant.
  private mutating func close(_ replicas: [Int]) {
    for replica in replicas where engine.isReady(replica) {
      for ticket in engine.close(replica, at: now) {
        carryOut(path.failed(ticket, .lost, at: now), for: ticket)
      }
      setAccepts(false, replica)
      path.replicaChanged(ReplicaID(replica), .lost, at: now)
    }
    if !displaced.isEmpty && !isRedispatchDue {
      isRedispatchDue = true
      events.schedule(.redispatch, at: now, .policy)
    }
  }

  /// Ends a machine; the requests that its replicas held look for another.
  private mutating func end(_ machine: Int) {
    let place = machines[machine].place
    let (replicas, lanes) = replicas(of: machine)
    if machines[machine].state == .starting {
      overheadLaneTime += MachineTime(now - machines[machine].rental.from, times: lanes)
    }
    if machines[machine].state == .draining { drainingMachines -= 1 }
    if let closed = machines[machine].closedAt {
      overheadLaneTime += MachineTime(now - closed, times: lanes)
    }
    close(replicas)
    move(machine, to: .gone)
    machines[machine].rental.to = now
    places.vacate(place)
    tell(.gone(MachineID(machine)))
    // In an ideal cloud the place may be wanted by a launch that found none, and its quota by one of another pool.
    fulfilOpenLaunches(of: places[place].pool)
    if !scenario.quotas.isEmpty {
      for pool in scenario.pools.indices { fulfilOpenLaunches(of: pool) }
    }
  }

  /// Sends the requests of lost replicas to others, once all that is lost at this instant is lost.
  private mutating func redispatch() {
    isRedispatchDue = false
    let requests = displaced.sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
    displaced.removeAll(keepingCapacity: true)
    for var ticket in requests {
      let effect = path.retryDue(&ticket, at: now)
      carryOut(effect, for: ticket)
    }
  }

  // MARK: The manager

  /// Tells the manager how many machines the schedule of a pool asks for, from now until it changes.
  mutating func followSchedule(of pool: Int) {
    guard let schedule = scenario.pools[pool].schedule else { return }
    let machines = schedule.machines(at: now)
    tell(
      .scheduled(
        pool: PoolID(pool), minimum: machines,
        maximum: max(machines, scenario.pools[pool].ceiling ?? 0)))
    if let next = schedule.nextChange(after: now) {
      events.schedule(.schedule(pool: pool), at: next.at, .policy)
    }
  }

  /// Puts an event into the manager's inbox.
  mutating func tell(_ event: SpotManager.Event) {
    managerInbox.append(event)
  }

  /// Lets the manager act on every event in its inbox, those that its own effects cause included.
  mutating func workInbox() {
    guard !managerInbox.isEmpty else { return }
    while inboxPosition < managerInbox.count {
      let event = managerInbox[inboxPosition]
      inboxPosition += 1
      effects.removeAll()
      manager.step(event, at: now, into: &effects)
      if logsMachines { path.log?.write(event, at: now, effects.effects, by: manager) }
      handOverDecisions()
      for effect in effects.effects { carryOut(effect) }
    }
    managerInbox.removeAll(keepingCapacity: true)
    inboxPosition = 0
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

  /// Withdraws a launch that waits; one that was sent to the cloud is answered all the same.
  private mutating func cancel(_ id: LaunchID) {
    guard let pool = launches[id.index], case .ideal = scenario.pools[pool].cloud.launch else {
      return
    }
    launches[id.index] = nil
    pendingLaunches -= 1
    tell(.launchFailed(id, .withdrawn))
  }

  // MARK: Recording

  private mutating func log(_ kind: FleetEvent.Kind, pool: Int, machine: Int) {
    guard now >= .start, now < horizonEnd else { return }
    fleetEvents.append(FleetEvent(time: now, kind: kind, pool: pool, machine: machine))
  }

  private mutating func sample() {
    for (number, pool) in scenario.pools.enumerated() {
      series.append(
        SeriesPoint(
          time: now, name: "machines_ready", pool: pool.cloud.name,
          value: Double(places.serving(in: number))))
    }
    let next = now + .hours(1)
    if next < horizonEnd { events.schedule(.sample, at: next, .sample) }
  }
}
