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
  /// Lets the cloud recommend to move from a machine.
  mutating func recommend(_ machine: Int) {
    guard cloud.machines[machine].state != .gone else { return }
    note(.recommended, pool: cloud.pool(of: machine), machine: machine)
    tell(.rebalanceRecommended(MachineID(machine)))
  }

  /// Lets the cloud say that it will take a machine back.
  mutating func notice(_ machine: Int) {
    guard cloud.machines[machine].state != .gone else { return }
    let place = cloud.machines[machine].place
    note(.noticed, pool: cloud.places[place].pool, machine: machine)
    tell(.noticed(MachineID(machine), deadline: cloud.machines[machine].interruption))
  }

  /// Lets a machine serve that has booted and loaded.
  mutating func becomeReady(_ machine: Int) {
    guard cloud.machines[machine].state == .starting else { return }
    note(.ready, pool: cloud.pool(of: machine), machine: machine)
    serve(machine)
    tell(.ready(MachineID(machine)))
  }

  /// Opens the replicas of a machine.
  mutating func serve(_ machine: Int) {
    cloud.move(machine, to: .serving)
    cloud.machines[machine].servesFrom = now
    let (replicas, lanes) = replicas(of: machine)
    engineTime.overhead += MachineTime(now - cloud.machines[machine].rental.from, times: lanes)
    for replica in replicas {
      engine.open(replica, at: now)
      let (accepts, hasRoom) = (!cloud.machines[machine].isCordoned, engine.hasRoom(replica))
      path.replicaChanged(ReplicaID(replica), .room(hasRoom), at: now)
      setAccepts(accepts, replica)
    }
  }

  /// The replicas of a machine, and how many lanes they have together.
  private func replicas(of machine: Int) -> (replicas: [Int], lanes: Int) {
    let replicas = cloud.places[cloud.machines[machine].place].replicas
    return (replicas, replicas.reduce(0) { $0 + engine.lanes(of: $1) })
  }

  /// Lets a replica accept requests, or no more.
  private mutating func setAccepts(_ accepts: Bool, _ replica: Int) {
    guard path[ReplicaID(replica)].acceptsRequests != accepts else { return }
    advanceFluid()
    path.replicaChanged(ReplicaID(replica), .accepts(accepts), at: now)
    fluid.limit.set(replica, accepts: accepts)
  }

  // MARK: Ending

  /// Lets the replicas of a machine accept no more requests.
  mutating func cordon(_ machine: Int) {
    cloud.cordon(machine)
    for replica in replicas(of: machine).replicas { setAccepts(false, replica) }
  }

  /// Gives a machine back, once its requests have ended.
  mutating func release(_ machine: Int) {
    guard cloud.machines[machine].state == .starting || cloud.machines[machine].state == .serving
    else {
      return
    }
    cordon(machine)
    if cloud.isIdeal || cloud.machines[machine].state == .starting {
      note(.released, pool: cloud.pool(of: machine), machine: machine)
      end(machine)
    } else {
      // It goes when its requests have ended.
      journal.draws.requestsReachMachines = true
      cloud.move(machine, to: .draining)
      cloud.drainingMachines += 1
      releaseIfEmpty(cloud.machines[machine].place)
    }
  }

  /// Gives a draining machine back once its replicas hold no request.
  mutating func releaseIfEmpty(_ place: Int) {
    guard let machine = cloud.places[place].machine, cloud.machines[machine].state == .draining,
      replicas(of: machine).replicas.allSatisfy({ path[ReplicaID($0)].outstanding == 0 })
    else { return }
    note(.released, pool: cloud.places[place].pool, machine: machine)
    end(machine)
  }

  /// Moves what a machine still serves to others before it is taken back; an empty one is left alone.
  mutating func evacuate(_ machine: Int) {
    let replicas = replicas(of: machine).replicas
    guard cloud.machines[machine].state == .serving,
      replicas.contains(where: { path[ReplicaID($0)].outstanding > 0 })
    else { return }
    journal.draws.requestsReachMachines = true
    cloud.machines[machine].closedAt = now
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
    if !requests.displaced.isEmpty && !requests.isRedispatchDue {
      requests.isRedispatchDue = true
      events.schedule(.redispatch, at: now, .policy)
    }
  }

  /// Ends a machine; the requests that its replicas held look for another.
  mutating func end(_ machine: Int) {
    let place = cloud.machines[machine].place
    let (replicas, lanes) = replicas(of: machine)
    if cloud.machines[machine].state == .starting {
      engineTime.overhead += MachineTime(now - cloud.machines[machine].rental.from, times: lanes)
    }
    if cloud.machines[machine].state == .draining { cloud.drainingMachines -= 1 }
    if let closed = cloud.machines[machine].closedAt {
      engineTime.overhead += MachineTime(now - closed, times: lanes)
    }
    close(replicas)
    cloud.move(machine, to: .gone)
    cloud.machines[machine].rental.to = now
    cloud.places.vacate(place)
    tell(.gone(MachineID(machine)))
    // In an ideal cloud the place may be wanted by a launch that found none, and its quota by one of another pool.
    fulfilOpenLaunches(of: cloud.places[place].pool)
    if !scenario.fleet.quotas.isEmpty {
      for pool in scenario.fleet.pools.indices { fulfilOpenLaunches(of: pool) }
    }
  }

  /// Sends the requests of lost replicas to others, once all that is lost at this instant is lost.
  mutating func redispatch() {
    requests.isRedispatchDue = false
    let tickets = requests.displaced.sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
    requests.displaced.removeAll(keepingCapacity: true)
    for var ticket in tickets {
      let effect = path.retryDue(&ticket, at: now)
      carryOut(effect, for: ticket)
    }
  }
}
