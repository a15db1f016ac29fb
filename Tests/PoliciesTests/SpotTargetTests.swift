// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

/// Numbers in brackets are the acceptance tests of `control-plane.md`.
@Suite("The spot manager with a target")
struct SpotTargetTests {
  private typealias Pool = SpotManager.Configuration.Pool

  private static func dollars(_ thousandths: Int64) -> HourlyPrice {
    HourlyPrice(nanodollarsPerHour: thousandths * 1_000_000)
  }

  private static func spot(
    _ thousandths: Int64, maximum: Int = 100, zone: String = "", throughput: Double = 1
  ) -> Pool {
    Pool(
      market: .spot, wanted: 0, maximum: maximum, zone: zone, price: dollars(thousandths),
      throughput: throughput)
  }

  private static func onDemand(_ wanted: Int, maximum: Int = 100) -> Pool {
    Pool(market: .onDemand, wanted: wanted, maximum: maximum, price: dollars(32_773))
  }

  /// The launches per pool after a target, for pools that are empty but for the on-demand floor.
  private static func layout(
    of machines: Int, over pools: [Pool],
    _ adjust: (inout SpotManager.Configuration) -> Void = { _ in }
  ) -> [Int] {
    var driver = SpotDriver(pools, fallback: false, adjust)
    driver.send(.target(machines: machines), at: 1)
    return driver.open(of: pools.count)
  }

  @Test("prefers p5 only if it serves 3.65 times what p4d does, at the prices of 2025-06")
  func poolChoice() {
    // $/h of spot p4d, p4de and p5; 26.419 / 7.246 = 3.646.
    func chosen(_ throughput: Double) -> [Int] {
      let pools = [
        Self.onDemand(0), Self.spot(7_246), Self.spot(9_606),
        Self.spot(26_419, throughput: throughput),
      ]
      return Self.layout(of: 1, over: pools)
    }
    #expect(chosen(1) == [0, 1, 0, 0])
    #expect(chosen(3.64) == [0, 1, 0, 0])
    #expect(chosen(3.65) == [0, 0, 0, 1])
  }

  @Test("counts what interruptions cost")
  func interruptionCost() {
    var cheap = Self.spot(7_000)
    cheap.interruptionCost = Self.dollars(3_000)
    #expect(Self.layout(of: 1, over: [cheap, Self.spot(9_999)]) == [0, 1])
    #expect(Self.layout(of: 1, over: [cheap, Self.spot(10_001)]) == [1, 0])
  }

  @Test("rents five on demand for target 6, base 2 and one ready spot machine")
  func spotHedge() {
    var driver = SpotDriver([Self.onDemand(2), Self.spot(7_246)], adopted: [2, 1])
    driver.send(.target(machines: 6), at: 1)
    // Two are there; three launches cover the three spot machines that are not ready.
    #expect(driver.open(of: 2) == [3, 3])
  }

  @Test("gives each of k pools at most the k-th part, the cheapest first")
  func spread() {
    let pools = [Self.spot(9_000), Self.spot(7_000), Self.spot(8_000)]
    #expect(Self.layout(of: 6, over: pools) == [2, 2, 2])
    // ceil(7 / 3) = 3: 3 in the cheapest, 3 in the next, 1 in the dearest.
    #expect(Self.layout(of: 7, over: pools) == [1, 3, 3])
  }

  @Test("raises the other pools' part where one is full, and never passes a maximum")
  func fullPools() {
    let pools = [Self.spot(7_000, maximum: 1), Self.spot(8_000), Self.spot(9_000)]
    // 1 + 3 + 3 = 7, so a part of 3 is enough for 6: 1 + 3 + 2.
    #expect(Self.layout(of: 6, over: pools) == [1, 3, 2])
    let small = [Self.spot(7_000, maximum: 1), Self.spot(8_000, maximum: 2)]
    #expect(Self.layout(of: 6, over: small) == [1, 2])
  }

  @Test("puts no more than the zone's share into one zone")
  func zones() {
    let pools = [
      Self.spot(7_000, zone: "a"), Self.spot(8_000, zone: "a"), Self.spot(9_000, zone: "b"),
    ]
    let laidOut = Self.layout(of: 6, over: pools) { $0.zoneCap = Share(billionths: 500_000_000) }
    #expect(laidOut[0] + laidOut[1] == 3)
    #expect(laidOut[2] == 3)
    #expect(Self.layout(of: 6, over: pools) == [2, 2, 2])
  }

  @Test("rejects a pool that is dearer per request than on demand")
  func dearPools() {
    let pools = [Self.onDemand(0), Self.spot(32_774), Self.spot(32_773)]
    #expect(Self.layout(of: 4, over: pools) == [0, 0, 4])
  }

  @Test("rents on demand for good what spot has no room for")
  func onDemandOnly() {
    #expect(Self.layout(of: 6, over: [Self.onDemand(2)]) == [4])
    #expect(Self.layout(of: 6, over: [Self.onDemand(2), Self.spot(7_000, maximum: 3)]) == [1, 3])
    #expect(Self.layout(of: 6, over: [Self.onDemand(2, maximum: 5)]) == [3])
  }

