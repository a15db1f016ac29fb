// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

/// Numbers in brackets are the acceptance tests of `control-plane.md`.
@Suite("The spot manager at a notice")
struct SpotNoticeTests {
  /// Two reserved machines (0, 1) and four spot ones (2 to 5), as in the reference design.
  private static func fleet() -> SpotDriver {
    SpotDriver(
      [
        .init(market: .onDemand, wanted: 2, maximum: 6),
        .init(market: .spot, wanted: 4, maximum: 4),
      ],
      hold: .minutes(5))
  }

  private static func notice(_ machine: Int, lead: Int64) -> SpotManager.Event {
    .noticed(MachineID(machine), deadline: .start + .seconds(1_000 + lead))
  }

  @Test("cordons and asks for one replacement at the notice, 420 s before it is ready")
  func oneNotice() {
    var driver = Self.fleet()
    let effects = driver.send(Self.notice(3, lead: 120), at: 1_000)
    #expect(
      effects == [
        .cordon(MachineID(3)), .launch(LaunchID(0), PoolID(1)), .wake(at: .start + .seconds(1_300)),
        .wake(at: .start + .seconds(1_110)),
      ])
    #expect(driver.send(.launched(LaunchID(0), MachineID(6)), at: 1_000) == [])
    #expect(
      driver.send(.wake, at: 1_110) == [
        .wake(at: .start + .seconds(1_300)), .evacuate(MachineID(3)),
      ])
    #expect(driver.send(.gone(MachineID(3)), at: 1_120) == [])
    // The start outlasts the hold of 300 s, so an on-demand machine bridges the last 120 s.
    #expect(driver.send(.wake, at: 1_300).launchPools == [0])
    #expect(driver.send(.ready(MachineID(6)), at: 1_420) == [.cancel(LaunchID(1))])
  }

  @Test("asks for exactly one replacement whatever the lead and however often it hears")
  func leads() {
    for lead: Int64 in [30, 0] {
      for repeats in 1...3 {
        var driver = Self.fleet()
        var effects: [SpotManager.Effect] = []
        for _ in 0..<repeats { effects += driver.send(Self.notice(3, lead: lead), at: 1_000) }
        for _ in 0..<repeats { effects += driver.send(.gone(MachineID(3)), at: 1_000 + lead) }
        effects += driver.send(Self.notice(3, lead: lead), at: 1_000 + lead)
        #expect(effects.launchPools == [1])
        #expect(effects.count { $0 == .cordon(MachineID(3)) } == 1)
      }
    }
  }

  @Test("replaces a machine that is lost without a notice once, and does not cordon it")
  func lost() {
    var driver = Self.fleet()
    let effects =
      driver.send(.gone(MachineID(3)), at: 1_000) + driver.send(Self.notice(3, lead: 0), at: 1_001)
    #expect(effects.launchPools == [1])
    #expect(!effects.contains(.cordon(MachineID(3))))
  }

  @Test("does nothing about notices and ends of machines that nobody knows")
  func unknown() {
    var driver = Self.fleet()
    #expect(driver.send(Self.notice(99, lead: 120), at: 1_000) == [])
    #expect(driver.send(.gone(MachineID(99)), at: 1_000) == [])
    #expect(driver.send(.adopted(MachineID(99), pool: PoolID(7)), at: 1_000) == [])
  }

  @Test("counts a machine once that is adopted, launched or started twice")
  func repeatedReports() {
    var driver = Self.fleet()
    driver.send(.adopted(MachineID(2), pool: PoolID(1)), at: 1)
    driver.send(.started, at: 1)
    #expect(driver.send(.gone(MachineID(2)), at: 2).launchPools == [1])
    #expect(driver.send(.launched(LaunchID(0), MachineID(6)), at: 3) == [])
    #expect(driver.send(.launched(LaunchID(0), MachineID(6)), at: 4) == [])
    #expect(driver.send(.gone(MachineID(6)), at: 5).launchPools == [1])
  }

  @Test("releases a second machine that answers the same launch")
  func boughtTwice() {
    var driver = Self.fleet()
    driver.send(.gone(MachineID(2)), at: 2)
    driver.send(.launched(LaunchID(0), MachineID(6)), at: 3)
    #expect(
      driver.send(.launched(LaunchID(0), MachineID(7)), at: 4) == [.release(MachineID(7))])
  }

  @Test("replaces all machines of all pools that are taken at once, each exactly once")
  func massInterruption() {
    var driver = SpotDriver(
      [
        .init(market: .onDemand, wanted: 2, maximum: 8),
        .init(market: .spot, wanted: 2, maximum: 4),
        .init(market: .spot, wanted: 2, maximum: 4), .init(market: .spot, wanted: 2, maximum: 4),
      ])
    for machine in 2..<8 { driver.send(Self.notice(machine, lead: 120), at: 1_000) }
    #expect(driver.open(of: 4) == [6, 2, 2, 2])
    for machine in 2..<8 { driver.send(.gone(MachineID(machine)), at: 1_120) }
    #expect(driver.open(of: 4) == [6, 2, 2, 2])
  }

  @Test("goes on demand for all that is taken at once where interrupted pools are left alone")
  func massInterruptionWithBackOff() {
    var driver = SpotDriver(
      [
        .init(market: .onDemand, wanted: 2, maximum: 8),
        .init(market: .spot, wanted: 3, maximum: 6),
        .init(market: .spot, wanted: 3, maximum: 6),
      ]
    ) { $0.backsOffAfterInterruption = true }
    driver.send(.target(machines: 8), at: 0)
    for machine in 2..<8 { driver.send(Self.notice(machine, lead: 120), at: 1_000) }
    #expect(driver.open(of: 3) == [6, 0, 0])
    // Six losses are one interruption of each pool: both are asked again after 180 s, 3 of each.
    driver.send(.wake, at: 1_179)
    #expect(driver.open(of: 3) == [6, 0, 0])
    driver.send(.wake, at: 1_180)
    #expect(driver.open(of: 3) == [6, 3, 3])
  }
}
