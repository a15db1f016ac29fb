// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

/// Each policy under 10,000 random sequences of events: late ones, repeated ones, some out of order, some
/// about what nobody knows. A sequence that breaks an invariant is named by its seed.
@Suite("Policies under random sequences of events")
struct PolicyPropertyTests {
  private static let sequences: UInt64 = 10_000

  /// Draws for one sequence.
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

  @Test("the spot manager never spends above its budget, and numbers its launches in order")
  func spotManager() {
    let pools: [SpotManager.Configuration.Pool] = [
      .init(market: .onDemand, wanted: 2, maximum: 6, zone: "a", price: Self.price(33)),
      .init(market: .spot, wanted: 2, maximum: 4, zone: "a", price: Self.price(10)),
      .init(market: .spot, wanted: 2, maximum: 4, zone: "b", price: Self.price(12)),
    ]
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 1)
      var configuration = SpotManager.Configuration(
        pools: pools, fallsBackToOnDemand: true, fallbackHold: .seconds(Int64(dice.roll(400))),
        failbackAfter: .seconds(Int64(dice.roll(700))), initialBackOff: .seconds(180),
        maximumBackOff: .minutes(30), overprovision: dice.roll(2),
        backsOffAfterInterruption: dice.roll(2) == 0)
      configuration.budget = Self.price(115 + dice.roll(120))
      configuration.zoneLossFloor = dice.roll(4)
      var manager = SpotManager(configuration)
      var effects = EffectBuffer<SpotManager.Effect>()
      var (launches, machines) = (0, 6)
      for machine in 0..<6 {
        manager.step(
          .adopted(MachineID(machine), pool: PoolID(machine / 2)), at: .start, into: &effects)
      }
      manager.step(.started, at: .start, into: &effects)
      var now = Instant.start
      var open: [Int] = []
      for _ in 0..<40 {
        for effect in effects.effects {
          guard case .launch(let launch, _) = effect else { continue }
          #expect(launch.index == launches, "seed \(seed)")
          launches += 1
          open.append(launch.index)
        }
        let committed = manager.committedRate
        #expect(committed <= configuration.budget ?? committed, "seed \(seed) at \(now)")
        effects.removeAll()
        // Now and then a report comes late.
        now = now + .seconds(Int64(dice.roll(120)) - 10)
        let machine = dice.roll(machines + 2)
        switch dice.roll(9) {
        case 0: manager.step(.target(machines: dice.roll(9)), at: now, into: &effects)
        case 1: manager.step(.wake, at: now, into: &effects)
        case 2, 3:
          guard !open.isEmpty else { continue }
          let launch = open.remove(at: dice.roll(open.count))
          manager.step(.launched(LaunchID(launch), MachineID(machines)), at: now, into: &effects)
          machines += 1
        case 4:
          guard !open.isEmpty else { continue }
          let launch = open.remove(at: dice.roll(open.count))
          let failure = LaunchFailure.allCases[dice.roll(4)]
          for _ in 0...dice.roll(2) {
            manager.step(.launchFailed(LaunchID(launch), failure), at: now, into: &effects)
          }
        case 5: manager.step(.ready(MachineID(machine)), at: now, into: &effects)
        case 6:
          let deadline = now + .seconds(Int64(dice.roll(200)) - 20)
          for _ in 0...dice.roll(3) {
            manager.step(.noticed(MachineID(machine), deadline: deadline), at: now, into: &effects)
          }
        case 7: manager.step(.rebalanceRecommended(MachineID(machine)), at: now, into: &effects)
        default:
          for _ in 0...dice.roll(2) {
            manager.step(.gone(MachineID(machine)), at: now, into: &effects)
          }
        }
      }
      #expect(manager.committedRate >= Self.price(0), "seed \(seed)")
    }
  }

  @Test("the autoscaler stays within its bounds and never grants what it cannot pay")
  func autoscaler() {
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 2)
      var configuration = CostAwareAutoscaler.Configuration(
        minimum: 1 + dice.roll(3), maximum: 4 + dice.roll(20), throughput: 100,
        startTime: .seconds(Int64(dice.roll(600))), latencyTarget: .milliseconds(200),
        longestQueueWait: .milliseconds(100), budget: Self.price(40 + dice.roll(300)),
        worstPrice: Self.price(1 + dice.roll(33)), spotPrice: Self.price(10))
      if dice.roll(2) == 0 {
        configuration.monthlyBudget = USD(nanodollars: Int64(dice.roll(200_000)) * 1_000_000_000)
      }
      var scaler = CostAwareAutoscaler(configuration)
      var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
      var target = configuration.minimum
      var now = Instant.start
      for _ in 0..<40 {
        now = now + .seconds(Int64(dice.roll(30)) - 5)
        effects.removeAll()
        let committed = Self.price(dice.roll(300))
        let (ready, starting) = (dice.roll(12), dice.roll(4))
        if dice.roll(6) == 0 {
          scaler.step(.missed, at: now, into: &effects)
        } else {
          let seen = FleetObservation(
            time: now - .seconds(Int64(dice.roll(30))),
            engineRate: Rate(roundingPerSecond: Double(dice.roll(3_000))),
            queueWait: dice.roll(5) == 0 ? nil : .milliseconds(Int64(dice.roll(300))),
            p99: dice.roll(5) == 0 ? nil : .milliseconds(Int64(dice.roll(500))),
            readyMachines: ready, startingMachines: starting, committedRate: committed,
            effectiveMachines: dice.roll(4) == 0 ? Double(dice.roll(30)) / 2 : nil)
          for _ in 0...dice.roll(2) { scaler.step(.observed(seen), at: now, into: &effects) }
        }
        for case .decide(let decision) in effects.effects {
          #expect(decision.granted <= configuration.maximum, "seed \(seed)")
          #expect(decision.granted >= min(target, configuration.minimum), "seed \(seed)")
          if decision.granted > target, decision.reason != .hold {
            let free =
              configuration.budget.nanodollarsPerHour - committed.nanodollarsPerHour
            let asked =
              Int64(decision.granted - target) * configuration.worstPrice.nanodollarsPerHour
            #expect(asked <= max(0, free), "seed \(seed)")
          }
          target = decision.granted
        }
      }
    }
  }

  @Test("the router names a model that it has, one that can take the request where there is one")
  func router() {
    let samples = (0..<60).map {
      DifficultyCalibration.Sample(score: Double($0) / 60, trueClass: $0 / 20)
    }
    let models = (0..<3).map { place in
      Router.Model(
        id: ModelID(2 - place), qualityByClass: [0.9, 0.6 + 0.15 * Double(place), 0.9],
        contextWindow: 1_000 << (2 * place), nanosecondsPerRequest: Int64(place + 1) * 1_000_000)
    }
    let fresh = Router(
      Router.Configuration(
        models: models,
        rule: .difficulty(
          Router.QualityRule(
            calibration: DifficultyCalibration(samples, classCount: 3), qualityFloor: 0.85,
            uncertaintyBand: 0.05)), longestWait: .milliseconds(50), sessionSlots: 4,
        sessionLifetime: .seconds(20)))
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 3)
      var router = fresh
      var now = Instant.start
      var replicas = (0..<6).map { index in
        ReplicaObservation(
          model: ModelID(index % 3), acceptsRequests: false, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: 1_000_000)
      }
      var board = ReplicaBoard(replicas)
      for _ in 0..<20 {
        now = now + .seconds(Int64(dice.roll(10)) - 2)
        for index in replicas.indices {
          replicas[index].acceptsRequests = dice.roll(3) > 0
          replicas[index].outstanding = Int32(dice.roll(60))
          replicas[index].hasRoom = dice.roll(4) > 0
          let seen = replicas[index]
          board.update(index) { $0 = seen }
        }
        var request = RouteRequest(
          plan: router.plan(forScore: Double(dice.roll(101)) / 100),
          promptTokens: UInt32(dice.roll(20_000)), outputTokens: UInt32(dice.roll(4_000)),
          session: UInt64(dice.roll(6)))
        request.goesDown = dice.roll(4) == 0
        let decision = router.intended(request, at: now, among: &board)
        let chosen = models.first { $0.id == decision.model }
        #expect(chosen != nil, "seed \(seed)")
        let tokens = Int(request.promptTokens) + Int(request.outputTokens)
        func canTake(_ model: Router.Model) -> Bool {
          tokens <= model.contextWindow
            && replicas.contains {
              $0.model == model.id && $0.acceptsRequests && $0.hasRoom && $0.outstanding < 50
            }
        }
        if models.contains(where: canTake) {
          #expect(chosen.map(canTake) == true, "seed \(seed)")
        } else {
          #expect(
            [.late, .noReplicaReady, .windowExceeded].contains(decision.reason), "seed \(seed)")
        }
      }
    }
  }

  @Test("the cache answers only with what was stored within a life, and holds no more than it may")
  func cache() {
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 4)
      let capacity = 1 + dice.roll(6)
      var cache = ResponseCache(.init(ttl: .seconds(100), capacity: capacity))
      var stored: [(key: CacheKey, at: Instant)] = []
      var now = Instant.start
      for _ in 0..<40 {
        now = now + .seconds(Int64(dice.roll(30)) - 2)
        let key = CacheKey(
          tenant: TenantID(dice.roll(2)), artefact: ModelID(0), content: UInt64(dice.roll(5)))
        let last = stored.last { $0.key == key }?.at
        if dice.roll(3) == 0 {
          let response = StoredResponse(
            status: dice.roll(4) == 0 ? 500 : 200, finishReason: .stop, isComplete: true,
            choices: 1,
            isDeterministic: dice.roll(5) > 0, isNoStore: dice.roll(9) == 0)
          if cache.keep(key, response, at: now) == .admitted { stored.append((key, now)) }
        } else if case .hit(let age) = cache.lookUp(key, isDeterministic: true, at: now) {
          #expect(last != nil, "seed \(seed)")
          if let last {
            #expect(age == max(.zero, now - last), "seed \(seed)")
            #expect(age < .seconds(110), "seed \(seed)")
          }
        }
        #expect(cache.count <= capacity, "seed \(seed)")
      }
    }
  }

  @Test("the ledger never holds more than its limits, and forgets nothing that was put aside")
  func ledger() {
    for seed in 0..<Self.sequences {
      var dice = Dice(seed, 5)
      let limit = USD(nanodollars: 20)
      var ledger = CostLedger(
        .init(
          limit: limit, tenantLimits: [USD(nanodollars: 12), USD(nanodollars: 15)],
          grace: .seconds(5), lateFor: .seconds(20)))
      var open: [(id: ReservationID, estimate: Int64)] = []
      var now = Instant.start
      var lateCharges: Int64 = 0
      for _ in 0..<40 {
        now = now + .seconds(Int64(dice.roll(8)))
        switch dice.roll(5) {
        case 0, 1:
          let estimate = Int64(dice.roll(8))
          let answer = ledger.reserve(
            USD(nanodollars: estimate), for: TenantID(dice.roll(3)),
            deadline: now + .seconds(Int64(dice.roll(20)) - 3), at: now)
          if case .reserved(let id) = answer { open.append((id, estimate)) }
        case 2, 3:
          guard !open.isEmpty else { continue }
          // Some are settled twice.
          let index = dice.roll(open.count)
          let item = dice.roll(5) == 0 ? open[index] : open.remove(at: index)
          let actual = dice.roll(4) == 0 ? nil : Int64(dice.roll(Int(item.estimate) + 1))
          let answer = ledger.settle(
            item.id, actual: actual.map { USD(nanodollars: $0) }, at: now)
          if answer == .settledLate { lateCharges += actual ?? item.estimate }
        default: if dice.roll(10) == 0 { ledger.beginPeriod(); lateCharges = 0 }
        }
        let total = ledger.total
        #expect(total.reserved >= .zero, "seed \(seed)")
        // What comes in late was given back before, and may have been put aside again.
        #expect(
          total.spent + total.reserved <= limit + USD(nanodollars: lateCharges), "seed \(seed)")
      }
      ledger.expire(at: now + .hours(1))
      #expect(ledger.total.reserved == .zero, "seed \(seed)")
    }
  }
}
