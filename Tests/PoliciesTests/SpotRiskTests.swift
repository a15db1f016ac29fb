// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager and what may go wrong soon")
struct SpotRiskTests {
  private static func price(_ dollars: Double) -> HourlyPrice {
    HourlyPrice(nanodollarsPerHour: Int64(dollars * 1e9))
  }

  private static let pools: [SpotDriver.Pool] = [
    .init(market: .onDemand, wanted: 2, maximum: 6, price: price(32.77)),
    .init(market: .spot, wanted: 4, maximum: 8, price: price(9.83)),
  ]

  @Test("replaces a machine at risk while it serves, and gives it back once that one is ready")
  func atRisk() {
    var driver = SpotDriver(Self.pools, hold: .minutes(5))
    let told = driver.send(.rebalanceRecommended(MachineID(3)), at: 100)
    #expect(told == [.avoid(MachineID(3)), .launch(LaunchID(0), PoolID(1))])
    #expect(driver.send(.rebalanceRecommended(MachineID(3)), at: 101) == [])
    #expect(driver.grantAll(at: 105) == [MachineID(6)])
    #expect(driver.send(.ready(MachineID(6)), at: 500) == [.release(MachineID(3))])
    #expect(driver.manager.releaseReason(of: MachineID(3)) == .atRisk)
    #expect(driver.send(.gone(MachineID(3)), at: 501) == [])
  }

  @Test("asks for no second replacement when the machine at risk is taken back after all")
  func atRiskThenNoticed() {
    var driver = SpotDriver(Self.pools, hold: .minutes(5))
    driver.send(.rebalanceRecommended(MachineID(3)), at: 100)
    let noticed = driver.send(.noticed(MachineID(3), deadline: .start + .seconds(320)), at: 200)
    #expect(noticed.launchPools == [])
    #expect(driver.send(.gone(MachineID(3)), at: 320).launchPools == [])
    driver.fill(at: 520)
    #expect(driver.send(.wake, at: 9_999) == [])
  }

  @Test("leaves machines at risk alone when told to")
  func ignoresRisk() {
    var driver = SpotDriver(Self.pools) { $0.replacesAtRisk = false }
    #expect(driver.send(.rebalanceRecommended(MachineID(3)), at: 100) == [])
  }

  @Test("hands over at once what a machine serves whose end is nearer than the guard")
  func lateNotice() {
    var driver = SpotDriver(Self.pools, hold: .minutes(5))
    let told = driver.send(.noticed(MachineID(3), deadline: .start + .seconds(1_005)), at: 1_000)
    #expect(told.contains(.cordon(MachineID(3))))
    #expect(told.contains(.evacuate(MachineID(3))))
  }

  @Test("falls back as far as the budget goes, with one spot machine to spare")
  func budget() {
    // 2 × 21.18 for the reserved; three on demand and a spot machine fit into 175, four do not.
    var driver = SpotDriver(Self.pools) {
      $0.budget = Self.price(175)
      $0.coveredMachines = 2
      $0.commitmentRate = Self.price(42.36)
    }
    #expect(driver.manager.committedRate == Self.price(42.36 + 4 * 9.83))
    for machine in 2..<6 { driver.send(.gone(MachineID(machine)), at: 100) }
    driver.fill(at: 101, in: 0)
    driver.refuseAll(at: 105)
    driver.send(.wake, at: 106)
    driver.fill(at: 107, in: 0)
    #expect(driver.manager.committedRate == Self.price(42.36 + 3 * 32.77))
    // Spot comes back, first what the budget holds beside the fallback; it ends with four.
    driver.send(.wake, at: 2_000)
    #expect(driver.open(of: 2) == [0, 3])
    driver.fill(at: 2_001)
    driver.send(.wake, at: 3_000)
    driver.fill(at: 3_001)
    #expect(driver.manager.committedRate <= Self.price(175))
  }

  @Test("leaves the cloud's interface alone when it is asked too often, and blames no pool")
  func throttled() {
    var driver = SpotDriver(Self.pools, fallback: false)
    driver.send(.gone(MachineID(3)), at: 100)
    let told = driver.send(.launchFailed(LaunchID(0), .throttled), at: 101)
    #expect(told.launchPools == [])
    guard case .wake(let until) = told.first else {
      Issue.record("no time to come back was named")
      return
    }
    // Half a second to a second, and a pool's back-off would be three minutes.
    #expect(until > .start + .milliseconds(101_499) && until <= .start + .seconds(102))
    #expect(driver.send(.wake, at: 102).launchPools == [1])
  }

  @Test("leaves enough machines in other zones when one is lost")
  func zoneLoss() {
    let pools: [SpotDriver.Pool] = [
      .init(market: .onDemand, wanted: 2, maximum: 9, zone: "a"),
      .init(market: .spot, wanted: 0, maximum: 9, zone: "a"),
      .init(market: .spot, wanted: 0, maximum: 9, zone: "b"),
      .init(market: .spot, wanted: 0, maximum: 9, zone: "c"),
    ]
    var driver = SpotDriver(pools, fallback: false) { $0.zoneLossFloor = 5 }
    driver.send(.target(machines: 8), at: 0)
    // Of eight three may go: one spot machine in a beside the two there, and three in b or c.
    let open = driver.open(of: 4)
    #expect(2 + open[1] <= 3 && open[2] <= 3 && open[3] <= 3)
    #expect(open.reduce(0, +) == 6)
  }
}
