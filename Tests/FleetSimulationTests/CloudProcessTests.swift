// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import FleetSimulation
import Numerics
import Quantities
import QueueingTheory
import Recording
import Serving
import SimulationTesting
import Statistics
import Testing

/// What the cloud does to machines, against what is known of it in closed form.
@Suite("Machines that come and go, against closed forms")
struct CloudProcessTests {
  static let month = TimeSpan.hours(730)

  /// A fleet of spot pools alone, without requests.
  static func builder(_ pools: [ScenarioBuilder.Pool], horizon: TimeSpan = month) -> ScenarioBuilder
  {
    var builder = ScenarioBuilder()
    builder.horizon = horizon
    builder.length = .minutes(1)
    builder.pools = pools
    return builder
  }

  static func spot(
    _ name: String = "spot", machines: Int = 1, _ change: (inout ScenarioBuilder.Pool) -> Void
  ) -> ScenarioBuilder.Pool {
    var pool = ScenarioBuilder.Pool()
    pool.name = name
    pool.market = .spot
    pool.wanted = machines
    change(&pool)
    return pool
  }

  static func staged(_ boot: Distribution) throws -> LaunchLaw {
    let zero = try Distribution(.constant(0))
    return .staged(
      LaunchLaw.Stages(
        answer: try Distribution(.constant(1)), boot: boot, image: zero, load: zero))
  }

  static func records(
    _ builder: ScenarioBuilder, _ replications: Int, seed: UInt64 = 21
  ) throws -> [ReplicationRecord] {
    let scenario = try builder.build()
    return try (0..<replications).map {
      try FleetSimulation.run(scenario, seed: seed, replication: $0, withRequests: false)
    }
  }

  /// Whether the mean of a value over replications lies within four standard errors of the truth.
  static func agree(
    _ records: [ReplicationRecord], with truth: Double, _ value: (ReplicationRecord) -> Double
  ) -> Bool {
    guard let interval = Interval.mean(of: records.map(value), confidence: 0.9999) else {
      return false
    }
    return interval.low <= truth && truth <= interval.high
  }

  private static func share(_ record: ReplicationRecord, _ name: Tally.Name) -> Double {
    Double(record.tally(name)) / Double(month.nanoseconds)
  }

