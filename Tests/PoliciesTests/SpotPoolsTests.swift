// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager over several pools")
struct SpotPoolsTests {
  private typealias Pool = SpotManager.Configuration.Pool

  private static func price(_ dollars: Double) -> HourlyPrice {
    HourlyPrice(nanodollarsPerHour: Int64((dollars * 1e9).rounded()))
  }

  private static func configuration(_ pools: [Pool]) -> SpotManager.Configuration {
    SpotManager.Configuration(
      pools: pools, fallsBackToOnDemand: false, fallbackHold: .minutes(5),
      failbackAfter: .minutes(10), initialBackOff: .minutes(3), maximumBackOff: .minutes(30))
  }

  /// A manager with what it asked for, and a shorthand to tell it things.
  private struct Driven {
    var manager: SpotManager
    var launches: [(id: LaunchID, pool: Int)] = []
    var released: [Int] = []
    var cordoned: [Int] = []

    init(_ configuration: SpotManager.Configuration) {
      manager = SpotManager(configuration)
    }

    mutating func tell(_ event: SpotManager.Event, at seconds: Int64 = 0) {
      var effects = EffectBuffer<SpotManager.Effect>()
      manager.step(event, at: .start + .seconds(seconds), into: &effects)
      for effect in effects.effects {
        switch effect {
        case .launch(let id, let pool): launches.append((id, pool.index))
        case .release(let machine): released.append(machine.index)
        case .cordon(let machine): cordoned.append(machine.index)
        case .cancel, .wake: break
        }
      }
    }

    func launched(in pool: Int) -> Int { launches.count { $0.pool == pool } }
  }

  private static let base = Pool(
    market: .onDemand, wanted: 2, maximum: 6, price: price(32.77), throughput: 640)

  private static func spot(_ dollars: Double, throughput: Double = 640, maximum: Int = 4) -> Pool {
    Pool(
      market: .spot, wanted: 0, maximum: maximum, price: price(dollars), throughput: throughput)
  }

  @Test("2.5.6: takes a p5 only if it answers as many times more as it costs more")
  func poolChoice() {
    // Spot prices of June 2025: p4d 7.246, p5 26.419 USD/h, 3.646 times as much.
    var base = Self.base
    base.throughput = 100
    for (factor, first) in [(3.6, 1), (3.7, 2)] {
      var driven = Driven(
        Self.configuration([
          base, Self.spot(7.246, throughput: 100),
          Self.spot(26.419, throughput: 100 * factor),
        ]))
      driven.tell(.started)
      driven.launches = []
      driven.tell(.target(machines: 3))
      #expect(driven.launches.map(\.pool) == [first])
    }
  }

  @Test("spreads evenly over pools, leaves out what is dearer than on demand, keeps to the maximum")
  func spread() {
    var driven = Driven(
      Self.configuration([Self.base, Self.spot(10), Self.spot(9), Self.spot(40)]))
    driven.tell(.started)
    driven.launches = []
    driven.tell(.target(machines: 7))
    #expect(driven.launched(in: 1) == 2 && driven.launched(in: 2) == 3)
    #expect(driven.launched(in: 3) == 0)
    driven.tell(.target(machines: 100))
    #expect(driven.launched(in: 1) == 4 && driven.launched(in: 2) == 4)
  }

  @Test("gives back the youngest of what no pool wants any more, and nothing on demand")
  func shrink() {
    var driven = Driven(Self.configuration([Self.base, Self.spot(9)]))
    for machine in 0..<2 { driven.tell(.adopted(MachineID(machine), pool: PoolID(0))) }
    for machine in 2..<5 { driven.tell(.adopted(MachineID(machine), pool: PoolID(1))) }
    driven.tell(.started)
    driven.tell(.target(machines: 5))
    driven.tell(.target(machines: 3))
    #expect(driven.released == [4, 3])
    driven.tell(.target(machines: 0))
    #expect(driven.released == [4, 3, 2])
  }

