// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import ReplicaModel
import Serving
import Workload

/// The rule that a policy's mapping names.
private enum PolicyRule {
  case production, reference
}

extension ScenarioLoader {
  /// The router, the response cache and the de-duplication.
  func requestPolicies(
    _ policies: inout MappingReader, _ context: RoutingContext, into diagnostics: inout Diagnostics
  ) -> RequestPolicies? {
    let cache = cache(&policies, into: &diagnostics)
    let deduplication = deduplication(&policies, into: &diagnostics)
    let budget = budget(&policies, context, into: &diagnostics)
    guard let routing = routing(&policies, context, into: &diagnostics) else { return nil }
    var requested = context.strongest ?? 0
    if case .fixed(let model) = routing.rule { requested = model.index }
    var read = RequestPolicies(
      routing: routing, requestedModel: requested, cache: cache, deduplication: deduplication)
    read.budget = budget
    return read
  }

  // MARK: The router

  private func routing(
    _ policies: inout MappingReader, _ context: RoutingContext, into diagnostics: inout Diagnostics
  ) -> Routing.Law? {
    let longest = context.timeout ?? .hours(1)
    guard var reader = policies.mapping("router", .optional, into: &diagnostics) else {
      guard context.served.count <= 1 else {
        policies.report(
          .rule(
            .needed,
            "required: the fleet serves several models, so a router must choose between them: "
              + "{ kind: difficulty, quality_floor: 0.93 }"), of: "router", into: &diagnostics)
        return nil
      }
      return Routing.Law(
        allTo: ModelID(context.served.first ?? 0), texts: context.texts, longestWait: longest)
    }
    defer { reader.finish(into: &diagnostics) }
    guard context.models.count <= 8 else {
      reader.report(
        .rule(
          .limit, "it chooses among at most 8 models; the fleet serves \(context.models.count)"),
        of: "policy", into: &diagnostics)
      return nil
    }
    if rule(&reader, into: &diagnostics) == .reference {
      // It remembers no session.
      return Routing.Law(
        rule: .reference, models: context.models, texts: context.texts, longestWait: longest,
        sessionSlots: 0)
    }
    let kind = reader.oneOf(
      "kind", [("difficulty", true), ("fixed", false)], .required, into: &diagnostics)
    guard let kind else { return nil }
    guard kind else {
      let name = reader.string("model", .required, into: &diagnostics)
      guard let name else { return nil }
      guard let number = context.served.first(where: { context.names[$0] == name }) else {
        reader.report(
          .lacks(
            .reference,
            found: name,
            allowed: context.served.map { context.names[$0] }.joined(separator: ", ")),
          of: "model", into: &diagnostics)
        return nil
      }
      return Routing.Law(allTo: ModelID(number), texts: context.texts, longestWait: longest)
    }
    return routingByDifficulty(&reader, context, longestWait: longest, into: &diagnostics)
  }

  private func routingByDifficulty(
    _ reader: inout MappingReader, _ context: RoutingContext, longestWait: TimeSpan,
    into diagnostics: inout Diagnostics
  ) -> Routing.Law? {
    let floor = reader.required("quality_floor", into: &diagnostics) { try shareOfWhole($0) }
    let band = reader.optional("uncertainty", into: &diagnostics) { try shareOfWhole($0) }
    let wait = reader.optional("longest_wait", into: &diagnostics) { try positiveSpan($0) }
    guard let floor else { return nil }
    guard !context.tuning.isEmpty, !context.texts.isEmpty else {
      reader.report(
        .rule(.needed, "a router by difficulty reads texts: give workload.texts"), of: "kind",
        into: &diagnostics)
      return nil
    }
    let unknown = context.models.filter { $0.qualityByClass.count != context.classCount }
    guard unknown.isEmpty else {
      reader.report(
        .rule(
          .needed,
          "every model that is served needs quality.matrix; lacking: "
            + unknown.map { context.names[$0.id.index] }.joined(separator: ", ")),
        of: "kind", into: &diagnostics)
      return nil
    }
    return Routing.Law(
      rule: .difficulty(
        Routing.Law.Difficulty(
          tuning: context.tuning, classCount: context.classCount, qualityFloor: floor,
          uncertaintyBand: band ?? .zero)),
      models: context.models, texts: context.texts, longestWait: wait ?? longestWait,
      sessionSlots: context.hasSessions ? 131_072 : 0)
  }

  // MARK: Cache and de-duplication