  @Test("keeps spare spot machines beyond the target")
  func overprovision() {
    let pools = [Self.onDemand(2), Self.spot(7_000), Self.spot(8_000)]
    #expect(Self.layout(of: 6, over: pools) { $0.overprovision = 1 } == [0, 3, 2])
  }

  @Test("needs no fallback while as many spot machines are ready as the target asks for")
  func spareCoversLoss() {
    var driver = SpotDriver([Self.onDemand(2), Self.spot(7_000)]) { $0.overprovision = 1 }
    driver.send(.target(machines: 4), at: 1)
    driver.fill(at: 2, in: 1)
    let effects = driver.send(.gone(MachineID(driver.machines - 1)), at: 3)
    #expect(effects.launchPools == [1])
  }

  @Test("passes a pool over that is left alone while another has room")
  func backOffPassedOver() {
    var driver = SpotDriver([Self.spot(7_000), Self.spot(8_000)], fallback: false)
    driver.send(.target(machines: 1), at: 1)
    #expect(
      driver.send(.launchFailed(LaunchID(0), .insufficientCapacity), at: 5)
        == [.launch(LaunchID(1), PoolID(1))])
  }

  @Test("waits for a pool that is left alone when the others have their part")
  func othersFull() {
    var driver = SpotDriver([Self.spot(7_000), Self.spot(8_000)], fallback: false)
    driver.send(.target(machines: 2), at: 1)
    // Launch 0 is the first pool's; the second has its part of one.
    #expect(
      driver.send(.launchFailed(LaunchID(0), .insufficientCapacity), at: 5)
        == [.wake(at: .start + .seconds(185))])
    #expect(driver.send(.wake, at: 185) == [.launch(LaunchID(2), PoolID(0))])
  }

  @Test("replaces an interrupted machine in another pool where the interrupted one is left alone")
  func replacedElsewhere() {
    var driver = SpotDriver([Self.spot(7_000), Self.spot(8_000)], fallback: false) {
      $0.backsOffAfterInterruption = true
    }
    driver.send(.target(machines: 3), at: 1)
    driver.fill(at: 2)
    // Part ceil(3 / 2) = 2: two in the first pool, one in the second.
    #expect(driver.send(.gone(MachineID(0)), at: 10).launchPools == [1])
  }

  @Test("gives back on-demand fallback first, then the dearest spot, the youngest of a pool first")
  func victims() {
    var driver = SpotDriver(
      [Self.onDemand(1), Self.spot(8_000), Self.spot(7_000)], failbackAfter: .hours(1),
      adopted: [1, 0, 0])
    driver.send(.target(machines: 5), at: 1)
    // Spot 4: launches 0 to 3 in pools 2, 2, 1, 1, then 4 to 7 on demand; machines 1 to 8.
    driver.fill(at: 2)
    let effects = driver.send(.target(machines: 2), at: 3)
    let victims = effects.released.map(\.index)
    #expect(victims == [8, 7, 6, 4, 3, 2])
  }

  @Test("never goes below the minimum on demand")
  func floor() {
    var driver = SpotDriver([Self.onDemand(2), Self.spot(7_000)])
    driver.send(.target(machines: 4), at: 1)
    driver.fill(at: 2)
    let effects = driver.send(.target(machines: -3), at: 3)
    #expect(!effects.released.contains(MachineID(0)))
    #expect(!effects.released.contains(MachineID(1)))
  }

  @Test("withdraws open launches before it releases machines, and releases what comes all the same")
  func lateAnswer() {
    var driver = SpotDriver([Self.spot(7_000)], fallback: false)
    driver.send(.target(machines: 2), at: 1)
    driver.fill(at: 2)
    driver.send(.target(machines: 3), at: 3)
    #expect(driver.send(.target(machines: 2), at: 4) == [.cancel(LaunchID(2))])
    #expect(
      driver.send(.launched(LaunchID(2), MachineID(9)), at: 5) == [.release(MachineID(9))])
    #expect(driver.send(.gone(MachineID(9)), at: 6) == [])
  }

  @Test("does nothing when it hears the same target twice")
  func sameTarget() {
    var driver = SpotDriver([Self.onDemand(2), Self.spot(7_000)])
    driver.send(.target(machines: 6), at: 1)
    #expect(driver.send(.target(machines: 6), at: 1) == [])
  }

  @Test("keeps a fallback machine for good where on demand has no room for one more")
  func keptFallback() {
    var driver = SpotDriver([Self.onDemand(1, maximum: 2), Self.spot(7_000, maximum: 2)])
    driver.send(.target(machines: 3), at: 1)
    driver.fill(at: 2, in: 0)
    // One on demand and one fallback fill the pool; target 4 wants two on demand and two spot.
    #expect(driver.send(.target(machines: 4), at: 3) == [])
    // Spot becomes whole: the machine stays, since it is no fallback any more.
    #expect(driver.fill(at: 4) == [])
  }
}
