// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager by the reference design's rule")
struct SpotReferenceTests {
  /// Two reserved machines (0, 1) and four spot ones (2 to 5) over three types.
  private static func fleet() -> SpotDriver {
    SpotDriver([
      .init(market: .onDemand, wanted: 2, maximum: 2), .init(market: .spot, wanted: 2, maximum: 2),
      .init(market: .spot, wanted: 1, maximum: 1), .init(market: .spot, wanted: 1, maximum: 1),
    ]) { $0.rule = .reference }
  }

  @Test("only cordons at the notice and replaces once the machine is gone")
  func late() {
    var driver = Self.fleet()
    let notice = SpotManager.Event.noticed(MachineID(3), deadline: .start + .seconds(1_120))
    #expect(driver.send(notice, at: 1_000) == [.cordon(MachineID(3))])
    #expect(driver.send(notice, at: 1_001) == [])
    #expect(
      driver.send(.gone(MachineID(3)), at: 1_120) == [.launch(LaunchID(0), PoolID(1))])
    #expect(driver.send(.gone(MachineID(3)), at: 1_121) == [])
  }

  @Test("takes the spot pools in turn, whatever they cost or refuse")
  func turns() {
    var driver = Self.fleet()
    let pools = (2..<6).map { driver.send(.gone(MachineID($0)), at: 1).launchPools }
    #expect(pools == [[1], [2], [3], [1]])
  }

  @Test("goes on demand for a refused replacement, and never gives that machine back")
  func temporary() {
    var driver = Self.fleet()
    driver.send(.gone(MachineID(2)), at: 1)
    #expect(
      driver.send(.launchFailed(LaunchID(0), .insufficientCapacity), at: 2)
        == [.launch(LaunchID(1), PoolID(0))])
    #expect(driver.send(.launched(LaunchID(1), MachineID(6)), at: 3) == [])
    #expect(driver.send(.ready(MachineID(6)), at: 4) == [])
    #expect(driver.send(.wake, at: 1_000_000) == [])
  }

  @Test("gives up when on demand refuses too")
  func givesUp() {
    var driver = Self.fleet()
    driver.send(.gone(MachineID(2)), at: 1)
    driver.refuseAll(at: 2)
    #expect(driver.refuseAll(at: 3) == 1)
    #expect(driver.open(of: 4) == [0, 0, 0, 0])
  }

  @Test("launches spot in turn for a higher target, and leaves a refused launch at that")
  func raise() {
    var driver = Self.fleet()
    #expect(driver.send(.target(machines: 10), at: 1).launchPools == [1, 2, 3, 1])
    #expect(driver.refuseAll(at: 2) == 4)
    #expect(driver.open(of: 4) == [0, 0, 0, 0])
  }

  @Test("releases the newest machines for a lower target, reserved ones included")
  func lower() {
    var driver = Self.fleet()
    #expect(driver.send(.target(machines: 1), at: 1).released.map(\.index) == [5, 4, 3, 2, 1])
    for machine in 1..<6 {
      #expect(driver.send(.gone(MachineID(machine)), at: 2) == [])
    }
  }

  @Test("asks at the start for what is missing")
  func start() {
    let pools: [SpotDriver.Pool] = [
      .init(market: .onDemand, wanted: 2, maximum: 2), .init(market: .spot, wanted: 2, maximum: 2),
      .init(market: .spot, wanted: 2, maximum: 2),
    ]
    let driver = SpotDriver(pools, adopted: [1, 0, 1]) { $0.rule = .reference }
    #expect(driver.open(of: 3) == [1, 2, 1])
  }

  @Test("ignores what it does not know")
  func unknown() {
    var driver = Self.fleet()
    #expect(driver.send(.gone(MachineID(77)), at: 1) == [])
    #expect(driver.send(.ready(MachineID(77)), at: 1) == [])
    #expect(driver.send(.launchFailed(LaunchID(7), .insufficientCapacity), at: 1) == [])
    #expect(driver.send(.launched(LaunchID(7), MachineID(77)), at: 1) == [])
  }
}
