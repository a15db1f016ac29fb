// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("A spot manager that runs for years")
struct SpotMemoryTests {
  /// A fleet in which one machine after the other is taken back and replaced, four events each.
  private struct Years {
    var manager: SpotManager
    private var effects = EffectBuffer<SpotManager.Effect>()
    private var now = Instant.start
    private var machines: [Int]
    private var next: Int
    private(set) var events = 0

    init() {
      var settings = SpotManager.Configuration(
        pools: [
          .init(market: .onDemand, wanted: 2, maximum: 6),
          .init(market: .spot, wanted: 4, maximum: 8),
        ],
        fallsBackToOnDemand: true, fallbackHold: .minutes(5), failbackAfter: .minutes(10),
        initialBackOff: .minutes(3), maximumBackOff: .minutes(30))
      settings.launchTimeOut = .minutes(10)
      settings.startTimeOut = .minutes(20)
      manager = SpotManager(settings)
      (machines, next) = (Array(2..<6), 6)
      for machine in 0..<6 {
        step(.adopted(MachineID(machine), pool: PoolID(machine < 2 ? 0 : 1)))
      }
      step(.started)
    }

    private mutating func step(_ event: SpotManager.Event) {
      effects.removeAll()
      manager.step(event, at: now, into: &effects)
      events += 1
    }

    /// Takes machines back until there have been so many events; the two on demand stay for good.
    mutating func live(until count: Int) {
      while events < count {
        let machine = machines.remove(at: events / 4 % machines.count)
        now = now + .seconds(30)
        step(.noticed(MachineID(machine), deadline: now + .seconds(120)))
        var launch: LaunchID?
        for case .launch(let asked, _) in effects.effects { launch = asked }
        guard let launch else {
          Issue.record("nothing was launched for machine \(machine)")
          return
        }
        step(.launched(launch, MachineID(next)))
        step(.ready(MachineID(next)))
        step(.gone(MachineID(machine)))
        machines.append(next)
        next += 1
      }
    }

    /// Bytes of all that the manager knows, as JSON.
    func remembered() throws -> Int { try JSONEncoder().encode(manager.snapshot()).count }
  }

  @Test("remembers after ten million events as much as after ten thousand")
  func bounded() throws {
    var years = Years()
    years.live(until: 10_000)
    let early = try years.remembered()
    years.live(until: 10_000_000)
    #expect(years.events >= 10_000_000)
    let late = try years.remembered()
    // Numbers have more digits, and between 1,024 and 2,047 answered launches are remembered.
    #expect(late < 400_000 && late < 2 * early + 50_000, "\(early) and \(late) bytes")
    // It still works.
    #expect(years.manager.committedRate == HourlyPrice(nanodollarsPerHour: 0))
    #expect(years.manager.releaseReason(of: MachineID(1_000)) == nil)
  }

  @Test("knows a machine that is gone when it is told of it again, however long ago that was")
  func goneForGood() {
    var manager = SpotManager(
      .init(
        pools: [
          .init(
            market: .spot, wanted: 0, maximum: 10_000,
            price: HourlyPrice(nanodollarsPerHour: 1))
        ],
        fallsBackToOnDemand: false, fallbackHold: .zero, failbackAfter: .zero,
        initialBackOff: .zero, maximumBackOff: .zero))
    var stream = RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 31)
    var effects = EffectBuffer<SpotManager.Effect>()
    // Machines come by number and end in any order; the fifth stays for good.
    var present: [Int] = []
    for number in 0..<5_000 {
      manager.step(.adopted(MachineID(number), pool: PoolID(0)), at: .start, into: &effects)
      if number != 5 { present.append(number) }
      while present.count > 200 {
        let gone = present.remove(at: Int(stream.next() % UInt64(present.count)))
        manager.step(.gone(MachineID(gone)), at: .start, into: &effects)
      }
    }
    #expect(manager.committedRate == HourlyPrice(nanodollarsPerHour: 201))
    for number in 0..<5_000 {
      manager.step(.adopted(MachineID(number), pool: PoolID(0)), at: .start, into: &effects)
    }
    #expect(manager.committedRate == HourlyPrice(nanodollarsPerHour: 201))
    #expect(effects.effects.isEmpty)
  }
}