  private func rule(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> PolicyRule {
    reader.oneOf(
      "policy", [("production", PolicyRule.production), ("reference", .reference)], .optional,
      into: &diagnostics) ?? .production
  }

  private func cache(
    _ policies: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> RequestPolicies.Cache? {
    guard let value = policies.node("cache", .optional, into: &diagnostics) else { return nil }
    if case .scalar("off") = value.node.content { return nil }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    defer { reader.finish(into: &diagnostics) }
    let rule = rule(&reader, into: &diagnostics)
    let ttl =
      reader.optional("ttl", into: &diagnostics) {
        try span($0, from: .seconds(1), to: .hours(720))
      } ?? .hours(1)
    // A read of Redis in the same zone; a guess, to be measured by whoever has one.
    let latency =
      reader.optional("latency", into: &diagnostics) { try nonNegativeSpan($0) }
      ?? .milliseconds(2)
    let fixed = reader.optional("hit_rate", into: &diagnostics) { try shareOfWhole($0) }
    if rule == .reference {
      return RequestPolicies.Cache(
        configuration: .reference(ttl: ttl), latency: latency, fixedHitRate: fixed)
    }
    let jitter = reader.optional("jitter", into: &diagnostics) { try shareBelowWhole($0) }
    let capacity = reader.integer(
      "capacity", .optional, into: &diagnostics)
    return RequestPolicies.Cache(
      configuration: ResponseCache.Configuration(
        ttl: ttl, jitter: jitter ?? Share(billionths: 100_000_000),
        capacity: capacity ?? 2_000_000), latency: latency, fixedHitRate: fixed)
  }

  private func deduplication(
    _ policies: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Deduplicator.Configuration? {
    guard let value = policies.node("dedup", .optional, into: &diagnostics) else { return nil }
    if case .scalar = value.node.content {
      return value.boolean(into: &diagnostics) == true ? Deduplicator.Configuration() : nil
    }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    defer { reader.finish(into: &diagnostics) }
    if rule(&reader, into: &diagnostics) == .reference { return .reference }
    let most = reader.integer("max_waiters", .optional, into: &diagnostics)
    return Deduplicator.Configuration(maximumWaiters: most ?? 1_000)
  }
}

extension ScenarioLoader {
  /// The cost ledger's budget.
  private func budget(
    _ policies: inout MappingReader, _ context: RoutingContext, into diagnostics: inout Diagnostics
  ) -> RequestPolicies.Budget? {
    guard var reader = policies.mapping("ledger", .optional, into: &diagnostics) else { return nil }
    defer { reader.finish(into: &diagnostics) }
    let rule = rule(&reader, into: &diagnostics)
    let all = reader.required("budget", into: &diagnostics) { try hourlyAmount($0) }
    let period =
      reader.optional("period", into: &diagnostics) {
        try span($0, from: .minutes(1), to: .hours(730))
      } ?? .hours(1)
    var limits: [USD]?
    if var tenants = reader.mapping("tenants", .optional, into: &diagnostics) {
      limits = context.tenants.map { name in
        tenants.required(name, into: &diagnostics) { try hourlyAmount($0) }?.cost(of: period)
          ?? .zero
      }
      tenants.finish(into: &diagnostics)
    }
    guard let all else { return nil }
    return RequestPolicies.Budget(
      ledger: CostLedger.Configuration(limit: all.cost(of: period), tenantLimits: limits),
      period: period,
      charge: rule == .reference ? .wholeMachine(context.spotPrice) : .engineWork,
      estimate: context.dearestRequest)
  }
}

/// What the router's reader needs to know of models and texts.
struct RoutingContext {
  /// The names of all models, by number.
  let names: [String]
  /// The models that the fleet serves, from weak to strong.
  let models: [Router.Model]
  let classCount: Int
  let tuning: [ClassifiedText]
  let texts: [ClassifiedText]
  let hasSessions: Bool
  let timeout: TimeSpan?
  /// The names of the tenants, by number.
  let tenants: [String]
  /// What a request costs that has the slowest batch of the dearest machine to itself.
  let dearestRequest: USD
  /// The lowest price of a spot machine; of any machine where none is spot.
  let spotPrice: HourlyPrice

  var served: [Int] { models.map(\.id.index) }
  var strongest: Int? { models.last?.id.index }

  init(
    models: DecodedModels, pools: [DecodedPool], mix: RequestMix, texts: DecodedTexts,
    hasSessions: Bool, timeout: TimeSpan?
  ) {
    names = models.served.map(\.name)
    classCount = mix.classNames.count
    tuning = texts.tuning
    self.texts = texts.measuring
    self.hasSessions = hasSessions
    self.timeout = timeout
    tenants = mix.tenantNames
    func price(_ pool: DecodedPool) -> HourlyPrice {
      pool.pool.cloud.prices.price(at: .start)
    }
    let spot = pools.filter { $0.pool.cloud.market == .spot }
    spotPrice =
      (spot.isEmpty ? pools : spot).map(price).min() ?? HourlyPrice(nanodollarsPerHour: 0)
    dearestRequest =
      pools.flatMap { pool in
        pool.pool.replicas.map { price(pool).cost(of: $0.service.timeAlone) }
      }.max() ?? .zero
    let places = pools.flatMap(\.pool.replicas)
    let numbers = models.served.indices.filter { number in
      places.contains { $0.serves.index == number }
    }
    func score(_ number: Int) -> Int64 { models.served[number].quality?.table.billionths ?? 0 }
    self.models = numbers.sorted { (score($0), $0) < (score($1), $1) }.map { number in
      let model = models.served[number]
      let fastest = places.filter { $0.serves.index == number }
        .map(\.service.timePerRequest.nanoseconds).min()
      return Router.Model(
        id: ModelID(number), qualityByClass: model.quality?.byClass.map(\.fraction) ?? [],
        contextWindow: model.contextWindow ?? .max, nanosecondsPerRequest: fastest ?? 1)
    }
  }
}
