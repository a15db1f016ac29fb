// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager")
struct SpotManagerTests {
  private typealias Effect = SpotManager.Effect

  /// A manager of two pools, `base` on demand with room for a fallback and `spot`, driven by hand.
  private struct Driver {
    var manager: SpotManager
    var launches = 0

    init(spot: Int, room: Int, hold: TimeSpan = .zero, failbackAfter: TimeSpan = .zero) {
      manager = SpotManager(
        SpotManager.Configuration(
          pools: [
            .init(market: .onDemand, wanted: 0, maximum: room),
            .init(market: .spot, wanted: spot, maximum: spot),
          ],
          fallsBackToOnDemand: room > 0, fallbackHold: hold, failbackAfter: failbackAfter,
          initialBackOff: .minutes(3), maximumBackOff: .minutes(30)))
      for machine in 0..<spot { _ = send(.adopted(MachineID(machine), pool: PoolID(1)), at: 0) }
      _ = send(.started, at: 0)
    }

    mutating func send(_ event: SpotManager.Event, at seconds: Int64) -> [SpotManager.Effect] {
      var effects = EffectBuffer<SpotManager.Effect>()
      manager.step(event, at: .start + .seconds(seconds), into: &effects)
      return effects.effects
    }
  }

  @Test("does nothing while the fleet is whole")
  func whole() {
    var driver = Driver(spot: 2, room: 2)
    #expect(driver.send(.wake, at: 10) == [])
  }

  @Test("replaces a machine in parallel as soon as its end is announced")
  func replacesOnNotice() {
    var driver = Driver(spot: 2, room: 0)
    let effects = driver.send(
      .noticed(MachineID(0), deadline: .start + .seconds(1_120)), at: 1_000)
    // Ten seconds before the end, what is left on it moves.
    #expect(
      effects == [
        .cordon(MachineID(0)), .launch(LaunchID(0), PoolID(1)), .wake(at: .start + .seconds(1_110)),
      ])
    #expect(driver.send(.wake, at: 1_110) == [.evacuate(MachineID(0))])
    #expect(driver.send(.wake, at: 1_111) == [])
  }

  @Test("launches one replacement however often the notice comes")
  func repeatedNotice() {
    var driver = Driver(spot: 2, room: 0)
    let notice = SpotManager.Event.noticed(MachineID(0), deadline: .start + .seconds(120))
    _ = driver.send(notice, at: 0)
    #expect(driver.send(notice, at: 1) == [])
    #expect(driver.send(.gone(MachineID(0)), at: 120) == [])
  }

  @Test("rents on demand at once what is missing, without a hold")
  func immediateFallback() {
    var driver = Driver(spot: 1, room: 1)
    let effects = driver.send(.gone(MachineID(0)), at: 5)
    #expect(effects == [.launch(LaunchID(0), PoolID(1)), .launch(LaunchID(1), PoolID(0))])
  }

  @Test("waits for the hold before it rents on demand")
  func heldFallback() {
    var driver = Driver(spot: 1, room: 1, hold: .minutes(5))
    let effects = driver.send(.gone(MachineID(0)), at: 0)
    #expect(
      effects == [.launch(LaunchID(0), PoolID(1)), .wake(at: .start + .minutes(5))])
    #expect(driver.send(.wake, at: 300) == [.launch(LaunchID(1), PoolID(0))])
  }

  @Test("gives the fallback back when spot has been whole for long enough")
  func failback() {
    var driver = Driver(spot: 1, room: 1, failbackAfter: .minutes(10))
    _ = driver.send(.gone(MachineID(0)), at: 0)
    _ = driver.send(.launched(LaunchID(1), MachineID(1)), at: 1)
    _ = driver.send(.ready(MachineID(1)), at: 2)
    _ = driver.send(.launched(LaunchID(0), MachineID(2)), at: 60)
    #expect(driver.send(.ready(MachineID(2)), at: 100) == [.wake(at: .start + .seconds(700))])
    #expect(driver.send(.wake, at: 700) == [.release(MachineID(1))])
  }

  @Test("leaves a pool that cannot sell alone for a back-off that doubles")
  func backOff() {
    var driver = Driver(spot: 1, room: 0)
    _ = driver.send(.gone(MachineID(0)), at: 0)
    let first = driver.send(.launchFailed(LaunchID(0), .insufficientCapacity), at: 5)
    #expect(first == [.wake(at: .start + .seconds(185))])
    #expect(driver.send(.wake, at: 185) == [.launch(LaunchID(1), PoolID(1))])
    let second = driver.send(.launchFailed(LaunchID(1), .insufficientCapacity), at: 190)
    #expect(second == [.wake(at: .start + .seconds(190 + 360))])
  }

  @Test("ignores reports about machines and launches that it does not know")
  func unknown() {
    var driver = Driver(spot: 1, room: 1)
    #expect(driver.send(.gone(MachineID(77)), at: 1) == [])
    #expect(driver.send(.ready(MachineID(77)), at: 1) == [])
    #expect(driver.send(.launchFailed(LaunchID(77), .insufficientCapacity), at: 1) == [])
  }
}
