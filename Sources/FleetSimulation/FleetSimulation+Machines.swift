// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import EventKernel
import Policies
import Quantities
import RandomStreams
import Recording
import ReplicaModel
import Serving

extension FleetSimulation {
  /// Lets one rare event happen, and the manager act on it.
  mutating func happen(_ happening: FleetHappening) {
    switch happening {
    case .capacityChange(let place): changeCapacity(of: place)
    case .notice(let machine): notice(machine)
    case .launchAnswer(let launch): answer(launch)
    case .ready(let machine): becomeReady(machine)
    case .wake: tell(.wake)
    case .autoscale: autoscale()
    case .redispatch: redispatch()
    case .window(let part, let opens): change(part, opens: opens)
    case .interruptionAhead(let machine, let from, let until):
      if machines[machine].state != .gone { open(.eventful, from: from, until: until) }
    case .sample: sample()
    }
    workInbox()
  }

  // MARK: Capacity

  private mutating func changeCapacity(of place: Int) {
    places[place].countUpTime(until: now, horizon: horizonEnd)
    places[place].process.change()
    places[place].upSince = places[place].process.isUp ? now : nil
    let pool = places[place].pool
    capacityDigests[pool] = mixed(
      capacityDigests[pool] ^ UInt64(bitPattern: now.nanoseconds)
        ^ UInt64(places[place].entity) << 32)
    let next = places[place].process.nextChange
    if next != .never { events.schedule(.capacityChange(place: place), at: next, .capacity) }
    if places[place].process.isUp {
      fulfilOpenLaunches(of: places[place].pool)
    } else if let machine = places[place].machine {
      log(.interrupted, pool: places[place].pool, machine: machine)
      machines[machine].wasInterrupted = true
      end(machine)
    }
  }

  /// Gives the places that can be had to the launches that wait for one; none waits unless ideal.
  private mutating func fulfilOpenLaunches(of pool: Int) {
    while let position = openLaunches.firstIndex(where: { launches[$0.index] == pool }),
      let place = freePlace(in: pool)
    {
      start(openLaunches.remove(at: position), in: place)
    }
  }

  private func freePlace(in pool: Int) -> Int? {
    places.indices.first {
      places[$0].pool == pool && places[$0].machine == nil && places[$0].process.isUp
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
      if let place = freePlace(in: pool) { start(id, in: place) } else { openLaunches.append(id) }
    case .staged(let answer, _, _):
      events.schedule(.launchAnswer(id), at: now + answer, .machine)
    }
  }

  private mutating func answer(_ id: LaunchID) {
    guard let pool = launches[id.index] else { return }
    if let place = freePlace(in: pool) {
      start(id, in: place)
    } else {
      launches[id.index] = nil
      pendingLaunches -= 1
      log(.refused, pool: pool, machine: -1)
      tell(.launchFailed(id, .insufficientCapacity))
    }
  }

  private mutating func start(_ id: LaunchID, in place: Int) {
    launches[id.index] = nil
    pendingLaunches -= 1
    let pool = places[place].pool
    let machine = rent(place)
    log(.launched, pool: pool, machine: machine)
    tell(.launched(id, MachineID(machine)))
    let stream = launchStream(places[place].entity)
    let time = scenario.pools[pool].cloud.launch.startTime(
      machine: places[place].launches, from: stream)
    if isIdeal {
      becomeReady(machine)
    } else {
      events.schedule(.ready(machine: machine), at: now + time, .machine)
    }
    scheduleNotice(of: machine)
  }

  /// A machine that was there before the beginning.
  mutating func adopt(place: Int) {
    let machine = rent(place)
    tell(.adopted(MachineID(machine), pool: PoolID(places[place].pool)))
    serve(machine)
    scheduleNotice(of: machine)
  }

  private mutating func rent(_ place: Int) -> Int {
    places[place].machine = machines.count
    places[place].launches += 1
    machines.append(
      Machine(
        place: place, rental: Rental(pool: places[place].pool, from: now, to: .never),
        state: .starting))
    return machines.count - 1
  }

  private mutating func scheduleNotice(of machine: Int) {
    let place = machines[machine].place
    let end = places[place].process.nextChange
    guard end != .never else { return }
    let lead = scenario.pools[places[place].pool].cloud.notice
    if let lead { events.schedule(.notice(machine: machine), at: max(now, end - lead), .notice) }
    scheduleWindow(round: machine, from: max(now, end - (lead ?? .zero)), until: end)
  }

  private mutating func notice(_ machine: Int) {
    guard machines[machine].state != .gone else { return }
    let place = machines[machine].place
    log(.noticed, pool: places[place].pool, machine: machine)
    tell(.noticed(MachineID(machine), deadline: places[place].process.nextChange))
  }

  private mutating func becomeReady(_ machine: Int) {
    guard machines[machine].state == .starting else { return }
    log(.ready, pool: places[machines[machine].place].pool, machine: machine)
    serve(machine)
    tell(.ready(MachineID(machine)))
  }

