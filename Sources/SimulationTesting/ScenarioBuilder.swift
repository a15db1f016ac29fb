// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Numerics
import Policies
import Quantities
import ReplicaModel
import Scenario
import Serving
import Workload

/// A scenario in a few lines, for tests and benchmarks: everything has a value until it is changed.
package struct ScenarioBuilder: Sendable {
  /// A pool in a few lines.
  package struct Pool: Sendable {
    /// Its name.
    package var name = "pool"
    /// Its market.
    package var market = Market.onDemand
    /// How many machines it should have.
    package var wanted = 1
    /// When each place can be had; one place for each wanted machine when there are none.
    package var places: [CapacityLaw] = []
    /// The capacities that its places share, by their numbers.
    package var shared: [Int] = []
    /// How long a machine lives.
    package var lifetime: Distribution?
    /// How long a machine may live at most.
    package var longestLife: TimeSpan?
    /// The shocks that take its machines, by their numbers.
    package var shocks: [Int] = []
    /// What is said before an interruption.
    package var notice = NoticeLaw.none
    /// How the price moves at random.
    package var priceLaw: PriceLaw?
    /// How machines are launched.
    package var launch = LaunchLaw.ideal
    /// What a machine costs.
    package var price = HourlyPrice(nanodollarsPerHour: 1_000_000_000)
    /// How each machine's one replica serves.
    package var model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .seconds(1))], noise: .none)
    /// The token engine by which it serves instead.
    package var engine: TokenModel?

    /// A pool of one machine on demand with one replica that takes a second for each request.
    package init() {}
  }

  /// The date of the start: a Monday.
  package var start = UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000)
  /// How long it runs.
  package var horizon = TimeSpan.hours(10)
  /// When measuring begins.
  package var from = Instant.start
  /// For how long arrivals are measured; up to the horizon when it is `nil`.
  package var length: TimeSpan?
  /// For how long requests run unmeasured before that.
  package var warmUp = TimeSpan.zero
  /// How many replications are run.
  package var replications = ReplicationPlan.exactly(1)
  /// Into how many sections the one replication is cut, where these stand for replications.
  package var sections: Int?
  /// Windows spread over the horizon in place of one.
  package var sample: Scenario.RequestSample?
  /// When requests arrive.
  package var arrivals = ArrivalProcess.poisson(.constant(Rate(nanoPerSecond: 500_000_000)))
  /// The law of prompt lengths.
  package var promptTokens: Distribution?
  /// The law of answer lengths.
  package var outputTokens: Distribution?
  /// How often content repeats.
  package var content: RequestMix.Content?
  /// What prompts begin with.
  package var systemPrompts: SystemPrompts?
  /// How long a client waits.
  package var timeout: TimeSpan?
  /// The most requests that wait at a replica.
  package var queueLimit = 100_000
  /// What places of several pools depend on.
  package var sharedCapacities: [SharedCapacity] = []
  /// The shocks that take many machines at once.
  package var shocks: [ShockLaw] = []
  /// How many machines the account may have.
  package var quotas: [Quota] = []
  /// The pools.
  package var pools: [Pool] = [Pool()]
  /// The provider's rules of billing.
  package var billingRules = BillingRules.aws
  /// The commitments.
  package var commitments = Commitments()
  /// The autoscaler.
  package var autoscaling: Autoscaling?
  /// The response cache.
  package var cache: RequestPolicies.Cache?
  /// The de-duplication.
  package var deduplication: Deduplicator.Configuration?
  /// Costs that don't depend on the run.
  package var fixedCosts: [FixedCost] = []
  /// Whether missing spot machines are rented on demand.
  package var fallsBackToOnDemand = false
  /// For how long they must be missing.
  package var fallbackHold = TimeSpan.zero
  /// For how long spot must be whole before on-demand replacements go.
  package var failbackAfter = TimeSpan.zero
  /// How often a request is moved to another replica.
  package var migrationLimit = 3
  /// The targets, as texts.
  package var targets: [String] = []

  /// A scenario with one machine.
  package init() {}

  /// The scenario.
  ///
  /// - Throws: when a target or a law cannot be read.
  package func build() throws -> Scenario {
    Scenario(
      origin: Scenario.Origin(path: "built", about: "", canonicalText: ""),
      run: Scenario.Run(
        start: start, horizon: horizon,
        requests: sample.map { .sampled($0) }
          ?? .once(
            Scenario.RequestWindow(
              from: from, length: length ?? (Instant.start + horizon - from), warmUp: warmUp)),
        replications: replications, sections: sections, confidence: Share(billionths: 950_000_000),
        seed: 1),
      workload: WorkloadModel(
        arrivals: arrivals,
        mix: RequestMix(
          classes: [("all", .whole)], promptTokens: promptTokens, outputTokens: outputTokens,
          deterministic: .whole, content: content)),
      systemPrompts: systemPrompts, timeout: timeout,
      fleet: Scenario.Fleet(
        models: [ServedModel(name: "model", quality: nil, contextWindow: nil, tokenPrice: nil)],
        pools: pools.map(pool), sharedCapacities: sharedCapacities, shocks: shocks, quotas: quotas),
      costs: Scenario.Costs(
        priceBook: "built", rules: billingRules, commitments: commitments, fixed: fixedCosts,
        egress: []),
      policies: Scenario.FleetPolicies(
        requests: requestPolicies, spot: spotConfiguration, autoscaling: autoscaling,
        migrationLimit: migrationLimit),
      targets: try targets.map { try Target(parsing: $0) })
  }

  private func pool(_ pool: Pool) -> Scenario.Pool {
    let places =
      pool.places.isEmpty
      ? [CapacityLaw](repeating: .always, count: pool.wanted) : pool.places
    return Scenario.Pool(
      cloud: PoolModel(
        name: pool.name, type: "type", zone: "zone", market: pool.market, places: places,
        shared: pool.shared, lifetime: pool.lifetime, longestLife: pool.longestLife,
        shocks: pool.shocks, notice: pool.notice,
        launch: pool.launch,
        prices: PriceSeries(changes: [PriceSeries.Change(at: .start, price: pool.price)]),
        priceLaw: pool.priceLaw),
      wanted: pool.wanted,
      replicas: [
        ReplicaPlace(
          serves: ModelID(0), service: pool.engine.map { .tokens($0) } ?? .batches(pool.model),
          queueLimit: queueLimit)
      ])
  }

  private var requestPolicies: RequestPolicies {
    RequestPolicies(
      routing: Routing.Law(allTo: ModelID(0), longestWait: .hours(1)), requestedModel: 0,
      cache: cache,
      deduplication: deduplication)
  }

  private var spotConfiguration: SpotManager.Configuration {
    SpotManager.Configuration(
      pools: pools.map {
        SpotManager.Configuration.Pool(
          market: $0.market, wanted: $0.wanted, maximum: max($0.wanted, $0.places.count))
      },
      fallsBackToOnDemand: fallsBackToOnDemand, fallbackHold: fallbackHold,
      failbackAfter: failbackAfter, initialBackOff: .seconds(180), maximumBackOff: .seconds(1_800))
  }
}
