// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager with ranges and schedules")
struct SpotRangeTests {
  private typealias Pool = SpotManager.Configuration.Pool

  private static func pool(
    _ market: Market, _ dollars: Int64, minimum: Int = 0, maximum: Int = 10
  ) -> Pool {
    Pool(
      market: market, wanted: 0, maximum: maximum,
      price: HourlyPrice(nanodollarsPerHour: dollars * 1_000_000_000), minimum: minimum)
  }

  private static func layout(of machines: Int, over pools: [Pool]) -> [Int] {
    var driver = SpotDriver(pools, fallback: false, adopted: pools.map { _ in 0 })
    driver.send(.target(machines: machines), at: 1)
    return driver.open(of: pools.count)
  }

  @Test("fills pools by dollars per effective machine, each up to its maximum")
  func order() {
    // Spot at 3 holds four, on demand at 10 three; spot at 12 is dearer than on demand and comes last.
    let pools = [
      Self.pool(.onDemand, 10, maximum: 3), Self.pool(.spot, 12, maximum: 5),
      Self.pool(.spot, 3, maximum: 4),
    ]
    #expect(Self.layout(of: 4, over: pools) == [0, 0, 4])
    #expect(Self.layout(of: 6, over: pools) == [2, 0, 4])
    #expect(Self.layout(of: 9, over: pools) == [3, 2, 4])
    #expect(Self.layout(of: 99, over: pools) == [3, 5, 4])
  }

  @Test("scales on demand where there is no spot")
  func onDemandAlone() {
    #expect(Self.layout(of: 8, over: [Self.pool(.onDemand, 10, minimum: 1)]) == [8])
    #expect(Self.layout(of: 0, over: [Self.pool(.onDemand, 10, minimum: 1)]) == [1])
  }

  @Test("keeps the minimum of every pool, whatever the target")
  func minima() {
    let pools = [
      Self.pool(.onDemand, 10, minimum: 1), Self.pool(.spot, 3, minimum: 2),
      Self.pool(.spot, 4, minimum: 1),
    ]
    #expect(Self.layout(of: 0, over: pools) == [1, 2, 1])
    #expect(Self.layout(of: 4, over: pools) == [1, 2, 1])
    #expect(Self.layout(of: 6, over: pools).reduce(0, +) == 6)
  }

  @Test("gives machines back down to the minimum of each pool, the dearest first")
  func scaleIn() {
    let pools = [Self.pool(.onDemand, 10, minimum: 1), Self.pool(.spot, 3, minimum: 2)]
    var driver = SpotDriver(pools, fallback: false, adopted: [0, 0])
    driver.send(.target(machines: 15), at: 1)
    driver.fill(at: 2)
    func released(_ machines: Int, _ time: Int64) -> Int {
      driver.send(.target(machines: machines), at: time).count {
        if case .release = $0 { true } else { false }
      }
    }
    // Ten on spot and five on demand; on demand goes first, then spot down to its two.
    #expect(released(11, 3) == 4)
    #expect(released(3, 4) == 8)
    #expect(released(0, 5) == 0)
  }

  @Test("follows a schedule without any target, up and down")
  func schedule() {
    var driver = SpotDriver([Self.pool(.onDemand, 10)], fallback: false, adopted: [0])
    driver.send(.scheduled(pool: PoolID(0), minimum: 3, maximum: 3), at: 1)
    #expect(driver.open(of: 1) == [3])
    driver.fill(at: 2)
    let effects = driver.send(.scheduled(pool: PoolID(0), minimum: 1, maximum: 1), at: 3)
    #expect(effects == [.release(MachineID(2)), .release(MachineID(1))])
  }

  @Test("takes a schedule as the least of a pool that a target scales")
  func scheduleUnderTarget() {
    var driver = SpotDriver(
      [Self.pool(.onDemand, 10, minimum: 1), Self.pool(.spot, 3)], fallback: false, adopted: [0, 0])
    driver.send(.target(machines: 4), at: 1)
    #expect(driver.open(of: 2) == [1, 3])
    driver.fill(at: 2)
    driver.send(.scheduled(pool: PoolID(0), minimum: 3, maximum: 5), at: 3)
    #expect(driver.open(of: 2) == [2, 0])
  }

  @Test("ignores the schedule of a pool that it has not")
  func unknownPool() {
    var driver = SpotDriver([Self.pool(.onDemand, 10)], fallback: false, adopted: [0])
    #expect(driver.send(.scheduled(pool: PoolID(7), minimum: 3, maximum: 3), at: 1).isEmpty)
  }
}
