// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities
import ReplicaModel
import Workload

/// One fleet with its workload, policies and targets: a scenario file, checked and complete.
package struct Scenario: Sendable {
  /// In which part of the horizon requests are simulated; the slow world always runs all of it.
  package struct RequestWindow: Sendable, Equatable {
    /// When measuring begins.
    package let from: Instant
    /// For how long arrivals are measured.
    package let length: TimeSpan
    /// For how long before that requests run unmeasured, to fill queues and batches.
    package let warmUp: TimeSpan
    /// Whether the warm-up is to be found out: then the window is measured from an empty system on, and
    /// what MSER-5 cuts of it is the warm-up.
    package let isWarmUpAutomatic: Bool

    /// A window of those values.
    package init(
      from: Instant, length: TimeSpan, warmUp: TimeSpan, isWarmUpAutomatic: Bool = false
    ) {
      self.from = from
      self.length = length
      self.warmUp = warmUp
      self.isWarmUpAutomatic = isWarmUpAutomatic
    }

    /// When measuring ends.
    package var end: Instant { from + length }
  }

  /// Windows that are spread over the horizon, where the whole of it would be too many requests.
  ///
  /// Before any request runs it is known when machines come and go and how many requests are expected.
  /// Time of high load and time round interruptions, from the notice on, is simulated whole, as far as a
  /// budget of requests goes. Of the rest windows are drawn, stratified by that known load, and count for
  /// all of it.
  package struct RequestSample: Sendable, Equatable {
    /// How many windows are drawn of the time that is not simulated whole.
    package let windows: Int
    /// For how long each is measured: whole minutes.
    package let length: TimeSpan
    /// For how long before each requests run unmeasured.
    package let warmUp: TimeSpan
    /// For how long after an interruption requests are measured; `nil` where interruptions are met only as
    /// often as windows happen to lie round them.
    package let afterInterruption: TimeSpan?
    /// Time of a load above this is simulated whole: the rate that reaches replicas ÷ what the machines that
    /// serve can answer.
    package let certainLoad: Share
    /// How many requests of a replication may be simulated for that.
    package let certainRequests: Int64

    /// The load above which time is simulated whole unless a scenario says another.
    package static var usualCertainLoad: Share { Share(billionths: 800_000_000) }
    /// The requests that may be simulated for that unless a scenario says others.
    package static var usualCertainRequests: Int64 { 50_000_000 }

    /// A sample of those values.
    ///
    /// - Precondition: there is a window, and lengths are whole minutes.
    package init(
      windows: Int, length: TimeSpan, warmUp: TimeSpan, afterInterruption: TimeSpan?,
      certainLoad: Share = Self.usualCertainLoad,
      certainRequests: Int64 = Self.usualCertainRequests
    ) {
      let minute = TimeSpan.minutes(1).nanoseconds
      precondition(windows > 0 && length > .zero, "a sample has a window")
      precondition(length.nanoseconds % minute == 0, "windows last whole minutes")
      self.windows = windows
      self.length = length
      self.warmUp = warmUp
      self.afterInterruption = afterInterruption
      self.certainLoad = certainLoad
      self.certainRequests = certainRequests
    }
  }

  /// In which parts of the horizon requests are simulated.
  package enum Requests: Sendable, Equatable {
    /// In one stretch of it, or all of it.
    case once(RequestWindow)
    /// In windows spread over it.
    case sampled(RequestSample)
  }

  /// A pool with what the fleet does with it.
  package struct Pool: Sendable {
    /// The pool as the cloud sees it.
    package let cloud: PoolModel
    /// How many machines it should have where no policy scales it; the most where it has a schedule.
    package let wanted: Int
    /// The replicas that each of its machines carries.
    package let replicas: [ReplicaPlace]
    /// The on-demand price of its machine type at the start; `nil` when the book has none.
    package let listPrice: HourlyPrice?
    /// How many machines it should have by local clocks; `nil` for as many at any time.
    package let schedule: MachineSchedule?
    /// How many machines a policy may give it beyond its schedule; `nil` for none.
    package let ceiling: Int?

    /// A pool of those values.
    package init(
      cloud: PoolModel, wanted: Int, replicas: [ReplicaPlace], listPrice: HourlyPrice? = nil,
      schedule: MachineSchedule? = nil, ceiling: Int? = nil
    ) {
      self.schedule = schedule
      self.ceiling = ceiling
      self.cloud = cloud
      self.wanted = wanted
      self.replicas = replicas
      self.listPrice = listPrice
    }

    /// How many machines it should have at a time where no policy scales it.
    package func wanted(at time: Instant) -> Int { schedule?.machines(at: time) ?? wanted }

    /// Requests a second that one of its machines answers when every batch is full.
    package var machineThroughput: Double {
      replicas.reduce(0) { $0 + $1.service.maximumThroughput }
    }
  }

  /// How long before the start machines begin to come and go where they need time to do so: long
  /// enough for boots, back-offs and holds to have forgotten how they began.
  package static let slowWarmUp = TimeSpan.hours(48)

  /// The path that it was read from.
  package let path: String
  /// What it asks, in the words of its author.
  package let about: String
  /// Its text with all that it extends and every override, in one canonical form.
  package let canonicalText: String
  /// The date of its start.
  package let start: UTCDate
  /// How long it runs and is billed for.
  package let horizon: TimeSpan
  /// Where requests are simulated.
  package private(set) var requests: Requests
  /// How many replications are run.
  package let replications: ReplicationPlan
  /// Into how many sections a replication is cut.
  package let sections: Int
  /// Whether the sections of one long replication stand for independent ones.
  package let isSectioned: Bool
  /// The confidence of intervals.
  package let confidence: Share
  /// The seed of all random streams.
  package let seed: UInt64
  /// The name of the price book.
  package let priceBook: String
  /// Which requests arrive when.
  package let workload: WorkloadModel
  /// The models in the order of the file; their numbers are those of ``ModelID``.
  package let models: [ServedModel]
  /// What prompts begin with; `nil` where they share nothing that anybody says.
  package let systemPrompts: SystemPrompts?
  /// How long a client waits for an answer; `nil` for ever.
  package let timeout: TimeSpan?
  /// The pools in the order of the file.
  package let pools: [Pool]
  /// What places of several pools depend on; pools name them by their numbers here.
  package let sharedCapacities: [SharedCapacity]
  /// The shocks that take many machines at once; pools name them by their numbers here.
  package let shocks: [ShockLaw]
  /// How many machines of each kind the account may have.
  package let quotas: [Quota]
  /// How many machines the fleet should have in all; `nil` where each pool has its own number.
  package let machinesTarget: Int?
  /// The provider's rules of billing.
  package let billingRules: BillingRules
  /// All that was promised to be paid.
  package let commitments: Commitments
  /// Costs that don't depend on the run.
  package let fixedCosts: [FixedCost]
  /// Costs of the bytes that leave the cloud.
  package let egress: [EgressCost]
  /// The policies that every request passes.
  package private(set) var requestPolicies: RequestPolicies
  /// The settings of the spot manager.
  package let spot: SpotManager.Configuration
  /// The autoscaler; `nil` for a fleet of fixed size.
  package let autoscaling: Autoscaling?
  /// How often a request is moved from a lost replica to another before it fails.
  package let migrationLimit: Int
  /// The targets in the order of the file.
  package let targets: [Target]
  /// How much worse than before measures may be, in the order of the file.
  package let tolerances: [Tolerance]
  /// What is wrong with it and does not keep it from running.
  package let warnings: [String]
  /// What was read of each file of measurements, a line each.
  package let inputs: [String]
  /// What the author assumes and a reader should know, printed beside every verdict.
  package let assumptions: [String]

  /// A scenario of those values.
  package init(
    path: String, about: String, canonicalText: String, start: UTCDate, horizon: TimeSpan,
    requests: Requests, replications: ReplicationPlan, sections: Int? = nil,
    confidence: Share, seed: UInt64,
    priceBook:
      String, workload: WorkloadModel,
    models: [ServedModel], systemPrompts: SystemPrompts? = nil, timeout: TimeSpan?, pools: [Pool],
    sharedCapacities: [SharedCapacity] = [], shocks: [ShockLaw] = [], quotas: [Quota] = [],
    machinesTarget: Int? = nil, billingRules: BillingRules = .aws, commitments: Commitments,
    fixedCosts: [FixedCost], egress: [EgressCost],
    requestPolicies: RequestPolicies, spot: SpotManager.Configuration, autoscaling: Autoscaling?,
    migrationLimit:
      Int, targets: [Target], tolerances: [Tolerance] = [], assumptions: [String],
    warnings: [String] = [], inputs: [String] = []
  ) {
    self.path = path
    self.about = about
    self.canonicalText = canonicalText
    self.start = start
    self.horizon = horizon
    self.requests = requests
    self.replications = replications
    self.sections = sections ?? Self.usualSections
    isSectioned = sections != nil
    self.confidence = confidence
    self.seed = seed
    self.priceBook = priceBook
    self.workload = workload
    self.models = models
    self.systemPrompts = systemPrompts
    self.timeout = timeout
    self.pools = pools
    self.sharedCapacities = sharedCapacities
    self.shocks = shocks
    self.quotas = quotas
    self.machinesTarget = machinesTarget
    self.billingRules = billingRules
    self.commitments = commitments
    self.fixedCosts = fixedCosts
    self.egress = egress
    self.requestPolicies = requestPolicies
    self.spot = spot
    self.autoscaling = autoscaling
    self.migrationLimit = migrationLimit
    self.targets = targets
    self.tolerances = tolerances
    self.assumptions = assumptions
    self.warnings = warnings
    self.inputs = inputs
  }

  /// Sections enough to tell how requests depend on each other, each long against that dependence.
  private static var usualSections: Int { 20 }

  /// The same scenario without what only requests ask: enough to rehearse when machines come and go.
  package var withoutRequestPolicies: Scenario {
    var scenario = self
    scenario.requestPolicies.cache = nil
    scenario.requestPolicies.deduplication = nil
    scenario.requestPolicies.budget = nil
    return scenario
  }

  /// The same scenario with requests simulated in other parts of the horizon.
  package func simulatingRequests(in requests: Requests) -> Scenario {
    var scenario = self
    scenario.requests = requests
    return scenario
  }

  /// Requests a second that the whole fleet can answer when every batch is full.
  package var maximumThroughput: Double {
    pools.reduce(0) { $0 + Double($1.wanted) * $1.machineThroughput }
  }

  /// The limits that targets name, each once.
  package var timeLimits: [TimeLimits] {
    var limits: [TimeLimits] = []
    for target in targets {
      if case .tokens(.goodput(let asked)) = target.measure, !limits.contains(asked) {
        limits.append(asked)
      }
    }
    return limits
  }

  /// Whether its replicas serve by tokens; either all do or none.
  package var knowsTokens: Bool {
    pools.contains { $0.replicas.contains { $0.service.tokens != nil } }
  }

  /// Whether the number of its machines may differ from one time to another.
  package var hasMovingFleet: Bool {
    autoscaling != nil || pools.contains { $0.cloud.market == .spot || $0.schedule != nil }
  }

  /// Whether it is known before a run that nothing random will reach the bill, so that one replication
  /// tells it; what a run drew says it of more scenarios, afterwards.
  package var isBillExact: Bool {
    // Where launches take time, machines that go wait for their requests.
    let isNeverReleased = pools.allSatisfy { pool in
      pool.cloud.launch == .ideal
        || pool.schedule == nil && pool.cloud.places.allSatisfy { $0 == .always }
          && pool.cloud.shared.isEmpty
    }
    return egress.isEmpty && autoscaling == nil && isNeverReleased
      && pools.allSatisfy { pool in
        !isCapacityRandom(of: pool) && pool.cloud.lifetime == nil
          && pool.cloud.longestLife == nil && pool.cloud.shocks.isEmpty
          && pool.cloud.priceLaw == nil && !pool.cloud.launch.isAnswerRandom
          && !pool.cloud.launch.isStartRandom
      }
  }

  /// Whether it is drawn at random when machines of a pool can be had.
  package func isCapacityRandom(of pool: Pool) -> Bool {
    pool.cloud.places.contains(where: \.isRandom)
      || pool.cloud.shared.contains { sharedCapacities[$0].law.isRandom }
  }

  /// The share of time in which a place of a pool can be had, in the long run; `nil` where it follows from
  /// no law, as with two traces of the same time or one that is entered at a given place.
  package func expectedUptime(ofPlace index: Int, in pool: Pool) -> Double? {
    var laws = pool.cloud.shared.map { sharedCapacities[$0] }
      .filter { $0.drop != .replace }.map(\.law)
    laws.append(pool.cloud.places[index])
    var traces = 0
    for law in laws {
      guard case .replay(_, let from) = law else { continue }
      traces += 1
      if from != nil || traces > 1 { return nil }
    }
    return laws.reduce(1) { $0 * $1.availability(ofPlace: index) }
  }
}
