// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import DecisionLog
import EventKernel
import Policies
import Quantities
import RandomStreams
import Recording
import ReplicaModel
import RequestPath
import Scenario
import Serving
import Workload

/// One replication of a scenario: the fleet, its requests and its policies in simulated time.
///
/// Two worlds share one clock. The slow world (capacity, launches, interruptions, the spot manager)
/// runs the whole horizon; requests run in the scenario's window. The slow world never waits for a
/// request, and requests see of it only which replicas accept them.
struct Replication<Engine: ReplicaEngine & ~Copyable>: ~Copyable {
  let scenario: Scenario
  let isIdeal: Bool
  /// The draws of machines and of what the cloud does, by what they are for and by entity.
  let cloudStream: (StreamPurpose, UInt32) -> RandomStream
  let timeout: Int64
  let horizonEnd: Instant
  /// Where minutes are counted from.
  let minuteOrigin: Instant
  /// How many minutes may be measured.
  let minuteCount: Int

  var events: FutureEventList<FleetHappening>
  /// The replicas with their queues.
  var engine: Engine
  var source: RequestSource
  var recorder: RequestRecorder
  var sections: SectionCutter

  var autoscaler: CostAwareAutoscaler?
  var scalingEffects = EffectBuffer<CostAwareAutoscaler.Effect>()
  var lastScrape: FleetObservation?
  var scrape: ScrapeWindow
  /// Since when the scrape counts.
  var scrapeBegan: Instant
  let isScaling: Bool
  /// What a machine of each pool does of what one of the common type does.
  let effectiveness: [Double]
  /// How often the autoscaler looks.
  let scalingPeriod: TimeSpan
  /// The part of the arrivals that reaches replicas: as policies should have it, and then as far as requests
  /// have shown it.
  var engineShare = 1.0
  /// The rate at which requests arrive, and until when it is that.
  var offered = (rate: Rate.zero, until: Instant(nanoseconds: .min))
  /// What the fleet does with that rate where no requests run.
  var fluid: FluidLimit
  /// Up to when that has been worked out.
  var fluidTime: Instant
  /// How many windows began with requests that were waiting.
  var windowsBegun: UInt64 = 0
  /// What a rehearsal learns of each slot of the horizon; `nil` in a run.
  var known: KnownLoad?
  var budgetDenials: Int64 = 0
  /// Requests that no replica can ever answer, as they are longer than its engine takes.
  var tooLong: Int64 = 0
  /// The limits of requests that targets count as good.
  let limits: [TimeLimits]
  /// The most that was ever given up.
  var highestDegradation = DegradationStep.none
  var reachedForLargerBatches = false
  /// Launches that the cloud has not answered.
  var pendingLaunches = 0

  /// The life of each request between its arrival and its end.
  var path: RequestPath
  /// The store of answers that the path asks about.
  var store: SimulatedStore
  /// What reading ahead came to; nothing depends on it.
  var touched: Int64 = 0
  /// What the cache is asked of the requests that were drawn ahead.
  var drawn = DrawnRequests(count: RequestSource.columnLength)
  /// What the cache holds of contents that nobody asked for yet in this window.
  var primed: PrimedContents
  /// Which requests belong to one conversation; `nil` where none do.
  let sessions: Sessions?
  let primingStream: (_ window: UInt32) -> RandomStream
  /// Which requests hit a cache whose hit rate is given.
  let fixedHitStream: RandomStream

  var manager: SpotManager
  var effects = EffectBuffer<SpotManager.Effect>()
  var managerInbox: [SpotManager.Event] = []
  var inboxPosition = 0

  var capacities: [Capacity]
  var shocks: [ShockTimes]
  var places: PlaceTable
  var machines: [Machine] = []
  /// The pools of launches by the manager's number; `nil` once answered or withdrawn.
  var launches: [Int?] = []
  var openLaunches: [LaunchQueue]
  /// How many launches of each pool the cloud was asked for.
  var launchesOfPool: [UInt64]
  /// The place of each replica.
  let placeOfReplica: [Int]
  var drainingMachines = 0
  var displaced: [Ticket] = []
  var isRedispatchDue = false

