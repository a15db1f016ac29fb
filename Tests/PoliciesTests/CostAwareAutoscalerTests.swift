// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("The cost-aware autoscaler")
struct CostAwareAutoscalerTests {
  private static let spot = HourlyPrice(nanodollarsPerHour: 9_830_000_000)

  private func price(_ dollars: Double) -> HourlyPrice {
    HourlyPrice(nanodollarsPerHour: Int64((dollars * 1e9).rounded()))
  }

  private func configuration(
    minimum: Int = 2, maximum: Int = 100, budget: Double = 1_000, start: TimeSpan = .seconds(600)
  ) -> CostAwareAutoscaler.Configuration {
    CostAwareAutoscaler.Configuration(
      minimum: minimum, maximum: maximum, throughput: 100, startTime: start,
      latencyTarget: .milliseconds(200), longestQueueWait: .milliseconds(100),
      budget: price(budget), worstPrice: Self.spot, spotPrice: Self.spot)
  }

  private func seen(
    _ now: Instant, rate: Double, ready: Int, starting: Int = 0, p99: Int64? = 100,
    wait: Int64? = 10, committed: Double = 0
  ) -> FleetObservation {
    FleetObservation(
      time: now, engineRate: Rate(roundingPerSecond: rate),
      queueWait: wait.map { .milliseconds($0) }, p99: p99.map { .milliseconds($0) },
      readyMachines: ready, startingMachines: starting, committedRate: price(committed))
  }

  /// A fleet that starts machines after a while and is as slow as its load: what the policy drives.
  private struct Plant {
    var scaler: CostAwareAutoscaler
    let start: TimeSpan
    let base: Double
    var ready: Int
    var starting: [Instant] = []
    var now = Instant.start
    var decisions: [ScaleDecision] = []
    var steps: [(time: Instant, step: DegradationStep)] = []
    var highestRate = 0.0
    var target: Int

    init(_ configuration: CostAwareAutoscaler.Configuration, machines: Int, base: Double = 0) {
      scaler = CostAwareAutoscaler(configuration, machines: machines)
      start = configuration.startTime
      ready = machines
      target = machines
      self.base = base
    }

    var committed: Double { base + Double(ready + starting.count) * 9.83 }

    mutating func tick(rate: Double, p99: Int64? = nil) {
      now = now + .seconds(5)
      while let first = starting.first, first <= now {
        starting.removeFirst()
        ready += 1
      }
      let load = rate / (Double(max(1, ready)) * 100)
      let latency = p99 ?? (load < 1 ? 100 : 1_000)
      let observation = FleetObservation(
        time: now, engineRate: Rate(roundingPerSecond: rate),
        queueWait: .milliseconds(load < 1 ? 10 : 500), p99: .milliseconds(latency),
        readyMachines: ready, startingMachines: starting.count,
        committedRate: HourlyPrice(nanodollarsPerHour: Int64(committed * 1e9)))
      var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
      scaler.step(.observed(observation), at: now, into: &effects)
      for effect in effects.effects {
        switch effect {
        case .decide(let decision):
          decisions.append(decision)
          for _ in 0..<max(0, decision.granted - target) { starting.append(now + start) }
          ready -= max(0, target - decision.granted)
          target = decision.granted
        case .degrade(let step): steps.append((now, step))
        case .optimizeAggressively: break
        }
      }
      highestRate = max(highestRate, committed)
    }
  }