  @Test("Zones of a region are all down as often as the region AND their own processes say")
  func zonesOfARegion() throws {
    let region = CapacityLaw.renewal(
      up: try Distribution(.weibull(shape: 0.6, scale: 20_000)),
      down: try Distribution(.exponential(mean: 4_000)))
    let own = CapacityLaw.renewal(
      up: try .gamma(mean: 9_000, cv: 2), down: try .lognormal(mean: 6_000, cv: 1.5))
    let pools = (0..<3).map { zone in
      Self.spot("zone \(zone)") { $0.shared = [0, zone + 1] }
    }
    var builder = Self.builder(pools)
    builder.sharedCapacities =
      [SharedCapacity(name: "region", law: region, drop: .interrupt)]
      + (0..<3).map { SharedCapacity(name: "own \($0)", law: own, drop: .interrupt) }
    let records = try Self.records(builder, 120)
    let (r, z) = (region.availability(ofPlace: 0), own.availability(ofPlace: 0))
    #expect(
      Self.agree(records, with: 1 - r * (1 - (1 - z) * (1 - z) * (1 - z))) {
        Self.share($0, .withoutSpot)
      })
    #expect(Self.agree(records, with: 3 * r * z) { Self.share($0, .placeUp) })
    // Independent zones of the same availability would all be down much more rarely.
    let independent = (1 - r * z) * (1 - r * z) * (1 - r * z)
    #expect(!Self.agree(records, with: independent) { Self.share($0, .withoutSpot) })
  }

  @Test("Machines are taken back as often as their age says, from the first day on")
  func hazardByAge() throws {
    let life = try Distribution(.weibull(shape: 0.5, scale: 40_000))
    let pool = Self.spot(machines: 4) { $0.lifetime = life }
    let records = try Self.records(Self.builder([pool]), 100)
    #expect(
      Self.agree(records, with: 4 * Self.month.inSeconds / life.mean) {
        Double($0.fleetEvents.count { $0.kind == .interrupted })
      })
    // The pool goes on to sell, so that no machine is ever missed in an ideal cloud.
    #expect(records.allSatisfy { $0.tally(.withoutSpot) == 0 })
  }

  @Test(
    "Machines that live a day at most are taken back as often as that says, from the first day on")
  func longestLife() throws {
    let life = try Distribution(.lognormal(logMean: 11, logDeviation: 3))
    let pool = Self.spot(machines: 4) {
      $0.lifetime = life
      $0.longestLife = .hours(24)
    }
    let records = try Self.records(Self.builder([pool]), 60)
    #expect(
      Self.agree(records, with: 4 * Self.month.inSeconds / life.mean(cutAt: 86_400)) {
        Double($0.fleetEvents.count { $0.kind == .interrupted })
      })
    let day = try Self.records(
      Self.builder([Self.spot(machines: 3) { $0.longestLife = .hours(24) }]), 20)
    #expect(
      Self.agree(day, with: 3 * 730 / 24.0) {
        Double($0.fleetEvents.count { $0.kind == .interrupted })
      })
  }

  @Test("A shock takes each machine with its probability, and all at once as often as that says")
  func shocks() throws {
    var pool = Self.spot(machines: 3) { $0.shocks = [0] }
    pool.launch = try Self.staged(try Distribution(.constant(1)))
    var builder = Self.builder([pool])
    builder.shocks = [
      ShockLaw(name: "storm", every: .hours(10), takes: Share(billionths: 600_000_000))
    ]
    let records = try Self.records(builder, 100)
    let shocks = 73.0
    #expect(
      Self.agree(records, with: shocks * 3 * 0.6) {
        Double($0.fleetEvents.count { $0.kind == .interrupted })
      })
    #expect(
      Self.agree(records, with: shocks * 0.6 * 0.6 * 0.6) { Double($0.tally(.allSpotLost)) })
  }

  @Test("Machines that nobody replaces are lost together as often as Marshall and Olkin say")
  func commonShocks() throws {
    var pool = Self.spot(machines: 4) {
      $0.shared = [0]
      $0.shocks = [0]
      $0.lifetime = try? Distribution(.exponential(mean: 3_600 / 0.3))
    }
    pool.launch = .ideal
    var builder = Self.builder([pool], horizon: .hours(1))
    // Sold at the very beginning and never again.
    builder.sharedCapacities = [
      SharedCapacity(
        name: "closed", law: .schedule(up: .milliseconds(1), down: .hours(9), phase: .zero),
        drop: .block)
    ]
    builder.shocks = [
      ShockLaw(name: "storm", every: .hours(5), takes: Share(billionths: 800_000_000))
    ]
    let count = 4_000
    let lost = try Self.records(builder, count).map { record in
      record.fleetEvents.count { $0.kind == .interrupted }
    }
    let theory = CommonShocks(
      machines: 4, individualRate: 0.3, shocks: [.init(rate: 0.2, probability: 0.8)], window: 1)
    for number in 1...4 {
      let truth = theory.probability(ofLosingAtLeast: number)
      let share = Double(lost.count { $0 >= number }) / Double(count)
      let error = (truth * (1 - truth) / Double(count)).squareRoot()
      #expect(abs(share - truth) <= 4 * error, "\(number): \(share) against \(truth)")
      // Alone they would lose three or four at once far less often.
      let alone = theory.independentProbability(ofLosingAtLeast: number)
      if number > 2 { #expect(abs(share - alone) > 8 * error) }
    }
  }

  @Test("A fleet with hot spares is whole as often as the machine repair model says")
  func machineRepair() throws {
    let life = try Distribution(.exponential(mean: 20_000))
    let boot = try Distribution(.exponential(mean: 2_000))
    var pool = Self.spot(machines: 6) { $0.lifetime = life }
    pool.launch = try Self.staged(boot)
    // Machines fail while they boot too, and boot anew.
    let records = try Self.records(Self.builder([pool]), 60)
    // Of a cycle the boots end with the race of both clocks; the answer takes a second of each.
    let race = 1 / (1 / life.mean + 1 / boot.mean)
    let wins = race / boot.mean
    let down = (1 + race) / wins
    let theory = MachineRepair(
      machines: 6, spares: 0, repairers: 6, failureRate: 1 / life.mean, repairRate: 1 / down)
    let whole = theory.downProbabilities[0...2].reduce(0, +)
    #expect(
      Self.agree(records, with: whole) { record in
        let times = record.tallies.filter { $0.name == .servingCount }
        return Double(
          times.reduce(Int128(0)) { (Int($1.label) ?? 0) >= 4 ? $0 + $1.value : $0 })
          / Double(Self.month.nanoseconds)
      })
    #expect(
      Self.agree(records, with: theory.operatingMean) { Self.share($0, .serving) })
  }

  @Test("A capacity that only blocks leaves its machines alone and refuses new ones")
  func blocks() throws {
    let law = CapacityLaw.renewal(
      up: try Distribution(.exponential(mean: 20_000)),
      down: try Distribution(.exponential(mean: 20_000)))
    var pool = Self.spot(machines: 3) {
      $0.shared = [0]
      $0.lifetime = try? Distribution(.exponential(mean: 30_000))
    }
    pool.launch = try Self.staged(try Distribution(.constant(60)))
    var builder = Self.builder([pool])
    builder.sharedCapacities = [SharedCapacity(name: "pool", law: law, drop: .block)]
    let records = try Self.records(builder, 40)
    for record in records {
      let kinds = record.fleetEvents.map(\.kind)
      #expect(kinds.contains(.refused) && kinds.contains(.interrupted))
    }
    pool.lifetime = nil
    builder.pools = [pool]
    let calm = try Self.records(builder, 10)
    #expect(calm.allSatisfy { !$0.fleetEvents.contains { $0.kind == .interrupted } })
    #expect(Self.agree(records, with: 1.5) { Self.share($0, .placeUp) })
  }

  @Test("A capacity that replaces takes its machines and sells others at once")
  func replaces() throws {
    let law = CapacityLaw.renewal(
      up: try Distribution(.exponential(mean: 20_000)),
      down: try Distribution(.exponential(mean: 20_000)))
    var builder = Self.builder([Self.spot(machines: 2) { $0.shared = [0] }])
    builder.sharedCapacities = [SharedCapacity(name: "log", law: law, drop: .replace)]
    for record in try Self.records(builder, 10) {
      #expect(record.tally(.withoutSpot) == 0)
      #expect(record.tally(.placeUp) == 2 * Self.month.nanoseconds)
      #expect(record.fleetEvents.contains { $0.kind == .interrupted })
    }
  }

  @Test("A log of numbers takes as many machines as it falls by, each with its notice")
  func replacesByNumber() throws {
    let trace = AvailabilityTrace(samples: [2, 1, 0, 2], every: .hours(1))
    var pool = Self.spot(machines: 2) {
      $0.shared = [0]
      $0.notice = .always(.seconds(120))
    }
    pool.launch = try Self.staged(try Distribution(.constant(30)))
    var builder = Self.builder([pool], horizon: .hours(400))
    builder.sharedCapacities = [
      SharedCapacity(name: "log", law: .replay(trace, from: .zero), drop: .replace)
    ]
    let events = try Self.records(builder, 1)[0].fleetEvents
    // Two in each cycle of four hours: one when it falls to 1, the other when it falls to 0.
    #expect(events.count { $0.kind == .interrupted } == 200)
    #expect(events.count { $0.kind == .noticed } == 200)
  }

  @Test("Never more machines than the quota are held, whatever is wanted")
  func quota() throws {
    var pool = Self.spot(machines: 6) { $0.lifetime = try? Distribution(.exponential(mean: 9_000)) }
    pool.launch = try Self.staged(try Distribution(.exponential(mean: 300)))
    var builder = Self.builder([pool])
    builder.quotas = [Quota(market: .spot, type: nil, machines: 4)]
    for record in try Self.records(builder, 5) {
      let counts = record.tallies.filter { $0.name == .servingCount }
        .compactMap { Int($0.label) }
      // Six were there before the account was looked at; what is lost of them does not come back.
      #expect(counts.max() == 4)
      #expect(record.fleetEvents.contains { $0.kind == .overQuota })
    }
  }

  @Test("Notices come as far ahead and as often as their law says, recommendations before them")
  func notices() throws {
    let law = NoticeLaw(
      notice: NoticeLaw.Message(
        lead: try Distribution(.exponential(mean: 90)), missing: Share(billionths: 300_000_000)),
      rebalance: NoticeLaw.Message(
        lead: try Distribution(.constant(600)), missing: Share(billionths: 500_000_000)))
    var pool = Self.spot(machines: 4) {
      $0.lifetime = try? Distribution(.gamma(shape: 20, scale: 2_000))
      $0.notice = law
    }
    pool.launch = try Self.staged(try Distribution(.constant(30)))
    let records = try Self.records(Self.builder([pool]), 40)
    var (interrupted, noticed, recommended) = (0, 0, 0)
    var leads: [Double] = []
    for record in records {
      for event in record.fleetEvents where event.kind == .interrupted {
        let before = record.fleetEvents.filter { $0.machine == event.machine }
        interrupted += 1
        let notice = before.first { $0.kind == .noticed }
        let hint = before.first { $0.kind == .recommended }
        if let notice {
          noticed += 1
          leads.append((event.time - notice.time).inSeconds)
        }
        if let hint {
          recommended += 1
          #expect(hint.time < (notice ?? event).time)
        }
      }
    }
    // Some 260 interruptions a replication; binomial within four standard deviations.
    func isShare(_ count: Int, _ share: Double) -> Bool {
      let n = Double(interrupted)
      return abs(Double(count) - n * share) <= 4 * (n * share * (1 - share)).squareRoot() + 2
    }
    #expect(interrupted > 5_000)
    #expect(isShare(noticed, 0.7) && isShare(recommended, 0.5))
    let mean = leads.reduce(0, +) / Double(leads.count)
    #expect(abs(mean - 90) <= 4 * 90 / Double(leads.count).squareRoot())
  }

  @Test("A trace that is replayed over its own length is up exactly as much as it was measured")
  func replay() throws {
    let trace = AvailabilityTrace(
      samples: (0..<1_460).map { ($0 * $0 / 7) % 5 }, every: .minutes(30))
    var builder = Self.builder([Self.spot(machines: 4) { $0.shared = [0] }])
    builder.sharedCapacities = [
      SharedCapacity(name: "trace", law: .replay(trace, from: nil), drop: .interrupt)
    ]
    let expected = (1...4).reduce(0.0) { $0 + trace.share(ofAtLeast: $1) }
    var digests: [Int128] = []
    for record in try Self.records(builder, 4) {
      #expect(abs(Self.share(record, .placeUp) - expected) < 1e-9)
      digests.append(record.tally(.capacityDigest))
    }
    // Each replication enters it elsewhere.
    #expect(Set(digests).count == digests.count)
  }

  @Test("A trace that is entered at a time is replayed from there, in every replication")
  func replayFrom() throws {
    let trace = AvailabilityTrace(samples: [1, 0, 0, 1], every: .hours(1))
    var builder = Self.builder([Self.spot { $0.shared = [0] }], horizon: .hours(3))
    builder.sharedCapacities = [
      SharedCapacity(name: "trace", law: .replay(trace, from: .minutes(90)), drop: .interrupt)
    ]
    for record in try Self.records(builder, 3) {
      // The trace is down from 1:30 to 3:00, and up from there to its end and from its beginning on.
      #expect(record.tally(.withoutSpot) == TimeSpan.minutes(90).nanoseconds)
      #expect(record.fleetEvents.map(\.kind) == [.requested, .launched, .ready])
      #expect(record.fleetEvents[1].time == .start + .minutes(90))
    }
  }

  @Test("A price that wanders and jumps has its stated mean, and the bill follows it")
  func prices() throws {
    var pool = ScenarioBuilder.Pool()
    pool.priceLaw = PriceLaw(
      mean: HourlyPrice(nanodollarsPerHour: 10_000_000_000), deviation: 0.3,
      reversion: .hours(5), jumps: PriceLaw.Jumps(every: .hours(40), factor: 3), step: .hours(1),
      highest: nil)
    let records = try Self.records(Self.builder([pool]), 200)
    #expect(Self.agree(records, with: 7_300) { $0.total.inDollars })
    let amounts = Set(records.map { $0.total.nanodollars })
    #expect(amounts.count == records.count)
    // A line for each price; together they are all the time.
    #expect(
      records.allSatisfy {
        $0.invoice.reduce(MachineTime.zero) { $0 + ($1.usage ?? .zero) } == MachineTime(Self.month)
      })
  }
}

