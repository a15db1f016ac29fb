// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The spot manager in a live fleet")
struct SpotLiveTests {
  private typealias Effect = SpotManager.Effect

  private static func price(_ dollars: Double) -> HourlyPrice {
    HourlyPrice(nanodollarsPerHour: Int64(dollars * 1e9))
  }

  private static func at(_ seconds: Int64) -> Instant { .start + .seconds(seconds) }

  /// Two pools, on demand and spot, and a manager that has not been started.
  private static func cold(
    spot: Int, _ adjust: (inout SpotManager.Configuration) -> Void = { _ in }
  ) -> SpotManager {
    var configuration = SpotManager.Configuration(
      pools: [
        .init(market: .onDemand, wanted: 0, maximum: 4, price: price(30)),
        .init(market: .spot, wanted: spot, maximum: 8, price: price(10)),
      ],
      fallsBackToOnDemand: true, fallbackHold: .minutes(5), failbackAfter: .zero,
      initialBackOff: .seconds(180), maximumBackOff: .seconds(1_800))
    configuration.backsOffAfterInterruption = true
    adjust(&configuration)
    return SpotManager(configuration)
  }

  private static func step(
    _ manager: inout SpotManager, _ event: SpotManager.Event, at seconds: Int64
  ) -> [Effect] {
    var effects = EffectBuffer<Effect>()
    manager.step(event, at: at(seconds), into: &effects)
    return effects.effects
  }

  private static func found(
    _ standing: FoundMachine.Standing, pool: Int = 1, isFallback: Bool = false
  ) -> FoundMachine {
    FoundMachine(
      pool: PoolID(pool), standing: standing, isFallback: isFallback, since: at(-100))
  }

  // MARK: Adoption

  @Test("adopts a machine that starts, and asks for none in its place")
  func adoptsStarting() {
    var manager = Self.cold(spot: 1)
    _ = Self.step(&manager, .found(MachineID(0), Self.found(.starting)), at: 0)
    #expect(Self.step(&manager, .started, at: 0).launchPools == [])
    #expect(manager.committedRate == Self.price(10))
    // Lost before it was ready, it is replaced once its pool is no longer left alone.
    #expect(Self.step(&manager, .gone(MachineID(0)), at: 10).launchPools == [])
    #expect(Self.step(&manager, .wake, at: 190).launchPools == [1])
  }

  @Test("adopts a machine that is taken back: it is cordoned, replaced and evacuated in time")
  func adoptsNoticed() {
    var manager = Self.cold(spot: 2)
    let told = Self.step(
      &manager, .found(MachineID(0), Self.found(.noticed(deadline: Self.at(60)))), at: 0)
    #expect(told == [.cordon(MachineID(0))])
    _ = Self.step(&manager, .found(MachineID(1), Self.found(.ready)), at: 0)
    _ = Self.step(&manager, .started, at: 0)
    #expect(Self.step(&manager, .wake, at: 50).contains(.evacuate(MachineID(0))))
    #expect(Self.step(&manager, .wake, at: 180).launchPools == [1])
  }

  @Test("adopts a machine that is being given back: it goes on, and its end blames no pool")
  func adoptsDraining() {
    var manager = Self.cold(spot: 1)
    let told = Self.step(&manager, .found(MachineID(0), Self.found(.draining)), at: 0)
    #expect(told == [.release(MachineID(0))])
    #expect(manager.releaseReason(of: MachineID(0)) == .resumed)
    _ = Self.step(&manager, .found(MachineID(1), Self.found(.ready)), at: 0)
    #expect(Self.step(&manager, .started, at: 0) == [])
    #expect(Self.step(&manager, .gone(MachineID(0)), at: 5) == [])
    #expect(manager.committedRate == Self.price(10))
  }

  @Test("adopts a fallback as one, and gives it back when spot is whole")
  func adoptsFallback() {
    var manager = Self.cold(spot: 1)
    _ = Self.step(
      &manager, .found(MachineID(0), Self.found(.ready, pool: 0, isFallback: true)), at: 0)
    #expect(Self.step(&manager, .started, at: 0).launchPools == [1])
    _ = Self.step(&manager, .launched(LaunchID(0), MachineID(1)), at: 5)
    #expect(Self.step(&manager, .ready(MachineID(1)), at: 400) == [.release(MachineID(0))])
    #expect(manager.releaseReason(of: MachineID(0)) == .failback)
  }

  @Test("replaces an adopted machine at risk while it serves")
  func adoptsAtRisk() {
    var manager = Self.cold(spot: 1) { $0.backsOffAfterInterruption = false }
    let told = Self.step(&manager, .found(MachineID(0), Self.found(.atRisk)), at: 0)
    #expect(told == [.avoid(MachineID(0))])
    #expect(Self.step(&manager, .started, at: 0).launchPools == [1])
  }

  // MARK: Launches that nobody asked for

