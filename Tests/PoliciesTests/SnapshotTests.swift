// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import LongTests
import Policies
import Quantities
import RandomStreams
import Serving
import Testing

/// Each policy twice under the same random events: one lives on, the other is killed at every k-th event and restored
/// from the JSON of its snapshot. Whatever comes later must be the same, to the last effect.
@Suite("Policies that are killed and restored")
struct SnapshotTests {
  /// Four hundred where there is time: most of the work is that of JSON.
  private static let sequences: UInt64 = TestLength.current >= .long ? 400 : 50

  private struct Dice {
    private var stream: RandomStream

    init(_ seed: UInt64, _ entity: UInt32) {
      stream = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: entity)
    }

    mutating func roll(_ sides: Int) -> Int { Int(stream.next() % UInt64(sides)) }
  }

  private static func price(_ dollars: Int) -> HourlyPrice {
    HourlyPrice(nanodollarsPerHour: Int64(dollars) * 1_000_000_000)
  }

  /// Through JSON and back.
  private static func rewritten<Snapshot: Codable>(_ snapshot: Snapshot) throws -> Snapshot {
    try JSONDecoder().decode(Snapshot.self, from: JSONEncoder().encode(snapshot))
  }

  // MARK: The spot manager

  private static func spotSettings(_ dice: inout Dice) -> SpotManager.Configuration {
    var settings = SpotManager.Configuration(
      pools: [
        .init(market: .onDemand, wanted: 2, maximum: 6, zone: "a", price: price(33)),
        .init(market: .spot, wanted: 2, maximum: 4, zone: "a", price: price(10)),
        .init(market: .spot, wanted: 2, maximum: 4, zone: "b", price: price(12)),
      ],
      fallsBackToOnDemand: true, fallbackHold: .seconds(Int64(dice.roll(400))),
      failbackAfter: .seconds(Int64(dice.roll(700))), initialBackOff: .seconds(180),
      maximumBackOff: .minutes(30), overprovision: dice.roll(2),
      backsOffAfterInterruption: dice.roll(2) == 0,
      expectedStart: .seconds(Int64(dice.roll(200))))
    settings.rule = dice.roll(8) == 0 ? .reference : .production
    if dice.roll(2) == 0 { settings.budget = price(115 + dice.roll(120)) }
    if dice.roll(2) == 0 { settings.launchTimeOut = .seconds(Int64(30 + dice.roll(300))) }
    if dice.roll(2) == 0 { settings.startTimeOut = .seconds(Int64(30 + dice.roll(600))) }
    settings.zoneLossFloor = dice.roll(4)
    return settings
  }

  private static func spotEvent(
    _ dice: inout Dice, at now: Instant, machines: inout Int, open: inout [Int]
  ) -> SpotManager.Event {
    let machine = MachineID(dice.roll(machines + 2))
    switch dice.roll(14) {
    case 0: return .target(machines: dice.roll(9))
    case 1:
      let minimum = dice.roll(4)
      return .scheduled(pool: PoolID(dice.roll(3)), minimum: minimum, maximum: minimum + 3)
    case 2, 3, 4:
      guard !open.isEmpty else { return .wake }
      machines += 1
      return .launched(LaunchID(open.remove(at: dice.roll(open.count))), MachineID(machines - 1))
    case 5:
      guard !open.isEmpty else { return .wake }
      return .launchFailed(
        LaunchID(open.remove(at: dice.roll(open.count))), LaunchFailure.allCases[dice.roll(4)])
    case 6, 7: return .ready(machine)
    case 8: return .noticed(machine, deadline: now + .seconds(Int64(dice.roll(200)) - 20))
    case 9: return .rebalanceRecommended(machine)
    case 10: return .unhealthy(machine)
    case 11: return .priced(pool: PoolID(dice.roll(3)), price(5 + dice.roll(35)))
    case 12:
      machines += 1
      let standings: [FoundMachine.Standing] = [
        .starting, .ready, .atRisk, .noticed(deadline: now + .seconds(100)), .draining,
      ]
      return .found(
        MachineID(machines - 1),
        FoundMachine(
          pool: PoolID(dice.roll(3)), standing: standings[dice.roll(5)],
          isFallback: dice.roll(3) == 0, since: now - .seconds(Int64(dice.roll(300)))))
    default: return .gone(machine)
    }
  }

  @Test("the spot manager decides as if it had lived on")
  func spotManager() throws {
    var effectsCompared = 0
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 11)
      let settings = Self.spotSettings(&dice)
      var alive = SpotManager(settings)
      var killed = alive
      var (machines, open) = (0, [Int]())
      var now = Instant.start
      let period = 1 + Int(seed % 5)
      var (expected, found) = (
        EffectBuffer<SpotManager.Effect>(), EffectBuffer<SpotManager.Effect>()
      )
      for number in 0..<70 {
        now = now + .seconds(Int64(dice.roll(120)) - 10)
        let event: SpotManager.Event =
          number == 5
          ? .started : Self.spotEvent(&dice, at: now, machines: &machines, open: &open)
        expected.removeAll()
        found.removeAll()
        alive.step(event, at: now, into: &expected)
        killed.step(event, at: now, into: &found)
        try #require(expected.effects == found.effects, "seed \(seed), event \(number): \(event)")
        #expect(alive.committedRate == killed.committedRate, "seed \(seed), event \(number)")
        effectsCompared += expected.effects.count
        for case .launch(let launch, _) in expected.effects { open.append(launch.index) }
        if number % period == 0 {
          killed = try SpotManager(settings, restoring: Self.rewritten(killed.snapshot()))
        }
      }
      expected.removeAll()
      found.removeAll()
      alive.outstanding(into: &expected)
      killed.outstanding(into: &found)
      #expect(expected.effects == found.effects, "seed \(seed)")
    }
    #expect(effectsCompared > 50 * Int(Self.sequences))
  }

  // MARK: The autoscaler

  @Test("the autoscaler decides as if it had lived on, its forecast to the last bit")
  func autoscaler() throws {
    var decisions = 0
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 12)
      var settings = CostAwareAutoscaler.Configuration(
        minimum: 1 + dice.roll(3), maximum: 4 + dice.roll(20), throughput: 100,
        startTime: .seconds(Int64(dice.roll(200))), latencyTarget: .milliseconds(200),
        longestQueueWait: .milliseconds(100), budget: Self.price(40 + dice.roll(300)),
        worstPrice: Self.price(1 + dice.roll(33)), spotPrice: Self.price(10))
      settings.scaleDownWindow = .seconds(Int64(20 + dice.roll(300)))
      if dice.roll(8) == 0 { settings.rule = .reference }
      if dice.roll(2) == 0 {
        settings.monthlyBudget = USD(nanodollars: Int64(dice.roll(200_000)) * 1_000_000_000)
      }
      var alive = CostAwareAutoscaler(settings, machines: 2)
      var killed = alive
      var now = Instant.start
      let period = 1 + Int(seed % 5)
      var (expected, found) = (
        EffectBuffer<CostAwareAutoscaler.Effect>(), EffectBuffer<CostAwareAutoscaler.Effect>()
      )
      for number in 0..<80 {
        now = now + .seconds(Int64(dice.roll(12)) - 1)
        let seen = FleetObservation(
          time: now - .seconds(Int64(dice.roll(12))),
          engineRate: Rate(nanoPerSecond: Int64(dice.roll(2_000)) * 1_234_567_891),
          queueWait: dice.roll(8) == 0 ? nil : .milliseconds(Int64(dice.roll(150))),
          p99: dice.roll(8) == 0 ? nil : .milliseconds(Int64(dice.roll(300))),
          readyMachines: dice.roll(12), startingMachines: dice.roll(3),
          committedRate: Self.price(dice.roll(300)),
          effectiveMachines: dice.roll(4) == 0 ? Double(dice.roll(300)) / 7 : nil)
        let event: CostAwareAutoscaler.Event = dice.roll(8) == 0 ? .missed : .observed(seen)
        expected.removeAll()
        found.removeAll()
        alive.step(event, at: now, into: &expected)
        killed.step(event, at: now, into: &found)
        try #require(expected.effects == found.effects, "seed \(seed), event \(number)")
        decisions += expected.effects.count
        if number % period == 0 {
          killed = try CostAwareAutoscaler(settings, restoring: Self.rewritten(killed.snapshot()))
        }
      }
    }
    #expect(decisions > 5 * Int(Self.sequences))
  }

  // MARK: The ledger

  @Test("the ledger answers as if it had lived on, with the same numbers of reservations")
  func ledger() throws {
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 13)
      let settings = CostLedger.Configuration(
        limit: USD(nanodollars: 20),
        tenantLimits: dice.roll(3) == 0 ? nil : [USD(nanodollars: 12), USD(nanodollars: 15)],
        grace: .seconds(5), lateFor: .seconds(20))
      var alive = CostLedger(settings)
      var killed = alive
      var made: [ReservationID] = []
      var now = Instant.start
      let period = 1 + Int(seed % 5)
      for number in 0..<80 {
        now = now + .seconds(Int64(dice.roll(8)))
        switch dice.roll(8) {
        case 0, 1, 2, 3:
          let estimate = USD(nanodollars: Int64(dice.roll(8)))
          let (tenant, deadline) = (
            TenantID(dice.roll(3)), now + .seconds(Int64(dice.roll(20)) - 3)
          )
          let answer = alive.reserve(estimate, for: tenant, deadline: deadline, at: now)
          try #require(
            killed.reserve(estimate, for: tenant, deadline: deadline, at: now) == answer,
            "seed \(seed), question \(number)")
          if case .reserved(let id) = answer { made.append(id) }
        case 4, 5, 6:
          guard !made.isEmpty else { continue }
          // Some are settled twice, some long after their time.
          let id = made[dice.roll(made.count)]
          let actual = dice.roll(4) == 0 ? nil : USD(nanodollars: Int64(dice.roll(9)))
          try #require(
            alive.settle(id, actual: actual, at: now) == killed.settle(id, actual: actual, at: now),
            "seed \(seed), question \(number)")
        default:
          guard dice.roll(4) == 0 else { continue }
          alive.beginPeriod()
          killed.beginPeriod()
        }
        #expect(alive.total == killed.total, "seed \(seed), question \(number)")
        for tenant in 0..<2 {
          #expect(
            alive.account(of: TenantID(tenant)) == killed.account(of: TenantID(tenant)),
            "seed \(seed), question \(number)")
        }
        if number % period == 0 {
          killed = try CostLedger(settings, restoring: Self.rewritten(killed.snapshot()))
        }
      }
    }
  }

  // MARK: The router

  @Test("the router keeps each session at its model")
  func router() throws {
    let samples = (0..<60).map {
      DifficultyCalibration.Sample(score: Double($0) / 60, trueClass: $0 / 20)
    }
    let settings = Router.Configuration(
      models: (0..<3).map {
        Router.Model(
          id: ModelID($0), qualityByClass: [0.9, 0.6 + 0.15 * Double($0), 0.9],
          contextWindow: .max, nanosecondsPerRequest: 1)
      },
      rule: .difficulty(
        Router.QualityRule(
          calibration: DifficultyCalibration(samples, classCount: 3), qualityFloor: 0.85,
          uncertaintyBand: 0.05)), longestWait: .hours(1), sessionSlots: 8,
      sessionLifetime: .seconds(20))
    var board = ReplicaBoard(
      (0..<3).map {
        ReplicaObservation(
          model: ModelID($0), acceptsRequests: true, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: 1)
      })
    var kept = 0
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 14)
      var alive = Router(settings)
      var killed = alive
      var now = Instant.start
      for number in 0..<40 {
        now = now + .seconds(Int64(dice.roll(6)))
        let request = RouteRequest(
          plan: alive.plan(forScore: Double(dice.roll(101)) / 100), promptTokens: 10,
          outputTokens: 10, session: UInt64(dice.roll(12)) &* 0x9E37_79B9_7F4A_7C15)
        let decision = alive.intended(request, at: now, among: &board)
        #expect(
          killed.intended(request, at: now, among: &board) == decision,
          "seed \(seed), request \(number)")
        if decision.reason == .session { kept += 1 }
        if number % (1 + Int(seed % 5)) == 0 {
          killed = try Router(settings, restoring: Self.rewritten(killed.snapshot()))
        }
      }
    }
    #expect(kept > Int(Self.sequences) / 4)
  }

  // MARK: The cooldowns

  @Test("the cooldowns let replicas rest as if they had lived on")
  func cooldowns() throws {
    let board = ReplicaBoard(
      (0..<3).map { _ in
        ReplicaObservation(
          model: ModelID(0), acceptsRequests: true, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: 1)
      })
    var rests = 0
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 16)
      let settings = Cooldown.Configuration(rest: .seconds(Int64(1 + dice.roll(20))))
      var alive = Cooldowns(settings)
      var killed = alive
      var now = Instant.start
      for number in 0..<60 {
        now = now + .seconds(Int64(dice.roll(6)) - 1)
        let replica = ReplicaID(dice.roll(3))
        let outcomes: [Cooldown.Outcome] = [
          .succeeded, .succeeded, .failed(retryAfter: nil), .failed(retryAfter: .seconds(30)),
          .refused(retryAfter: nil),
        ]
        let outcome = outcomes[dice.roll(5)]
        let until = alive.step(outcome, of: replica, among: board, at: now)
        let after = killed.step(outcome, of: replica, among: board, at: now)
        #expect(until == after, "seed \(seed), call \(number)")
        if until != nil { rests += 1 }
        if number % (1 + Int(seed % 5)) == 0 {
          killed = try Cooldowns(settings, restoring: Self.rewritten(killed.snapshot()))
        }
      }
    }
    #expect(rests > 5 * Int(Self.sequences) / 2)
  }

  // MARK: What is refused

  @Test("refuses the snapshot of another policy, another version or another fleet")
  func refused() throws {
    var dice = Dice(0, 15)
    let settings = Self.spotSettings(&dice)
    let data = try JSONEncoder().encode(SpotManager(settings).snapshot())
    let text = String(decoding: data, as: UTF8.self)
    #expect(throws: SnapshotError.self) {
      try JSONDecoder().decode(CostLedger.Snapshot.self, from: data)
    }
    let newer = text.replacingOccurrences(of: "\"version\":1", with: "\"version\":2")
    #expect(newer != text)
    #expect(throws: SnapshotError.self) {
      try JSONDecoder().decode(SpotManager.Snapshot.self, from: Data(newer.utf8))
    }
    let snapshot = try JSONDecoder().decode(SpotManager.Snapshot.self, from: data)
    var smaller = settings
    smaller.pools.removeLast()
    #expect(throws: SnapshotError.self) { try SpotManager(smaller, restoring: snapshot) }
    let cut = data.prefix(data.count / 2)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SpotManager.Snapshot.self, from: cut)
    }
  }
}