  var now: Instant
  var windows: RequestWindows
  /// Which windows requests run in; `nil` where they run in one stretch or not at all.
  var plan: WindowPlan?
  /// The window of the plan that is measured, and what had ended of its stratum when it began.
  var openWindow: (number: Int, before: WindowTotals)?
  /// What lanes did while requests of each stratum were measured.
  var laneUse: [LaneUse]
  /// The stratum whose requests were measured last.
  var laneStratum = 0
  /// What lanes had done when that was noted last.
  var laneUseBefore: LaneUse
  /// The place in the record of requests that arrive in this minute, until the minute ends.
  var place = MeasuredPlace.none
  var minuteEnd = Instant.never
  /// Whether requests run at all in this replication.
  var hasRequests = true
  var acceptsArrivals = false
  var simulatedRequests: UInt64 = 0
  /// Lane time of machines that had ended, or begun to serve, in which they did not serve.
  var overheadLaneTime = MachineTime.zero
  /// What lanes had done when the horizon began and ended; `nil` before it has.
  var accountAtStart = LaneAccount()
  var accountAtEnd: LaneAccount?
  /// A digest of all measured requests.
  var workloadDigest: UInt64 = 0
  /// By pool, a digest of when every place came up and went down: no policy has a part in it.
  var capacityDigests: [UInt64]
  /// What was drawn at random, and what requests reach.
  var draws = Draws()
  var fleetEvents: [FleetEvent] = []
  var series: [SeriesPoint] = []
  /// Whether decisions are written to the log of the path; nothing else depends on it.
  let isLogging: Bool
  let takeDecisions: (_ lines: [UInt8]) -> Void

  /// Runs one replication and checks that nothing was lost in it.
  static func run(_ scenario: Scenario, _ order: ReplicationOrder) throws -> ReplicationRecord {
    let plan = order.withRequests ? plan(scenario, order) : nil
    var replication = Replication(scenario, order, plan: plan)
    replication.hasRequests = order.withRequests
    replication.begin()
    replication.loop()
    replication.handOverDecisions(atLeast: 1)
    return try replication.finish(replication: order.replication)
  }

  /// Lets the slow world run without requests, and plans from what it shows in which windows they run.
  ///
  /// - Returns: `nil` where requests run in one stretch.
  private static func plan(_ scenario: Scenario, _ order: ReplicationOrder) -> WindowPlan? {
    guard case .sampled(let sample) = scenario.requests else { return nil }
    let stream = order.stream(.windows, 0)
    let grid = SlotGrid(horizon: scenario.horizon, length: sample.length, stream: stream)
    var quiet = order
    quiet.decisions = nil
    quiet.subjects = []
    var rehearsal = Replication(scenario.withoutRequestPolicies, quiet, plan: nil)
    rehearsal.hasRequests = false
    rehearsal.engineShare = scenario.expectedEngineShare
    rehearsal.known = KnownLoad(grid: grid)
    rehearsal.begin()
    rehearsal.loop()
    rehearsal.now = max(rehearsal.now, rehearsal.horizonEnd)
    rehearsal.advanceFluid()
    guard let known = rehearsal.known else { return nil }
    return WindowPlan(sample, of: known, workload: scenario.workload, stream: stream)
  }