  @Test("keeps a machine from an unknown launch where one is missing, and gives back the next")
  func unknownLaunch() {
    var driver = SpotDriver(
      [.init(market: .spot, wanted: 0, maximum: 4, price: Self.price(10))], fallback: false)
    driver.send(.target(machines: 1), at: 0)
    driver.refuseAll(at: 1)
    // The pool is left alone, so that nothing is on its way.
    let first = FoundMachine(pool: PoolID(0), standing: .starting, since: Self.at(1))
    #expect(driver.send(.found(MachineID(7), first), at: 2).released == [])
    #expect(driver.send(.found(MachineID(8), first), at: 3).released == [MachineID(8)])
    #expect(driver.manager.releaseReason(of: MachineID(8)) == .unasked)
    #expect(driver.send(.found(MachineID(7), first), at: 4) == [])
    driver.send(.gone(MachineID(8)), at: 5)
    #expect(driver.send(.found(MachineID(8), first), at: 6) == [])
  }

  @Test("gives back a machine of a launch whose number it never gave")
  func unknownNumber() {
    var driver = SpotDriver([.init(market: .spot, wanted: 1, maximum: 4)], fallback: false)
    #expect(
      driver.send(.launched(LaunchID(99), MachineID(5)), at: 1) == [.release(MachineID(5))])
  }

  // MARK: Time-outs

  @Test("withdraws a launch that nobody answers, leaves its pool alone, and forgets it in the end")
  func launchTimeOut() {
    var driver = SpotDriver(
      [.init(market: .spot, wanted: 1, maximum: 2, price: Self.price(10))], fallback: false
    ) { $0.launchTimeOut = .seconds(60) }
    #expect(
      driver.send(.gone(MachineID(0)), at: 0)
        == [.launch(LaunchID(0), PoolID(0)), .wake(at: Self.at(60))])
    #expect(driver.send(.wake, at: 59).released == [])
    let told = driver.send(.wake, at: 60)
    #expect(told.contains(.cancel(LaunchID(0))))
    #expect(told.launchPools == [])
    // A machine may still come for it, so that its cost counts for as long again.
    #expect(driver.manager.committedRate == Self.price(10))
    driver.send(.wake, at: 120)
    #expect(driver.manager.committedRate == Self.price(0))
    #expect(driver.send(.wake, at: 240).launchPools == [0])
    #expect(
      driver.send(.launched(LaunchID(0), MachineID(1)), at: 241).released == [MachineID(1)])
  }

  @Test("takes the machine of a launch that was answered just before its time-out")
  func answeredInTime() {
    var driver = SpotDriver([.init(market: .spot, wanted: 1, maximum: 2)], fallback: false) {
      $0.launchTimeOut = .seconds(60)
    }
    driver.send(.gone(MachineID(0)), at: 0)
    driver.grantAll(at: 59)
    #expect(driver.send(.wake, at: 60) == [])
  }

  @Test("gives back and replaces a machine that does not become ready in its time")
  func startTimeOut() {
    var driver = SpotDriver([.init(market: .spot, wanted: 1, maximum: 2)], fallback: false) {
      $0.startTimeOut = .minutes(10)
      $0.backsOffAfterInterruption = true
    }
    driver.send(.noticed(MachineID(0), deadline: Self.at(0)), at: 0)
    driver.send(.wake, at: 180)
    let machine = driver.grantAll(at: 181)[0]
    #expect(driver.send(.wake, at: 780).released == [])
    let told = driver.send(.wake, at: 781)
    #expect(told.released == [machine])
    #expect(told.launchPools == [0])
    #expect(driver.manager.releaseReason(of: machine) == .overdue)
  }

  // MARK: Health

  @Test("replaces an unhealthy machine at once and does not blame its pool")
  func unhealthy() {
    var driver = SpotDriver([.init(market: .spot, wanted: 3, maximum: 6)], fallback: false) {
      $0.backsOffAfterInterruption = true
    }
    let told = driver.send(.unhealthy(MachineID(1)), at: 10)
    #expect(
      told == [
        .release(MachineID(1)), .evacuate(MachineID(1)), .launch(LaunchID(0), PoolID(0)),
      ])
    #expect(driver.manager.releaseReason(of: MachineID(1)) == .unhealthy)
    #expect(driver.send(.unhealthy(MachineID(1)), at: 11) == [])
    #expect(driver.send(.gone(MachineID(1)), at: 12) == [])
    // An interruption leaves the pool alone for three minutes.
    #expect(driver.send(.gone(MachineID(2)), at: 13).launchPools == [])
  }

  @Test("keeps the rest when more than half of the fleet fails its health checks at once")
  func manyUnhealthy() {
    var driver = SpotDriver([.init(market: .spot, wanted: 6, maximum: 6)], fallback: false)
    let released = (0..<6).flatMap { driver.send(.unhealthy(MachineID($0)), at: 10).released }
    #expect(released == (0..<3).map { MachineID($0) })
    // Once they are gone and replaced, the check is believed again.
    for machine in 0..<3 { driver.send(.gone(MachineID(machine)), at: 20) }
    driver.fill(at: 30)
    #expect(driver.send(.unhealthy(MachineID(3)), at: 40).released == [MachineID(3)])
  }

  // MARK: Prices

  /// Two spot pools of unequal price beside one on demand.
  private static func market(_ target: Int) -> SpotDriver {
    var driver = SpotDriver(
      [
        .init(market: .onDemand, wanted: 0, maximum: 9, price: price(30)),
        .init(market: .spot, wanted: 0, maximum: 4, price: price(10)),
        .init(market: .spot, wanted: 0, maximum: 4, price: price(11)),
      ], fallback: false)
    driver.send(.target(machines: target), at: 0)
    return driver
  }

  @Test("launches where it is cheap now, and leaves the machines that run where they are")
  func cheaperPool() {
    var driver = Self.market(2)
    #expect(driver.open(of: 3) == [0, 1, 1])
    driver.fill(at: 1)
    #expect(driver.send(.priced(pool: PoolID(2), Self.price(5)), at: 2) == [])
    #expect(driver.manager.committedRate == Self.price(15))
    #expect(driver.send(.target(machines: 3), at: 3).launchPools == [2])
  }

  @Test("keeps the machines of a pool that has become dearer than on demand until they end")
  func tooDear() {
    var driver = Self.market(4)
    driver.fill(at: 1)
    #expect(driver.send(.priced(pool: PoolID(1), Self.price(31)), at: 2) == [])
    // Machines 0 and 1 are those of the first spot pool.
    let lost = driver.send(.gone(MachineID(0)), at: 3).launchPools
    #expect(lost == [2])
    driver.fill(at: 4)
    // A lower target takes the dear one first.
    #expect(driver.send(.target(machines: 3), at: 5).released == [MachineID(1)])
    driver.send(.gone(MachineID(1)), at: 6)
    #expect(driver.send(.target(machines: 5), at: 7).launchPools == [0, 2])
    // It is asked again when it is cheap again.
    driver.fill(at: 8)
    #expect(driver.send(.priced(pool: PoolID(1), Self.price(9)), at: 9).launchPools == [1])
  }

  @Test("rents on demand what a spot pool that has become too dear loses")
  func onDemandInstead() {
    var driver = SpotDriver(
      [
        .init(market: .onDemand, wanted: 0, maximum: 9, price: Self.price(30)),
        .init(market: .spot, wanted: 0, maximum: 4, price: Self.price(10)),
      ], fallback: false)
    driver.send(.target(machines: 3), at: 0)
    driver.fill(at: 1)
    #expect(driver.send(.priced(pool: PoolID(1), Self.price(31)), at: 2) == [])
    #expect(driver.send(.gone(MachineID(0)), at: 3).launchPools == [0])
    #expect(driver.send(.gone(MachineID(1)), at: 4).launchPools == [0])
    #expect(driver.send(.gone(MachineID(2)), at: 5).launchPools == [0])
  }

  @Test("keeps within its budget at the prices of now")
  func budget() {
    var driver = SpotDriver(
      [.init(market: .spot, wanted: 0, maximum: 9, price: Self.price(10))], fallback: false
    ) { $0.budget = Self.price(40) }
    driver.send(.target(machines: 3), at: 0)
    driver.fill(at: 1)
    driver.send(.priced(pool: PoolID(0), Self.price(13)), at: 2)
    #expect(driver.manager.committedRate == Self.price(39))
    #expect(driver.send(.target(machines: 4), at: 3).launchPools == [])
    #expect(driver.send(.priced(pool: PoolID(0), Self.price(10)), at: 4).launchPools == [0])
  }

  // MARK: A driver that was started anew

  @Test("asks again for all that is not done, and for nothing else")
  func outstanding() {
    var manager = Self.cold(spot: 3) { $0.backsOffAfterInterruption = false }
    for machine in 0..<3 {
      _ = Self.step(&manager, .found(MachineID(machine), Self.found(.ready)), at: 0)
    }
    _ = Self.step(&manager, .started, at: 0)
    _ = Self.step(&manager, .noticed(MachineID(0), deadline: Self.at(130)), at: 10)
    _ = Self.step(&manager, .rebalanceRecommended(MachineID(1)), at: 11)
    _ = Self.step(&manager, .unhealthy(MachineID(2)), at: 12)
    _ = Self.step(&manager, .launched(LaunchID(0), MachineID(3)), at: 13)
    var effects = EffectBuffer<Effect>()
    manager.outstanding(into: &effects)
    #expect(
      effects.effects == [
        .launch(LaunchID(1), PoolID(1)), .launch(LaunchID(2), PoolID(1)), .cordon(MachineID(0)),
        .avoid(MachineID(1)), .release(MachineID(2)), .evacuate(MachineID(2)),
        .wake(at: Self.at(120)),
      ])
  }
}