  private mutating func serve(_ machine: Int) {
    machines[machine].state = .serving
    machines[machine].servesFrom = now
    let (replicas, lanes) = replicas(of: machine)
    overheadLaneTime += (now - machines[machine].rental.from) * lanes
    for replica in replicas {
      bank.open(replica, at: now)
      observations[replica].acceptsRequests = !machines[machine].isCordoned
      observations[replica].hasRoom = bank.hasRoom(replica)
    }
  }

  /// The replicas of a machine, and how many lanes they have together.
  private func replicas(of machine: Int) -> (replicas: [Int], lanes: Int64) {
    let replicas = places[machines[machine].place].replicas
    return (replicas, replicas.reduce(0) { $0 + Int64(bank.lanes(of: $1)) })
  }

  // MARK: Ending

  private mutating func cordon(_ machine: Int) {
    machines[machine].isCordoned = true
    for replica in replicas(of: machine).replicas { observations[replica].acceptsRequests = false }
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
      machines[machine].state = .draining
      drainingMachines += 1
      releaseIfEmpty(machines[machine].place)
    }
  }

  /// Gives a draining machine back once its replicas hold no request.
  mutating func releaseIfEmpty(_ place: Int) {
    guard let machine = places[place].machine, machines[machine].state == .draining,
      replicas(of: machine).replicas.allSatisfy({ observations[$0].outstanding == 0 })
    else { return }
    log(.released, pool: places[place].pool, machine: machine)
    end(machine)
  }

  /// Ends a machine; the requests that its replicas held look for another.
  private mutating func end(_ machine: Int) {
    let place = machines[machine].place
    let (replicas, lanes) = replicas(of: machine)
    if machines[machine].state == .starting {
      overheadLaneTime += (now - machines[machine].rental.from) * lanes
    }
    if machines[machine].state == .draining { drainingMachines -= 1 }
    for replica in replicas where bank.isReady(replica) {
      displaced += bank.close(replica, at: now)
      observations[replica].acceptsRequests = false
      observations[replica].outstanding = 0
    }
    machines[machine].state = .gone
    machines[machine].rental.to = now
    places[place].machine = nil
    if !displaced.isEmpty && !isRedispatchDue {
      isRedispatchDue = true
      events.schedule(.redispatch, at: now, .policy)
    }
    tell(.gone(MachineID(machine)))
    // In an ideal cloud the place may be wanted by a launch that found none.
    fulfilOpenLaunches(of: places[place].pool)
  }

  /// Sends the requests of lost replicas to others, once all that is lost at this instant is lost.
  private mutating func redispatch() {
    isRedispatchDue = false
    let requests = displaced.sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
    displaced.removeAll(keepingCapacity: true)
    for var request in requests {
      guard now.nanoseconds - request.arrival.nanoseconds < timeout else {
        fail(request, .timedOut)
        continue
      }
      guard Int(request.migrations) < scenario.migrationLimit else {
        fail(request, .failed)
        continue
      }
      request.migrations += 1
      request.enqueued = now
      migrations += 1
      dispatch(request, otherwise: .failed)
    }
  }

  // MARK: The manager

  /// Puts an event into the manager's inbox.
  mutating func tell(_ event: SpotManager.Event) {
    managerInbox.append(event)
  }

  /// Lets the manager act on every event in its inbox, those that its own effects cause included.
  mutating func workInbox() {
    while inboxPosition < managerInbox.count {
      let event = managerInbox[inboxPosition]
      inboxPosition += 1
      effects.removeAll()
      manager.step(event, at: now, into: &effects)
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
    case .release(let machine): release(machine.index)
    case .wake(let time): events.schedule(.wake, at: time, .policy)
    }
  }

  /// Withdraws a launch that waits; one that was sent to the cloud is answered all the same.
  private mutating func cancel(_ id: LaunchID) {
    guard let position = openLaunches.firstIndex(of: id) else { return }
    openLaunches.remove(at: position)
    launches[id.index] = nil
    pendingLaunches -= 1
  }

  // MARK: Recording

  private mutating func log(_ kind: FleetEvent.Kind, pool: Int, machine: Int) {
    guard now >= .start, now < horizonEnd else { return }
    fleetEvents.append(FleetEvent(time: now, kind: kind, pool: pool, machine: machine))
  }

  private mutating func sample() {
    for (number, pool) in scenario.pools.enumerated() {
      let serving = places.count { place in
        guard place.pool == number, let machine = place.machine else { return false }
        return machines[machine].state == .serving && !machines[machine].isCordoned
      }
      series.append(
        SeriesPoint(
          time: now, name: "machines_ready", pool: pool.cloud.name, value: Double(serving)))
    }
    let next = now + .hours(1)
    if next < horizonEnd { events.schedule(.sample, at: next, .sample) }
  }
}