/// What the bill makes of machines that are taken back.
@Suite("Bills of interrupted machines, against closed forms")
struct InterruptedBillTests {
  @Test("A machine that is free in its first hour is billed as long as the closed form says")
  func firstHour() throws {
    let life = try Distribution(.exponential(mean: 5_000))
    var pool = CloudProcessTests.spot(machines: 4) { $0.lifetime = life }
    pool.launch = try CloudProcessTests.staged(try Distribution(.constant(60)))
    pool.price = HourlyPrice(nanodollarsPerHour: 3_600_000_000_000)
    let records = try CloudProcessTests.records(CloudProcessTests.builder([pool]), 60)
    let theory = FreeIfInterrupted(lifeMean: 5_000, freeBefore: 3_600, unit: 1)
    // A life is followed by the second that the cloud takes to answer: 1,000 USD an hour are billed for
    // each second of it, over as many lives as follow one another in a month.
    let lives = 4 * CloudProcessTests.month.inSeconds / (5_000 + 1)
    #expect(
      CloudProcessTests.agree(records, with: lives * theory.billedMean) { $0.total.inDollars })
    // Without the rule the bill would be that of all the time, which is far off.
    let plain = RoundedBilling(lifeMean: 5_000, minimum: 60, unit: 1)
    #expect(
      !CloudProcessTests.agree(records, with: lives * plain.billedMean) { $0.total.inDollars })
  }

  @Test("A kept machine can be had when none else can")
  func capacityReservation() throws {
    let never = CapacityLaw.schedule(up: .milliseconds(1), down: .hours(9_999), phase: .hours(1))
    var pool = ScenarioBuilder.Pool()
    pool.wanted = 3
    pool.shared = [0]
    pool.launch = try CloudProcessTests.staged(try Distribution(.constant(60)))
    var builder = CloudProcessTests.builder([pool])
    builder.sharedCapacities = [SharedCapacity(name: "market", law: never, drop: .block)]
    func held(_ builder: ScenarioBuilder) throws -> Int {
      let record = try CloudProcessTests.records(builder, 1)[0]
      return record.tallies.filter { $0.name == .servingCount }
        .compactMap { Int($0.label) }.max() ?? 0
    }
    #expect(try held(builder) == 0)
    builder.commitments.capacity = [
      CapacityReservation(
        name: "odcr", type: "type", zone: "zone", machines: 2,
        prices: PriceSeries(changes: [PriceSeries.Change(at: .start, price: pool.price)]))
    ]
    #expect(try held(builder) == 2)
  }
}
