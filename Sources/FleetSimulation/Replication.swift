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
  let horizonEnd: Instant
  var now: Instant
  /// What happens to machines and policies.
  var events: FutureEventList<FleetHappening>

  /// Machines, and what the cloud does with them.
  var cloud: CloudWorld
  var spot: SpotControl
  var scaling: ScalingControl
  /// What is known of requests where none is simulated.
  var fluid: FluidWorld

  var requests: RequestWorld
  /// The life of each request between its arrival and its end.
  var path: RequestPath
  /// The replicas with their queues.
  var engine: Engine

  /// Counts requests.
  var meter: Meter
  /// Counts the time of replicas and machines.
  var engineTime: EngineMeter
  var journal: Journal

  /// Runs one replication and checks that nothing was lost in it.
  static func run(_ scenario: Scenario, _ order: ReplicationOrder) throws -> ReplicationRecord {
    let plan = order.withRequests ? plan(scenario, order) : nil
    var replication = Replication(scenario, order, plan: plan)
    replication.begin()
    replication.loop()
    replication.handOverDecisions(atLeast: 1)
    return try replication.finish(replication: order.replication)
  }

  /// Lets the slow world run without requests, and plans from what it shows in which windows they run.
  ///
  /// - Returns: `nil` where requests run in one stretch.
  private static func plan(_ scenario: Scenario, _ order: ReplicationOrder) -> WindowPlan? {
    guard case .sampled(let sample) = scenario.run.requests else { return nil }
    let stream = order.stream(.windows, 0)
    let grid = SlotGrid(horizon: scenario.run.horizon, length: sample.length, stream: stream)
    var quiet = order
    quiet.decisions = nil
    quiet.subjects = []
    quiet.withRequests = false
    var rehearsal = Replication(scenario.withoutRequestPolicies, quiet, plan: nil)
    rehearsal.fluid.engineShare = scenario.expectedEngineShare
    rehearsal.fluid.known = KnownLoad(grid: grid)
    rehearsal.begin()
    rehearsal.loop()
    rehearsal.now = max(rehearsal.now, rehearsal.horizonEnd)
    rehearsal.advanceFluid()
    guard let known = rehearsal.fluid.known else { return nil }
    return WindowPlan(sample, of: known, workload: scenario.workload, stream: stream)
  }

  private init(_ scenario: Scenario, _ order: ReplicationOrder, plan: WindowPlan?) {
    self.scenario = scenario
    horizonEnd = .start + scenario.run.horizon
    let beginning = scenario.hasIdealCloud ? Instant.start : Instant.start - Scenario.slowWarmUp
    let opening: Instant
    switch scenario.run.requests {
    case .once(let window): opening = window.from - window.warmUp
    case .sampled: opening = beginning
    }
    now = min(beginning, opening)
    events = FutureEventList(at: now)
    journal = Journal(order)
    let layout = ReplicaLayout(scenario)
    let table = CapacityTable(
      scenario, replicasOfPlace: layout.replicasOfPlace, at: now, stream: order.stream)
    for purpose in table.purposes { journal.draws.note(purpose) }
    cloud = CloudWorld(scenario, layout, table, at: now, stream: order.stream)
    spot = SpotControl(scenario.policies.spot)
    scaling = ScalingControl(scenario, at: now)
    fluid = FluidWorld(scenario, layout.replicas, at: now)
    requests = RequestWorld(scenario, order, from: opening)
    path = RequestPath(
      RequestPath.Configuration(scenario),
      replicas: layout.replicas.map { replica in
        ReplicaObservation(
          model: replica.serves, acceptsRequests: false, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: replica.service.timePerRequest.nanoseconds)
      })
    engine = Engine(
      layout.replicas,
      EngineInputs(
        timeout: scenario.timeout, noiseStream: order.stream(.serviceTime, 0),
        systemPrompts: scenario.systemPrompts,
        systemPromptStream: order.stream(.systemPrompts, 0)))
    meter = Meter(scenario, plan: plan, knowsTokens: Engine.knowsTokens)
    engineTime = EngineMeter(
      models: scenario.fleet.models.count, strata: plan?.weights.count ?? 1)
    if journal.isLogging { beginLog(order) }
    guard path.asksPolicies else { return }
    for (text, plan) in scenario.policies.requests.routing.textPlans.enumerated() {
      path.planned(plan, of: text, at: now)
    }
  }

  /// Puts the machines in place that are there at the beginning, and starts the manager.
  private mutating func begin() {
    for number in cloud.capacities.indices {
      schedule(
        .capacityChange(capacity: number), at: cloud.capacities[number].process.nextChange,
        .capacity)
    }
    for pool in scenario.fleet.pools.indices {
      var wanted = scenario.fleet.pools[pool].wanted(at: now)
      for index in cloud.places.places(of: pool) {
        guard wanted > 0, cloud.places[index].upSince != nil, !isOverQuota(pool) else { continue }
        wanted -= 1
        adopt(place: index)
      }
    }
    for pool in scenario.fleet.pools.indices where scenario.fleet.pools[pool].schedule != nil {
      followSchedule(of: pool)
    }
    tell(.started)
    if let machines = scenario.fleet.machinesTarget { tell(.target(machines: machines)) }
    schedule(.sample, at: .start, .sample)
    schedule(.account, at: .start, .sample)
    schedule(.account, at: horizonEnd, .sample)
    if requests.areSimulated { scheduleWindows() }
    if scaling.isOn { schedule(.autoscale, at: now, .policy) }
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
  /// The times above which targets ask how many run.requests lie: exact edges of the histograms.
  package var latencyEdges: [Int64] {
    var edges: [Int64] = []
    for target in targets {
      guard let edge = target.edge?.nanoseconds, !edges.contains(edge) else { continue }
      edges.append(edge)
    }
    return edges.sorted()
  }

  /// Whether every time is kept: of a trace that is replayed once, where nothing may be drawn, and of so
  /// many run.requests that it takes at most 64 MB.
  var collectsTimes: Bool {
    guard case .replay = workload.arrivals, case .once(let window) = run.requests else {
      return false
    }
    return workload.expectedRequests(from: window.from, for: window.length) <= 4_000_000
  }
}
