// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities
import ReplicaModel
import Serving

/// A model as it runs on one machine type.
struct ModelOnMachine {
  let model: String
  let type: String
  let service: ReplicaService
}

/// What pools are checked against.
struct FleetContext {
  let models: DecodedModels
  let prices: PriceBook?
  let start: UTCDate?
  let horizon: TimeSpan?
  let cloud: DecodedCloud?
  let queueLimit: Int?
}

/// A pool with what the policies need to know of it.
struct DecodedPool {
  var pool: Scenario.Pool
  /// How many machines it keeps at the least, at any time.
  let minimum: Int
  /// How many machines it may have.
  let maximum: Int
  /// Where its range of machines was written; `nil` where it has one number.
  let range: ValueReader?
  /// Where it was written.
  let place: WrittenPlace
  /// Whether the price book says what its machines cost.
  let isPricedByBook: Bool
  /// Where its notice was written; `nil` where it has none.
  let notice: WrittenPlace?

  /// How many machines it keeps at the time at which it keeps most.
  var highestMinimum: Int { pool.schedule?.most ?? minimum }
}

/// How many machines a pool should have, as it was written.
struct DecodedMachines {
  let minimum: Int
  let maximum: Int
  /// Where a range was written; `nil` for one number.
  var range: ValueReader?

  /// How many machines it should have where nobody scales it: on spot its maximum, else its minimum.
  func wanted(_ market: Market?) -> Int { market == .spot ? maximum : minimum }
}

