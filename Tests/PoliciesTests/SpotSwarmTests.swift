// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("The spot manager in a hostile cloud")
struct SpotSwarmTests {
  private enum Life { case starting, ready, leaving, gone }

  /// A cloud that grants, refuses, takes back and repeats itself at random.
  private struct Cloud {
    let pools: [SpotManager.Configuration.Pool]
    var manager: SpotManager
    var stream: RandomStream
    var now: Int64 = 0
    var machines: [(pool: Int, life: Life)] = []
    var launches: [(pool: Int, isOpen: Bool, isAnswered: Bool)] = []
    var faults: [String] = []

    init(seed: UInt64) {
      stream = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: 2)
      pools = [
        .init(market: .onDemand, wanted: 2, maximum: 6),
        .init(market: .onDemand, wanted: 0, maximum: 6),
        .init(market: .spot, wanted: 2, maximum: 4, zone: "a"),
        .init(market: .spot, wanted: 1, maximum: 4, zone: "a"),
        .init(market: .spot, wanted: 1, maximum: 9, zone: "b"),
      ]
      manager = SpotManager(
        .init(
          pools: pools, fallsBackToOnDemand: true, fallbackHold: .seconds(60),
          failbackAfter: .minutes(10), initialBackOff: .seconds(180),
          maximumBackOff: .minutes(30), backsOffAfterInterruption: seed.isMultiple(of: 2),
          expectedStart: .seconds(Int64(seed % 3) * 100)))
      send(.started)
    }

    /// Tells the manager, now and then twice, and carries out what it asks for.
    mutating func send(_ event: SpotManager.Event) {
      for _ in 0...(stream.next() % 4 == 0 ? 1 : 0) {
        var effects = EffectBuffer<SpotManager.Effect>()
        manager.step(event, at: .start + .seconds(now), into: &effects)
        for effect in effects.effects { carryOut(effect) }
      }
    }

    private mutating func carryOut(_ effect: SpotManager.Effect) {
      switch effect {
      case .launch(let id, let pool):
        if id.index != launches.count { faults.append("launch \(id.index) out of order") }
        launches.append((pool.index, true, false))
        let used =
          machines.count { $0.pool == pool.index && ($0.life == .starting || $0.life == .ready) }
          + launches.count { $0.pool == pool.index && $0.isOpen }
        if used > pools[pool.index].maximum { faults.append("too many in \(pool.index)") }
      case .cancel(let id):
        if !launches[id.index].isOpen { faults.append("cancelled twice") }
        launches[id.index].isOpen = false
      case .cordon(let id), .release(let id):
        let life = machines[id.index].life
        if life == .leaving || life == .gone { faults.append("ended twice") }
        machines[id.index].life = .leaving
      case .evacuate(let id):
        if machines[id.index].life != .leaving { faults.append("evacuated out of turn") }
      case .avoid, .wake:
        break
      }
    }

    mutating func grant(_ launch: Int) {
      launches[launch].isOpen = false
      launches[launch].isAnswered = true
      machines.append((launches[launch].pool, .starting))
      send(.launched(LaunchID(launch), MachineID(machines.count - 1)))
    }

    mutating func refuse(_ launch: Int) {
      launches[launch].isOpen = false
      launches[launch].isAnswered = true
      send(.launchFailed(LaunchID(launch), .insufficientCapacity))
    }

    /// Does one thing at random; a cancelled launch may be granted all the same.
    mutating func disturb() {
      now += Int64(stream.next() % 60)
      let open = launches.indices.filter { !launches[$0].isAnswered }
      let known = machines.indices.filter { machines[$0].life != .gone }
      switch stream.next() % 8 {
      case 0: send(.target(machines: Int(stream.next() % 16)))
      case 1: send(.wake)
      case 2, 3: if let launch = pick(open) { grant(launch) }
      case 4: if let launch = pick(open) { refuse(launch) }
      case 5: if let machine = pick(known) { makeReady(machine) }
      case 6: if let machine = pick(known) { notice(machine) }
      default: if let machine = pick(known) { end(machine) }
      }
    }

    private mutating func pick(_ choices: [Int]) -> Int? {
      choices.isEmpty ? nil : choices[Int(stream.next() % UInt64(choices.count))]
    }

    mutating func makeReady(_ machine: Int) {
      if machines[machine].life == .starting { machines[machine].life = .ready }
      send(.ready(MachineID(machine)))
    }

    private mutating func notice(_ machine: Int) {
      send(.noticed(MachineID(machine), deadline: .start + .seconds(now + 120)))
    }

    private mutating func end(_ machine: Int) {
      machines[machine].life = .gone
      send(.gone(MachineID(machine)))
    }

    /// Lets everything come to rest: all launches are granted, all machines become ready.
    mutating func settle() {
      for _ in 0..<12 {
        for launch in launches.indices where !launches[launch].isAnswered { grant(launch) }
        for machine in machines.indices where machines[machine].life == .starting {
          makeReady(machine)
        }
        for machine in machines.indices where machines[machine].life == .leaving { end(machine) }
        now += 7_200
        send(.wake)
      }
    }

    func ready(_ market: Market) -> Int {
      machines.count { $0.life == .ready && pools[$0.pool].market == market }
    }
  }

  @Test("asks for nothing twice or too much, and ends at its target", arguments: 0..<60)
  func swarm(seed: UInt64) {
    var cloud = Cloud(seed: seed)
    for _ in 0..<400 { cloud.disturb() }
    #expect(cloud.faults == [])
    // Spot holds 4 + 4 + 9 machines, so a target of up to 2 + 17 needs nothing more on demand.
    for target in [11, 19, 1, 6] {
      cloud.send(.target(machines: target))
      cloud.settle()
      #expect(cloud.ready(.onDemand) == 2)
      #expect(cloud.ready(.spot) == max(0, target - 2))
    }
    #expect(cloud.faults == [])
  }
}