  @Test("wants what Kubernetes' formula says")
  func formula() {
    for (metric, desired) in [(200, 8), (109, 4), (111, 5), (50, 2), (91, 4), (89, 4)] {
      #expect(
        HorizontalScaling.desired(current: 4, metric: Double(metric), target: 100) == desired)
    }
  }

  @Test("scales 80 down to 10 by the steps of Kubernetes' example")
  func behaviour() {
    var current = 80
    var path = [80]
    while current > 10 {
      current = max(
        10,
        HorizontalScaling.lowestAfterPeriod(
          of: current, pods: 4, share: Share(billionths: 100_000_000)))
      path.append(current)
    }
    #expect(path == [80, 72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10])
  }

  @Test("panics from twice the fleet on, and stays until a stable window is over")
  func panic() {
    var window = PanicWindow()
    let wanted = 22  // ⌈150 ÷ 7⌉
    #expect(window.desired(ready: 10, shortTerm: wanted, at: .start) == 22)
    #expect(window.desired(ready: 10, shortTerm: 5, at: .start + .seconds(30)) == 22)
    #expect(window.desired(ready: 10, shortTerm: 5, at: .start + .seconds(60)) == nil)
    #expect(window.desired(ready: 12, shortTerm: 22, at: .start + .seconds(90)) == nil)
  }

  @Test("never commits more than its budget, however late requests are")
  func runaway() {
    var plant = Plant(configuration(minimum: 6, budget: 200), machines: 6, base: 22.7)
    for _ in 0..<100 { plant.tick(rate: 5_000, p99: 300) }
    #expect(plant.highestRate <= 200)
    #expect(plant.target - 6 <= Int((200 - 81.68) / 9.83))
    #expect(plant.target > 6)
  }

  @Test("grants the part that the budget pays, and says why not more")
  func partialGrant() {
    var scaler = CostAwareAutoscaler(configuration(minimum: 2, budget: 100), machines: 2)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    // Eight machines carry 640 a second at 80 %: six more than there are, with 50 USD/h free.
    let observation = seen(.start, rate: 640, ready: 2, committed: 50)
    scaler.step(.observed(observation), at: .start + .seconds(5), into: &effects)
    guard case .decide(let decision)? = effects.effects.first else {
      Issue.record("nothing was decided")
      return
    }
    #expect(decision.desired == 8 && decision.granted == 7)
    #expect(decision.denial == .budget)
  }

  @Test("pays for machines that were wanted before and wait out a back-off before it grants more")
  func awaited() {
    var scaler = CostAwareAutoscaler(configuration(minimum: 2, budget: 100), machines: 4)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    // 50 USD/h are free: five machines, of which two of the four that were wanted are not there.
    let observation = seen(.start, rate: 640, ready: 2, committed: 50)
    scaler.step(.observed(observation), at: .start + .seconds(5), into: &effects)
    guard case .decide(let decision)? = effects.effects.first else {
      Issue.record("nothing was decided")
      return
    }
    #expect(decision.desired == 8 && decision.granted == 7 && decision.denial == .budget)
  }

  @Test("a budget below the machines that are always kept is a complaint")
  func floor() {
    #expect(configuration(budget: 50).complaint(floorRate: price(81.68)) != nil)
    #expect(configuration(budget: 82).complaint(floorRate: price(81.68)) == nil)
  }

  @Test("goes up and down once when the load triples for ten minutes")
  func stepLoad() {
    var plant = Plant(configuration(start: .seconds(60)), machines: 3)
    for tick in 0..<720 {
      let isHigh = (120..<240).contains(tick)
      plant.tick(rate: isHigh ? 600 : 200)
    }
    var signs: [Int] = []
    var previous = 3
    for decision in plant.decisions where decision.granted != previous {
      let sign = decision.granted > previous ? 1 : -1
      if signs.last != sign { signs.append(sign) }
      previous = decision.granted
    }
    #expect(signs.count <= 3)
    #expect(plant.decisions.contains { $0.granted >= 8 })
    #expect(plant.target <= 4)
  }

  @Test("acts when latency misses its target twice, which the reference design does not")
  func latencyGuard() {
    var scaler = CostAwareAutoscaler(configuration(), machines: 4)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    for tick in 1...2 {
      let now = Instant.start + .seconds(Int64(5 * tick))
      scaler.step(.observed(seen(now, rate: 100, ready: 4, p99: 220)), at: now, into: &effects)
    }
    guard case .decide(let decision)? = effects.effects.last else {
      Issue.record("nothing was decided")
      return
    }
    #expect(decision.granted == 5 && decision.reason == .latency)
    var naive = configuration()
    naive.rule = .reference
    var reference = CostAwareAutoscaler(naive, machines: 4)
    var none = EffectBuffer<CostAwareAutoscaler.Effect>()
    let late = seen(.start, rate: 100, ready: 4, p99: 220)
    for _ in 0..<10 { reference.step(.observed(late), at: .start, into: &none) }
    #expect(none.effects.isEmpty)
  }

  @Test("holds what it has while metrics are missing")
  func missing() {
    var scaler = CostAwareAutoscaler(configuration(), machines: 9)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    for tick in 1...120 {
      let now = Instant.start + .seconds(Int64(5 * tick))
      let empty = seen(now, rate: 0, ready: 9, p99: nil, wait: nil)
      scaler.step(tick % 2 == 0 ? .missed : .observed(empty), at: now, into: &effects)
    }
    #expect(effects.effects.isEmpty && scaler.missedLooks == 120)
  }

  @Test("gives up step by step without money, and takes all back within five minutes")
  func ladder() {
    var plant = Plant(configuration(minimum: 2, budget: 20), machines: 2)
    for _ in 0..<120 { plant.tick(rate: 400) }
    #expect(plant.steps.map(\.step) == [.shedBatchClass, .capOutput, .routeDown, .reject])
    let dropped = plant.now
    for _ in 0..<120 { plant.tick(rate: 50) }
    #expect(plant.steps.last?.step == DegradationStep.none)
    if let end = plant.steps.last?.time { #expect(end - dropped <= .seconds(300)) }
  }

  @Test("as in the reference design, never counts what it spends and shrinks without a floor")
  func reference() {
    var naive = configuration(budget: 50)
    naive.rule = .reference
    naive.maximum = 10_000
    var plant = Plant(naive, machines: 6)
    for _ in 0..<100 { plant.tick(rate: 0, p99: 300) }
    #expect(plant.target > 200)
    for _ in 0..<10_000 { plant.tick(rate: 0, p99: 100) }
    #expect(plant.target == 0)
  }

  @Test("spends a month's budget evenly, twice as fast for an hour, and makes up for it")
  func monthlyPace() {
    // 730 USD for 730 h.
    var pace = BudgetPace(monthly: USD(nanodollars: 730_000_000_000))
    #expect(pace.limit(at: .start) == price(2))
    pace.observe(rate: price(2), at: .start)
    #expect(pace.limit(at: .start + .minutes(59)) >= price(1.9))
    pace.observe(rate: price(2), at: .start + .hours(1))
    // Two are spent, 728 are left for 729 h, and the burst is over.
    #expect(pace.spent == USD(nanodollars: 2_000_000_000))
    #expect(pace.limit(at: .start + .hours(1)).nanodollarsPerHour == 728_000_000_000 / 729)
    pace.observe(rate: price(0.5), at: .start + .hours(1))
    pace.observe(rate: price(0.5), at: .start + .hours(2))
    #expect(pace.burst == .zero)
    #expect(pace.limit(at: .start + .hours(2)) > price(1.9))
    // A new month begins with the whole budget.
    pace.observe(rate: price(0), at: .start + .hours(730))
    #expect(pace.spent == .zero)
  }

  @Test("says that the month's budget stood in the way")
  func paceDenies() {
    var configuration = configuration(minimum: 2, budget: 1_000)
    // 21 USD an hour: what two machines cost.
    configuration.monthlyBudget = USD(nanodollars: 21 * 730 * 1_000_000_000)
    var scaler = CostAwareAutoscaler(configuration)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    // For an hour twice as much is allowed: two machines more.
    scaler.step(
      .observed(seen(.start, rate: 800, ready: 2, committed: 19.66)), at: .start, into: &effects)
    #expect(
      effects.effects.first
        == .decide(
          ScaleDecision(time: .start, desired: 10, granted: 4, reason: .demand, denial: .pace)))
  }

  @Test("keeps what there is when metrics stay away, and ignores scrapes that come late")
  func lostMetrics() {
    var scaler = CostAwareAutoscaler(configuration(minimum: 2), machines: 2)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    scaler.step(.observed(seen(.start, rate: 10, ready: 6)), at: .start, into: &effects)
    #expect(effects.effects == [])
    for look in 1...4 {
      scaler.step(.missed, at: .start + .seconds(Int64(look) * 5), into: &effects)
    }
    let third = Instant.start + .seconds(15)
    #expect(
      effects.effects == [
        .decide(ScaleDecision(time: third, desired: 2, granted: 6, reason: .hold, denial: nil))
      ])
    effects.removeAll()
    let later = Instant.start + .minutes(1)
    scaler.step(.observed(seen(later, rate: 10, ready: 6)), at: later, into: &effects)
    effects.removeAll()
    scaler.step(.observed(seen(.start, rate: 9_000, ready: 6)), at: later, into: &effects)
    #expect(effects.effects.isEmpty)
  }

  @Test("counts machines for what they do where they are not alike")
  func unequalMachines() {
    func wanted(_ effective: Double?) -> Int {
      var scaler = CostAwareAutoscaler(configuration(minimum: 1), machines: 1)
      var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
      var observation = seen(.start, rate: 800, ready: 4)
      observation.effectiveMachines = effective
      scaler.step(.observed(observation), at: .start, into: &effects)
      guard case .decide(let decision) = effects.effects.first else { return 0 }
      return decision.desired
    }
    #expect(wanted(nil) == 10)
    #expect(wanted(8) == 5)
    #expect(wanted(2) == 20)
  }
}