  @Test("2.5.1 and 2.5.2: asks for one replacement at the notice, however often it is told")
  func oneReplacement() {
    var driven = Driven(Self.configuration([Self.base, Self.spot(9)]))
    for machine in 0..<2 { driven.tell(.adopted(MachineID(machine), pool: PoolID(0))) }
    for machine in 2..<6 { driven.tell(.adopted(MachineID(machine), pool: PoolID(1))) }
    driven.tell(.started)
    driven.tell(.target(machines: 6))
    #expect(driven.launches.isEmpty)
    let notice = SpotManager.Event.noticed(MachineID(3), deadline: .start + .seconds(1_120))
    for _ in 0..<3 { driven.tell(notice, at: 1_000) }
    #expect(driven.launches.count == 1 && driven.cordoned == [3])
    driven.tell(.gone(MachineID(3)), at: 1_120)
    driven.tell(.gone(MachineID(3)), at: 1_121)
    driven.tell(notice, at: 1_122)
    driven.tell(.noticed(MachineID(77), deadline: .start), at: 1_123)
    #expect(driven.launches.count == 1 && driven.cordoned == [3])
  }

  @Test("passes over a pool that took a machine back, for twice as long the second time")
  func backOff() {
    var configuration = Self.configuration([Self.base, Self.spot(9), Self.spot(10)])
    configuration.backsOffAfterInterruption = true
    var driven = Driven(configuration)
    driven.tell(.adopted(MachineID(0), pool: PoolID(1)))
    driven.tell(.started)
    driven.tell(.target(machines: 3))
    driven.launches = []
    driven.tell(.gone(MachineID(0)), at: 100)
    #expect(driven.launches.map(\.pool) == [2])
    driven.tell(.launched(driven.launches[0].id, MachineID(1)), at: 105)
    driven.tell(.gone(MachineID(1)), at: 110)
    // Both are in back-off now; the first is asked again after its three minutes.
    #expect(driven.launches.count == 1)
    driven.tell(.wake, at: 279)
    #expect(driven.launches.count == 1)
    driven.tell(.wake, at: 290)
    #expect(driven.launches.count == 2)
  }

  @Test("asks for all at once when every pool is taken at once")
  func massInterruption() {
    var driven = Driven(Self.configuration([Self.base, Self.spot(9), Self.spot(9)]))
    for machine in 0..<4 {
      driven.tell(.adopted(MachineID(machine), pool: PoolID(1 + machine % 2)))
    }
    driven.tell(.started)
    driven.tell(.target(machines: 6))
    driven.launches = []
    for machine in 0..<4 {
      driven.tell(.noticed(MachineID(machine), deadline: .start + .seconds(120)), at: 0)
    }
    #expect(driven.launches.count == 4)
  }

  @Test("keeps more than is wanted where it is told to")
  func overprovision() {
    var configuration = Self.configuration([Self.base, Self.spot(9)])
    configuration.overprovision = 1
    var driven = Driven(configuration)
    driven.tell(.started)
    driven.launches = []
    driven.tell(.target(machines: 4))
    #expect(driven.launched(in: 1) == 3)
    driven.tell(.target(machines: 2))
    #expect(driven.launched(in: 1) == 3)
  }

  @Test("by the reference rule replaces late, whatever it costs, and keeps what stands in for good")
  func reference() {
    var configuration = Self.configuration([Self.base, Self.spot(9), Self.spot(29)])
    configuration.rule = .reference
    var driven = Driven(configuration)
    for machine in 0..<2 { driven.tell(.adopted(MachineID(machine), pool: PoolID(0))) }
    for machine in 2..<4 { driven.tell(.adopted(MachineID(machine), pool: PoolID(1))) }
    driven.tell(.started)
    driven.tell(.noticed(MachineID(2), deadline: .start + .seconds(120)))
    #expect(driven.launches.isEmpty && driven.cordoned == [2])
    driven.tell(.gone(MachineID(2)), at: 120)
    #expect(driven.launches.map(\.pool) == [1])
    driven.tell(.launchFailed(driven.launches[0].id, .insufficientCapacity), at: 125)
    #expect(driven.launches.map(\.pool) == [1, 0])
    driven.tell(.launched(driven.launches[1].id, MachineID(4)), at: 130)
    driven.tell(.ready(MachineID(4)), at: 500)
    driven.tell(.wake, at: 50_000)
    #expect(driven.released.isEmpty)
    driven.tell(.gone(MachineID(3)), at: 60_000)
    #expect(driven.launches.map(\.pool) == [1, 0, 2])
  }
}