  private init(_ scenario: Scenario, _ order: ReplicationOrder, plan: WindowPlan?) {
    func stream(_ purpose: StreamPurpose, _ entity: Int) -> RandomStream {
      order.stream(purpose, UInt32(entity))
    }
    self.scenario = scenario
    isIdeal = scenario.pools.allSatisfy { $0.cloud.launch == .ideal }
    let cloudStream = { (purpose: StreamPurpose, entity: UInt32) in
      order.stream(purpose, entity)
    }
    self.cloudStream = cloudStream
    let beginning = isIdeal ? Instant.start : Instant.start - Scenario.slowWarmUp
    let opening: Instant
    switch scenario.requests {
    case .once(let window):
      opening = window.from - window.warmUp
      minuteOrigin = window.from
    case .sampled:
      opening = beginning
      minuteOrigin = .start
    }
    now = min(beginning, opening)
    self.plan = plan
    let strata = plan?.weights.count ?? 1
    laneUseBefore = LaneUse(models: scenario.models.count)
    laneUse = [LaneUse](repeating: laneUseBefore, count: strata)
    windows = RequestWindows()
    timeout = scenario.timeout?.nanoseconds ?? .max
    horizonEnd = .start + scenario.horizon

    let layout = ReplicaLayout(scenario)
    let table = CapacityTable(
      scenario, replicasOfPlace: layout.replicasOfPlace, at: now, stream: cloudStream)
    places = PlaceTable(table.places, pools: scenario.pools.count)
    openLaunches = scenario.pools.map { _ in LaunchQueue() }
    capacities = table.capacities
    let begin = now
    for purpose in table.purposes { draws.note(purpose) }
    shocks = scenario.shocks.map {
      ShockTimes($0, stream: cloudStream(.shocks, $0.entity), after: begin)
    }
    launchesOfPool = scenario.pools.map { _ in 0 }
    capacityDigests = scenario.pools.map { _ in 0 }
    placeOfReplica = layout.placeOfReplica
    let replicas = layout.replicas
    events = FutureEventList(at: now)
    engine = Engine(
      replicas,
      EngineInputs(
        timeout: scenario.timeout, noiseStream: stream(.serviceTime, 0),
        systemPrompts: scenario.systemPrompts, systemPromptStream: stream(.systemPrompts, 0)))
    path = RequestPath(
      RequestPath.Configuration(scenario),
      replicas: replicas.map { replica in
        ReplicaObservation(
          model: replica.serves, acceptsRequests: false, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: replica.service.timePerRequest.nanoseconds)
      })
    source = RequestSource(
      scenario.workload, from: opening, seed: order.seed, replication: order.number)
    limits = scenario.timeLimits
    recorder = RequestRecorder(
      edges: scenario.latencyEdges, models: scenario.models.count,
      classes: scenario.workload.mix.classNames.count, strata: strata,
      collects: scenario.collectsTimes, knowsTokens: Engine.knowsTokens, limits: limits.count)
    minuteCount = scenario.minutesToMeasure
    sections = SectionCutter(sections: scenario.sections, minutes: minuteCount)
    fluid = FluidLimit(replicas, shares: scenario.modelShares, timeout: scenario.timeout)
    fluidTime = now
    engineShare = scenario.expectedEngineShare
    manager = SpotManager(scenario.spot)
    scrape = ScrapeWindow(models: scenario.models.count)
    scrapeBegan = now
    isScaling = scenario.autoscaling != nil
    effectiveness = scenario.autoscaling?.effectiveness ?? []
    scalingPeriod = scenario.autoscaling?.configuration.period ?? .zero
    autoscaler = scenario.autoscaling.map {
      CostAwareAutoscaler(
        $0.configuration, machines: scenario.pools.reduce(0) { $0 + $1.wanted(at: begin) })
    }
    let store = SimulatedStore(
      scenario.requestPolicies, tenants: scenario.workload.mix.tenantNames.count,
      models: scenario.models.count)
    primed = PrimedContents(
      shares: store.isUsed ? scenario.workload.mix.contentShares : [],
      tenants: store.keys.lackTenant ? [1] : scenario.workload.mix.tenantShares,
      life: store.cache.configuration.ttl,
      highestRate: store.isUsed ? scenario.highestRate : 0, stream: stream(.cachePriming, 0),
      ahead: RequestSource.columnLength)
    self.store = store
    sessions = scenario.workload.sessions
    fixedHitStream = stream(.fixedHits, 0)
    primingStream = { stream(.cachePriming, Int($0)) }
    takeDecisions = order.decisions ?? { _ in }
    isLogging = order.decisions != nil
    if isLogging { beginLog(order) }
    guard path.asksPolicies else { return }
    for (text, plan) in scenario.requestPolicies.routing.textPlans.enumerated() {
      path.planned(plan, of: text, at: now)
    }
  }

  /// Puts the machines in place that are there at the beginning, and starts the manager.
  private mutating func begin() {
    for number in capacities.indices {
      schedule(
        .capacityChange(capacity: number), at: capacities[number].process.nextChange, .capacity)
    }
    for pool in scenario.pools.indices {
      var wanted = scenario.pools[pool].wanted(at: now)
      for index in places.places(of: pool) {
        guard wanted > 0, places[index].upSince != nil, !isOverQuota(pool) else { continue }
        wanted -= 1
        adopt(place: index)
      }
    }
    for pool in scenario.pools.indices where scenario.pools[pool].schedule != nil {
      followSchedule(of: pool)
    }
    tell(.started)
    if let machines = scenario.machinesTarget { tell(.target(machines: machines)) }
    schedule(.sample, at: .start, .sample)
    schedule(.account, at: .start, .sample)
    schedule(.account, at: horizonEnd, .sample)
    if hasRequests { scheduleWindows() }
    if isScaling { schedule(.autoscale, at: now, .policy) }
    workInbox()
  }

  mutating func schedule(
    _ happening: FleetHappening, at time: Instant, _ priority: EventPriority
  ) {
    guard time != .never else { return }
    events.schedule(happening, at: time, priority)
  }
}

extension Ticket {
  /// Where the recorder counts its request.
  var place: MeasuredPlace { MeasuredPlace(bits: mark) }

  /// Whether its results count: it arrived inside the measured part of the run.
  var isMeasured: Bool { mark >= 0 }
}

extension Scenario {
  /// The times above which targets ask how many requests lie: exact edges of the histograms.
  package var latencyEdges: [Int64] {
    var edges: [Int64] = []
    for target in targets {
      guard let edge = target.edge?.nanoseconds, !edges.contains(edge) else { continue }
      edges.append(edge)
    }
    return edges.sorted()
  }

  /// Whether every time is kept: of a trace that is replayed once, where nothing may be drawn, and of so
  /// many requests that it takes at most 64 MB.
  var collectsTimes: Bool {
    guard case .replay = workload.arrivals, case .once(let window) = requests else { return false }
    return workload.expectedRequests(from: window.from, for: window.length) <= 4_000_000
  }
}
