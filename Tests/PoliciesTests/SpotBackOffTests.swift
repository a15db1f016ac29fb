// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager's back-off")
struct SpotBackOffTests {
  /// One spot pool of one machine.
  private static func pool(afterInterruption: Bool) -> SpotDriver {
    SpotDriver([.init(market: .spot, wanted: 1, maximum: 1)], fallback: false) {
      $0.backsOffAfterInterruption = afterInterruption
    }
  }

  @Test("doubles from 3 to at most 30 minutes while launches are refused")
  func doubling() {
    var driver = Self.pool(afterInterruption: false)
    driver.send(.gone(MachineID(0)), at: 0)
    var now: Int64 = 0
    for expected: Int64 in [180, 360, 720, 1_440, 1_800, 1_800] {
      driver.refuseAll(at: now)
      driver.send(.wake, at: now + expected - 1)
      #expect(driver.open(of: 1) == [0])
      now += expected
      driver.send(.wake, at: now)
      #expect(driver.open(of: 1) == [1])
    }
  }

  @Test("begins anew after a launch that was granted")
  func reset() {
    var driver = Self.pool(afterInterruption: false)
    driver.send(.gone(MachineID(0)), at: 0)
    driver.refuseAll(at: 0)
    driver.send(.wake, at: 180)
    driver.fill(at: 180)
    driver.send(.gone(MachineID(1)), at: 200)
    #expect(
      driver.send(.launchFailed(LaunchID(2), .insufficientCapacity), at: 200)
        == [.wake(at: .start + .seconds(380))])
  }

  @Test("does not follow an interruption unless told to")
  func notAfterInterruption() {
    var driver = Self.pool(afterInterruption: false)
    #expect(driver.send(.gone(MachineID(0)), at: 0).launchPools == [0])
  }

  /// The wait after the n-th interruption, for machines that live so long each.
  private static func waits(lifetimes: [Int64]) -> [Int64] {
    var driver = pool(afterInterruption: true)
    var now: Int64 = 0
    return lifetimes.enumerated().map { machine, lifetime in
      now += lifetime
      let effects = driver.send(.gone(MachineID(machine)), at: now)
      guard case .wake(let time)? = effects.first else { return 0 }
      let wait = (time - (.start + .seconds(now))).nanoseconds / 1_000_000_000
      now += wait
      driver.send(.wake, at: now)
      driver.fill(at: now)
      return wait
    }
  }

  @Test("doubles for machines that die in minutes, though each of them was sold")
  func churn() {
    #expect(Self.waits(lifetimes: [60, 60, 60, 60, 60]) == [180, 360, 720, 1_440, 1_800])
  }

  @Test("halves for every half hour that passes without an interruption")
  func decay() {
    // 720 stands after three; 2 · 1,800 s of calm make it 180, doubled 360; ten hours forget all.
    #expect(Self.waits(lifetimes: [60, 60, 60, 3_600, 36_000]) == [180, 360, 720, 360, 180])
  }

  @Test("is not lengthened by a notice and the end that follows it")
  func noticeAndEnd() {
    var driver = Self.pool(afterInterruption: true)
    let first = driver.send(.noticed(MachineID(0), deadline: .start + .seconds(120)), at: 0)
    #expect(
      first == [
        .cordon(MachineID(0)), .wake(at: .start + .seconds(180)),
        .wake(at: .start + .seconds(110)),
      ])
    #expect(
      driver.send(.wake, at: 110) == [
        .wake(at: .start + .seconds(180)), .evacuate(MachineID(0)),
      ])
    #expect(driver.send(.gone(MachineID(0)), at: 120) == [])
    #expect(driver.send(.wake, at: 180).launchPools == [0])
  }

  @Test("does not follow the end of a machine that was given back")
  func released() {
    var driver = SpotDriver([.init(market: .spot, wanted: 2, maximum: 2)], fallback: false) {
      $0.backsOffAfterInterruption = true
    }
    #expect(driver.send(.target(machines: 1), at: 0) == [.release(MachineID(1))])
    #expect(driver.send(.gone(MachineID(1)), at: 10) == [])
    #expect(driver.send(.target(machines: 2), at: 11).launchPools == [0])
  }
}