extension ScenarioLoader {
  func batchModel(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> BatchModel? {
    guard var batch = reader.mapping("batch", .required, into: &diagnostics) else { return nil }
    let maximum = batch.integer("max", .required, into: &diagnostics)
    let delay = batch.optional("delay", into: &diagnostics) { try nonNegativeSpan($0) }
    let lanes = batch.integer("lanes", .optional, into: &diagnostics)
    let points = latencyPoints(&batch, into: &diagnostics)
    let noise = noise(batch.node("noise", .optional, into: &diagnostics), into: &diagnostics)
    batch.finish(into: &diagnostics)
    guard let maximum, let points, let noise else { return nil }
    return BatchModel(
      maximumBatch: maximum, maximumDelay: delay ?? .zero, lanes: lanes ?? 1, latency: points,
      noise: noise)
  }

  private func latencyPoints(
    _ batch: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> [BatchLatency.Point]? {
    guard let entries = batch.entries("latency", .required, into: &diagnostics) else { return nil }
    var points: [BatchLatency.Point] = []
    for entry in entries {
      guard let size = try? parseInteger(entry.name), (1...4_096).contains(size) else {
        entry.report(
          .unreadable(found: entry.name, allowed: "a batch size from 1 to 4096"), into: &diagnostics
        )
        return nil
      }
      // So short that no extrapolation to 4,096 requests leaves what a time can be.
      let time = entry.value.parsed(into: &diagnostics) {
        try span($0, from: TimeSpan(nanoseconds: 1), to: .hours(24))
      }
      guard let time else { return nil }
      if let last = points.last, size <= last.batchSize || time < last.time {
        entry.report(
          .beyond(
            .order,
            found: "\(size): \(time)",
            allowed: "a larger batch than \(last.batchSize) that takes \(last.time) or longer"),
          into: &diagnostics)
        return nil
      }
      points.append(BatchLatency.Point(batchSize: size, time: time))
    }
    guard !points.isEmpty else {
      batch.report(
        .rule(.needed, "required: at least one measured batch, such as 32: 100ms"), of: "latency",
        into: &diagnostics)
      return nil
    }
    return points
  }

  /// The most requests that all batches of a fleet may hold at once; places take half a gigabyte then.
  private static var mostBatchPlaces: Int { 1 << 23 }

  /// The pools in the order of the file.
  mutating func fleet(
    _ root: inout MappingReader, _ context: FleetContext, _ shared: inout SharedParts,
    into diagnostics: inout Diagnostics
  ) -> [DecodedPool]? {
    guard let entries = root.entries("fleet", .required, into: &diagnostics) else { return nil }
    var pools: [DecodedPool] = []
    for entry in entries {
      guard var reader = entry.value.mapping(into: &diagnostics) else { continue }
      let pool = pool(entry.name, &reader, context, &shared, into: &diagnostics)
      reader.finish(into: &diagnostics)
      if let pool { pools.append(pool) }
    }
    guard pools.count == entries.count else { return nil }
    guard pools.contains(where: { $0.maximum > 0 }) else {
      root.report(
        .rule(.needed, "required: a pool that may have a machine"), of: "fleet", into: &diagnostics)
      return nil
    }
    let replicas = pools.reduce(0) { $0 + $1.maximum * $1.pool.replicas.count }
    guard replicas <= ReplicaBoard.mostReplicas else {
      root.report(
        .beyond(
          .limit,
          found: "\(replicas) replicas on all machines",
          allowed: "at most \(ReplicaBoard.mostReplicas)"), of: "fleet", into: &diagnostics)
      return nil
    }
    let services = pools.flatMap { $0.pool.replicas.map(\.service) }
    guard services.allSatisfy({ ($0.tokens == nil) == (services.first?.tokens == nil) }) else {
      root.report(
        .rule(
          .conflict,
          "its machines serve some models by batches and others by an engine; give all one of them"),
        of: "fleet", into: &diagnostics)
      return nil
    }
    let slots = pools.reduce(0) { sum, pool in
      sum + pool.maximum
        * pool.pool.replicas.reduce(0) {
          $0 + ($1.service.batches.map { $0.lanes * $0.largestBatch } ?? 0)
        }
    }
    guard slots <= Self.mostBatchPlaces else {
      root.report(
        .beyond(
          .limit,
          found: "\(slots) places in the batches of all lanes",
          allowed: "at most \(Self.mostBatchPlaces)"),
        of: "fleet", into: &diagnostics)
      return nil
    }
    return pools
  }

  private mutating func pool(
    _ name: String, _ reader: inout MappingReader, _ context: FleetContext,
    _ shared: inout SharedParts, into diagnostics: inout Diagnostics
  ) -> DecodedPool? {
    let type = reader.string("type", .required, into: &diagnostics)
    let zone = reader.string("zone", .required, into: &diagnostics)
    let market = reader.oneOf(
      "market", Market.allCases.map { ($0.rawValue, $0) }, .required, into: &diagnostics)
    let machines = machines(&reader, into: &diagnostics)
    let hours = machines.flatMap {
      schedule(&reader, $0, market, context, into: &diagnostics)
    }
    let most = max(machines?.maximum ?? 1, hours?.schedule?.most ?? 0)
    let replicas = serves(&reader, type: type, context, into: &diagnostics)
    let capacity = capacity(
      &reader, PoolPlace(name: name, zone: zone, market: market, count: most),
      context.cloud, &shared, into: &diagnostics)
    let price = price(&reader, type: type, zone: zone, into: &diagnostics)
    let region = region(
      of: zone, context.prices, described: shared.zones.map(\.name), at: reader,
      into: &diagnostics)
    if price != nil && price?.series == nil {
      checkPrices(of: region, in: context.prices, at: reader, into: &diagnostics)
    }
    let launch = replicas.flatMap {
      context.cloud?.launch(
        of: $0, weights: context.models.weights, at: reader, into: &diagnostics)
    }
    guard let type, let zone, let market, let machines, let hours, let replicas, let capacity,
      let launch, let price,
      let listed = price.series
        ?? prices(
          of: type, market == .spot ? .spot : .onDemand, in: context.prices, from: context.start,
          namedBy: reader, into: &diagnostics)
    else { return nil }
    let listPrice = context.start.flatMap {
      context.prices?.prices(of: type, .onDemand, from: $0)?.price(at: .start)
    }.flatMap { price in
      // The list price of another region is none.
      let regions = context.prices?.regions ?? []
      return regions.isEmpty || region.map { regions.contains($0) } == true ? price : nil
    }
    let cloud = PoolModel(
      name: name, type: type, zone: zone, market: market, supply: capacity, launch: launch,
      prices: listed, priceLaw: price.law)
    return DecodedPool(
      pool: Scenario.Pool(
        cloud: cloud, wanted: hours.schedule?.most ?? machines.wanted(market), replicas: replicas,
        listPrice: listPrice, schedule: hours.schedule,
        ceiling: machines.range == nil ? nil : machines.maximum),
      minimum: hours.schedule?.fewest ?? machines.minimum, maximum: most, range: machines.range,
      place: reader.place, isPricedByBook: price.series == nil,
      notice: reader.has("notice") ? reader.place(of: "notice") : nil)
  }

  /// `4`, or `{ min, max }` where a policy chooses the number.
  private func machines(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> DecodedMachines? {
    guard let value = reader.node("machines", .required, into: &diagnostics) else { return nil }
    if case .scalar = value.node.content {
      return value.integer(into: &diagnostics).map {
        DecodedMachines(minimum: $0, maximum: $0)
      }
    }
    guard var range = value.mapping(into: &diagnostics) else { return nil }
    let minimum = range.integer("min", .required, into: &diagnostics)
    let maximum = range.integer("max", .required, into: &diagnostics)
    range.finish(into: &diagnostics)
    guard let minimum, let maximum else { return nil }
    guard minimum <= maximum else {
      range.report(
        .beyond(.order, found: "\(maximum)", allowed: "\(minimum) or more"), of: "max",
        into: &diagnostics)
      return nil
    }
    return DecodedMachines(minimum: minimum, maximum: maximum, range: value)
  }

  private func serves(
    _ reader: inout MappingReader, type: String?, _ context: FleetContext,
    into diagnostics: inout Diagnostics
  ) -> [ReplicaPlace]? {
    guard let entries = reader.entries("serves", .required, into: &diagnostics) else { return nil }
    var places: [ReplicaPlace] = []
    for entry in entries {
      guard let count = entry.value.integer(into: &diagnostics), let type else {
        return nil
      }
      let model = context.models.onMachines.first { $0.model == entry.name && $0.type == type }
      let number = context.models.served.firstIndex { $0.name == entry.name }
      guard let model, let number else {
        reportUnserved(entry, on: type, context.models, into: &diagnostics)
        return nil
      }
      guard let limit = context.queueLimit else { return nil }
      places += [ReplicaPlace](
        repeating: ReplicaPlace(
          serves: ModelID(number), service: model.service, queueLimit: limit), count: count)
    }
    guard !places.isEmpty else {
      reader.report(
        .rule(.needed, "required: at least one model"), of: "serves", into: &diagnostics)
      return nil
    }
    return places
  }

  /// Says why a model cannot be served by machines of a type; nothing where its own place says so.
  private func reportUnserved(
    _ entry: NamedValue, on type: String, _ models: DecodedModels,
    into diagnostics: inout Diagnostics
  ) {
    guard !models.isUnknown else { return }
    guard let model = models.written.first(where: { $0.name == entry.name }) else {
      let known = models.written.map(\.name)
      entry.report(
        .unknownKey(nearest: nearestKey(to: entry.name, among: known), allowed: known),
        code: .reference, into: &diagnostics)
      return
    }
    guard !model.types.contains(type) else { return }
    let types = model.types.isEmpty ? "none" : model.types.joined(separator: ", ")
    var nearest = nearestKey(to: type, among: model.types).map { "; did you mean '\($0)'?" } ?? ""
    if nearest.isEmpty, model.types.isEmpty {
      nearest = "; \(lacking("model", entry.name, among: catalogue.modelNames))"
    }
    entry.report(
      .rule(
        .reference,
        "the model has no latency on \(ScenarioError.quoted(type))\(nearest) (models: "
          + "\(KeyPathNames.appending(entry.name, to: "")): on has: \(types))"), into: &diagnostics)
  }

  /// The highest throughput of another scenario's fleet, by its models and machines alone.
  mutating func throughput(
    of path: String, namedBy value: ValueReader, into diagnostics: inout Diagnostics
  ) -> Double? {
    let loaded: LoadedScenario
    do {
      loaded = try ScenarioText.load(path, files: files, overrides: [])
    } catch {
      if error.errors.contains(where: { if case .missingFile = $0.problem { true } else { false } })
      {
        value.report(.missingFile(path), into: &diagnostics)
      } else {
        for problem in error.errors { diagnostics.report(problem) }
      }
      return nil
    }
    note(loaded.files)
    var root = MappingReader(loaded, shape: KeyTable.scenario)
    let mine = (systemPrompts, catalogue)
    readCatalogue(&root, into: &diagnostics)
    let lengths = lengths(in: &root, into: &diagnostics)
    let models = models(&root, mix: nil, lengths, into: &diagnostics)?.onMachines ?? []
    (systemPrompts, catalogue) = mine
    var sum = 0.0
    for pool in root.entries("fleet", .required, into: &diagnostics) ?? [] {
      guard var reader = pool.value.mapping(into: &diagnostics) else { continue }
      let market = reader.oneOf(
        "market", Market.allCases.map { ($0.rawValue, $0) }, .required, into: &diagnostics)
      let type = reader.string("type", .required, into: &diagnostics)
      let count = machines(&reader, into: &diagnostics)?.wanted(market) ?? 0
      for served in reader.entries("serves", .required, into: &diagnostics) ?? [] {
        let replicas = served.value.integer(into: &diagnostics) ?? 0
        let model = models.first { $0.model == served.name && $0.type == type }
        sum += Double(count * replicas) * (model?.service.maximumThroughput ?? 0)
      }
    }
    guard sum > 0 else {
      value.report(
        .rule(
          .reference,
          "the fleet of \(path) has no throughput"
            + (lengths == nil
              ? "; that of engines follows from workload.prompt_tokens and output_tokens, which it does not state"
              : "")), into: &diagnostics)
      return nil
    }
    return sum
  }
}
