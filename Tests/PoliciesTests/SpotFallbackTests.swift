// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

/// Numbers in brackets are the acceptance tests of `control-plane.md`.
@Suite("The spot manager's fallback")
struct SpotFallbackTests {
  @Test("rents four on demand when no pool sells, and none ten minutes after they do")
  func allPoolsEmpty() {
    var driver = SpotDriver(
      [
        .init(market: .onDemand, wanted: 2, maximum: 6),
        .init(market: .spot, wanted: 2, maximum: 4),
        .init(market: .spot, wanted: 2, maximum: 4),
      ],
      failbackAfter: .minutes(10))
    // Machines 2 to 5 are spot; all are lost at 100 s and no spot pool sells.
    for machine in 2..<6 { driver.send(.gone(MachineID(machine)), at: 100) }
    #expect(driver.open(of: 3) == [4, 2, 2])
    driver.fill(at: 100, in: 0)
    #expect(driver.refuseAll(at: 105) == 4)
    // Each pool refused twice, so both are left alone for 360 s and sell again then.
    driver.send(.wake, at: 465)
    #expect(driver.open(of: 3) == [0, 2, 2])
    #expect(driver.fill(at: 465) == [.wake(at: .start + .seconds(1_065))])
    #expect(driver.send(.wake, at: 1_064) == [])
    // The fallback machines are 6 to 9, and the youngest goes first.
    #expect(
      driver.send(.wake, at: 1_065).released.map(\.index) == [9, 8, 7, 6])
  }

  @Test("rents no more on demand than its pool may have")
  func bounded() {
    var driver = SpotDriver([
      .init(market: .onDemand, wanted: 2, maximum: 3), .init(market: .spot, wanted: 4, maximum: 4),
    ])
    for machine in 2..<6 { driver.send(.gone(MachineID(machine)), at: 100) }
    #expect(driver.open(of: 2) == [1, 4])
  }

  @Test("rents in the on-demand pool that is cheapest per request")
  func cheapest() {
    var driver = SpotDriver([
      .init(
        market: .onDemand, wanted: 0, maximum: 3, price: HourlyPrice(nanodollarsPerHour: 9)),
      .init(
        market: .onDemand, wanted: 0, maximum: 3, price: HourlyPrice(nanodollarsPerHour: 8)),
      .init(market: .spot, wanted: 1, maximum: 1),
    ])
    #expect(driver.send(.gone(MachineID(0)), at: 1).launchPools == [2, 1])
  }

  @Test("waits for a spot machine that is expected to be ready soon, and not for one overdue")
  func expectedSoon() {
    var driver = SpotDriver([
      .init(market: .onDemand, wanted: 0, maximum: 1), .init(market: .spot, wanted: 1, maximum: 1),
    ]) { $0.expectedStart = .seconds(420) }
    // A launch that may be refused is not counted on.
    #expect(driver.send(.gone(MachineID(0)), at: 0).launchPools == [1, 0])
    driver.fill(at: 0, in: 0)
    #expect(
      driver.send(.launched(LaunchID(0), MachineID(2)), at: 5) == [])
    // With the fallback lost the spot machine is expected at 425 s, so nothing replaces it yet.
    #expect(
      driver.send(.gone(MachineID(1)), at: 100) == [.wake(at: .start + .seconds(425))])
    #expect(driver.send(.wake, at: 425).launchPools == [0])
  }

  @Test("keeps the fallback until spot is ready, however soon that is expected")
  func keptUntilReady() {
    var driver = SpotDriver([
      .init(market: .onDemand, wanted: 0, maximum: 1), .init(market: .spot, wanted: 1, maximum: 1),
    ]) { $0.expectedStart = .seconds(420) }
    driver.send(.gone(MachineID(0)), at: 0)
    driver.fill(at: 0, in: 0)
    let spot = driver.grantAll(at: 5)
    #expect(driver.send(.wake, at: 10).released.isEmpty)
    #expect(driver.send(.ready(spot[0]), at: 300).released == [MachineID(1)])
  }
}
