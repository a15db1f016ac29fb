// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Numerics
import Quantities
import RandomStreams
import ReplicaModel
import Serving

/// The launches of a scenario's cloud, before it is known what a machine loads.
enum DecodedCloud: Equatable {
  case ideal
  /// How weights come: in a time of their own, or as bytes over a bandwidth that scatters.
  enum Load: Equatable {
    case law(Distribution)
    case bandwidth(bytesPerSecond: Int64, scatter: Distribution)
  }
  case staged(answer: Distribution, boot: Distribution, image: Distribution, load: Load)

  /// How a machine with those replicas is launched; each model's weights are loaded once.
  func launch(
    of replicas: [ReplicaBank.Place], weights: [Int64?], at reader: MappingReader,
    into diagnostics: inout Diagnostics
  ) -> LaunchLaw? {
    guard case .staged(let answer, let boot, let image, let load) = self else { return .ideal }
    let time: Distribution
    switch load {
    case .law(let law):
      time = law
    case .bandwidth(let bytesPerSecond, let scatter):
      var models: [Int] = []
      for replica in replicas where !models.contains(replica.serves.index) {
        models.append(replica.serves.index)
      }
      var bytes = 0.0
      for model in models {
        guard let size = weights[model] else {
          reader.report(
            .other("load has a bandwidth, so every model here needs its weights, such as 40GB"),
            of: "serves", into: &diagnostics)
          return nil
        }
        bytes += Double(size)
      }
      guard let scaled = scatter.scaled(by: bytes / Double(bytesPerSecond)) else { return nil }
      time = scaled
    }
    return .staged(LaunchLaw.Stages(answer: answer, boot: boot, image: image, load: time))
  }
}

/// What several pools share: capacities and shocks, and in which zone which of them count.
struct SharedParts {
  /// What lies above the pools of a zone.
  struct Zone {
    let name: String
    let capacities: [Int]
    let shocks: [Int]
  }
  var capacities: [SharedCapacity] = []
  var shocks: [ShockLaw] = []
  var zones: [Zone] = []

  /// What may be a slip of the pen: zones are told of, and a spot pool stands in another.
  func warnings(of pools: [PoolModel]) -> [String] {
    guard !zones.isEmpty else { return [] }
    return pools.compactMap { pool in
      guard pool.market == .spot, !zones.contains(where: { $0.name == pool.zone }) else {
        return nil
      }
      return "pool \(pool.name) stands in \(pool.zone), of which zones says nothing: no zone takes "
        + "its machines"
    }
  }

  /// Interruptions a second of a machine of a pool, in the long run.
  func hazard(of pool: PoolModel) -> Double {
    var sum = 0.0
    func add(_ law: CapacityLaw?) {
      if case .renewal(let up, _) = law { sum += 1 / up.mean }
    }
    add(pool.places.first)
    for number in pool.shared where capacities[number].drop != .block {
      add(capacities[number].law)
    }
    let longest = pool.longestLife?.inSeconds
    if let lifetime = pool.lifetime {
      sum += 1 / (longest.map { lifetime.mean(cutAt: $0) } ?? lifetime.mean)
    } else if let longest {
      sum += 1 / longest
    }
    for number in pool.shocks {
      sum += shocks[number].takes.fraction / shocks[number].every.inSeconds
    }
    return sum
  }
}

/// Which pool it is whose capacity is read.
struct PoolPlace {
  let name: String
  let zone: String?
  let market: Market?
  let count: Int
}

/// What a pool says of when machines can be had and kept.
struct PoolCapacity {
  var places: [CapacityLaw]
  var shared: [Int] = []
  var lifetime: Distribution?
  var longestLife: TimeSpan?
  var shocks: [Int] = []
  var notice = NoticeLaw.none
}

extension ScenarioLoader {
  /// Whether the cloud is ideal, or how long its machines take to start; and its quotas.
  func cloud(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> (launch: DecodedCloud, quotas: [Quota])? {
    guard let value = root.node("cloud", .required, into: &diagnostics) else { return nil }
    if case .scalar(let text) = value.node.content {
      if text == "ideal" { return (.ideal, []) }
      value.report(
        .unreadable(found: text, allowed: "ideal, or { answer: 5s, boot: 2min, load: 5min }"),
        into: &diagnostics)
      return nil
    }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    let answer = reader.node("answer", .required, into: &diagnostics).flatMap {
      law($0, .time, into: &diagnostics)
    }
    let boot = reader.node("boot", .required, into: &diagnostics).flatMap {
      law($0, .time, into: &diagnostics)
    }
    let image = imagePull(&reader, into: &diagnostics)
    let load = reader.node("load", .required, into: &diagnostics).flatMap {
      weightsLoad($0, into: &diagnostics)
    }
    let quotas = quotas(&reader, into: &diagnostics)
    reader.finish(into: &diagnostics)
    guard let answer, let boot, let image, let load else { return nil }
    return (.staged(answer: answer, boot: boot, image: image, load: load), quotas)
  }

  /// A time, or `{ size: 12GB, bandwidth: 400MB/s }`; none takes none.
  private func imagePull(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    guard let value = reader.node("image", .optional, into: &diagnostics) else {
      return try? Distribution(.constant(0))
    }
    guard value.node.entries?.contains(where: { $0.key == "bandwidth" }) ?? false else {
      return law(value, .time, into: &diagnostics)
    }
    guard var pull = value.mapping(into: &diagnostics) else { return nil }
    let size = pull.required("size", into: &diagnostics) { try byteCount($0) }
    let speed = pull.required("bandwidth", into: &diagnostics) { try bandwidth($0) }
    let scatter = scatter(&pull, into: &diagnostics)
    pull.finish(into: &diagnostics)
    guard let size, let speed, let scatter else { return nil }
    return scatter.scaled(by: Double(size) / Double(speed))
  }

  /// A time, or `{ bandwidth: 2GB/s }` for the weights of the models that a machine serves.
  private func weightsLoad(
    _ value: ValueReader, into diagnostics: inout Diagnostics
  ) -> DecodedCloud.Load? {
    guard value.node.entries?.contains(where: { $0.key == "bandwidth" }) ?? false else {
      return law(value, .time, into: &diagnostics).map { .law($0) }
    }
    guard var load = value.mapping(into: &diagnostics) else { return nil }
    let speed = load.required("bandwidth", into: &diagnostics) { try bandwidth($0) }
    let scatter = scatter(&load, into: &diagnostics)
    load.finish(into: &diagnostics)
    guard let speed, let scatter else { return nil }
    return .bandwidth(bytesPerSecond: speed, scatter: scatter)
  }

  private func scatter(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    guard let value = reader.node("scatter", .optional, into: &diagnostics) else {
      return try? Distribution(.constant(1))
    }
    return unitLaw(value, into: &diagnostics)
  }

  private func quotas(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> [Quota] {
    (reader.sequence("quotas", .optional, into: &diagnostics) ?? []).compactMap { value in
      guard var quota = value.mapping(into: &diagnostics) else { return nil }
      let market = quota.oneOf(
        "market", Market.allCases.map { ($0.rawValue, $0) }, .required, into: &diagnostics)
      let type = quota.string("type", .optional, into: &diagnostics)
      let machines = quota.integer("machines", in: 0...100_000, .required, into: &diagnostics)
      quota.finish(into: &diagnostics)
      guard let market, let machines else { return nil }
      return Quota(market: market, type: type, machines: machines)
    }
  }

  // MARK: Zones

  /// The regions and zones whose machines come and go together.
  mutating func sharedParts(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> SharedParts {
    var parts = SharedParts()
    var regions: [SharedParts.Zone] = []
    for entry in root.entries("regions", .optional, into: &diagnostics) ?? [] {
      guard var reader = entry.value.mapping(into: &diagnostics) else { continue }
      regions.append(zone("region \(entry.name)", entry.name, &reader, &parts, into: &diagnostics))
      reader.finish(into: &diagnostics)
    }
    for entry in root.entries("zones", .optional, into: &diagnostics) ?? [] {
      guard var reader = entry.value.mapping(into: &diagnostics) else { continue }
      let own = zone("zone \(entry.name)", entry.name, &reader, &parts, into: &diagnostics)
      var region: SharedParts.Zone?
      if let value = reader.node("region", .optional, into: &diagnostics) {
        region = value.oneOf(regions.map { ($0.name, $0) }, into: &diagnostics)
      }
      reader.finish(into: &diagnostics)
      parts.zones.append(
        SharedParts.Zone(
          name: entry.name, capacities: (region?.capacities ?? []) + own.capacities,
          shocks: (region?.shocks ?? []) + own.shocks))
    }
    return parts
  }

  private mutating func zone(
    _ name: String, _ ownName: String, _ reader: inout MappingReader, _ parts: inout SharedParts,
    into diagnostics: inout Diagnostics
  ) -> SharedParts.Zone {
    let capacities = sharedCapacity(name, &reader, &parts, isSpot: true, into: &diagnostics)
    let shocks = shocks(name, &reader, &parts, into: &diagnostics)
    return SharedParts.Zone(name: ownName, capacities: capacities, shocks: shocks)
  }

  /// `up` and `down`, or `replay`, with what a drop does; no numbers where nothing is said.
  private mutating func sharedCapacity(
    _ name: String, _ reader: inout MappingReader, _ parts: inout SharedParts, isSpot: Bool,
    into diagnostics: inout Diagnostics
  ) -> [Int] {
    let replay = reader.node("replay", .optional, into: &diagnostics)
    let up = reader.node("up", .optional, into: &diagnostics)
    let down = reader.node("down", .optional, into: &diagnostics)
    let drop = reader.oneOf(
      "drops", SharedCapacity.Drop.allCases.map { ($0.rawValue, $0) }, .optional,
      into: &diagnostics)
    let ones = reader.oneOf(
      "ones", MeasuredFile.Meaning.allCases.map { ($0.rawValue, $0) }, .optional,
      into: &diagnostics)
    let from = reader.optional("from", into: &diagnostics) { try nonNegativeSpan($0) }
    guard replay != nil || up != nil || down != nil else { return [] }
    var law: CapacityLaw?
    if let replay {
      if up != nil || down != nil {
        replay.report(.other("give either replay or up and down"), into: &diagnostics)
        return []
      }
      let rules = calendarRules(
        &reader,
        InputKeys(
          begin: CalendarRules.Fill.allCases, end: CalendarRules.Fill.allCases, repeats: true),
        into: &diagnostics)
      let zone = timeZone(&reader, into: &diagnostics)
      law = replayed(replay, ones, from: from, rules, zone, into: &diagnostics)
    } else if let up, let down {
      let times = [
        positiveLaw(up, into: &diagnostics), self.law(down, .time, into: &diagnostics),
      ].compactMap(\.self)
      if times.count == 2 { law = .renewal(up: times[0], down: times[1]) }
    } else {
      (up ?? down)?.report(.other("up and down go together"), into: &diagnostics)
    }
    guard let drop else {
      reader.report(
        .other(
          "required: drops: interrupt (machines are taken back), block (they stay, none more is "
            + "sold) or replace (they are taken back, and others sold)"), of: "drops",
        into: &diagnostics)
      return []
    }
    guard isSpot || drop == .block else {
      reader.report(
        .other("machines on demand are not taken back: drops: block"), of: "drops",
        into: &diagnostics)
      return []
    }
    guard let law else { return [] }
    parts.capacities.append(SharedCapacity(name: name, law: law, drop: drop))
    return [parts.capacities.count - 1]
  }

  private mutating func replayed(
    _ value: ValueReader, _ ones: MeasuredFile.Meaning?, from: TimeSpan?, _ rules: CalendarRules,
    _ zone: TimeSpan?, into diagnostics: inout Diagnostics
  ) -> CapacityLaw? {
    guard let name = value.string(into: &diagnostics), let calendar,
      let (path, bytes) = read(name, namedBy: value, into: &diagnostics)
    else { return nil }
    do {
      let measured = try MeasuredFile.availability(bytes, ones: ones, zone: zone)
      let law = try measured.law(
        from: from, start: calendar.start, horizon: calendar.horizon, rules: rules)
      summarise(path, measured.summary)
      return law
    } catch {
      report(error, in: path, named: value, into: &diagnostics)
      return nil
    }
  }

  /// `{ every: 40h, takes: 60% }`.
  private func shocks(
    _ name: String, _ reader: inout MappingReader, _ parts: inout SharedParts,
    into diagnostics: inout Diagnostics
  ) -> [Int] {
    guard var shocks = reader.mapping("shocks", .optional, into: &diagnostics) else { return [] }
    let every = shocks.required("every", into: &diagnostics) { try positiveSpan($0) }
    let takes = shocks.required("takes", into: &diagnostics) { try shareOfWhole($0) }
    shocks.finish(into: &diagnostics)
    guard let every, let takes else { return [] }
    parts.shocks.append(ShockLaw(name: name, every: every, takes: takes))
    return [parts.shocks.count - 1]
  }

  // MARK: Pools

  /// When machines of a pool can be had, when they are taken back, and what is said before.
  mutating func capacity(
    _ reader: inout MappingReader, _ pool: PoolPlace, _ cloud: DecodedCloud?,
    _ parts: inout SharedParts, into diagnostics: inout Diagnostics
  ) -> PoolCapacity? {
    let before = diagnostics.count
    let isSpot = pool.market == .spot
    var capacity = PoolCapacity(
      places: [CapacityLaw](repeating: .always, count: pool.count))
    for key in ["schedule", "lifetime", "longest_life", "down", "shocks", "notice"]
    where !isSpot && pool.market != nil && reader.has(key) && !reader.isSequence(key) {
      reader.report(
        .other("only spot machines are taken back; an on-demand pool has no such key"), of: key,
        into: &diagnostics)
    }
    places(&reader, &capacity, into: &diagnostics)
    capacity.longestLife = reader.optional("longest_life", into: &diagnostics) {
      try positiveSpan($0)
    }
    if let zone = parts.zones.first(where: { $0.name == pool.zone }), isSpot {
      capacity.shared += zone.capacities
      capacity.shocks += zone.shocks
    }
    if var own = reader.mapping("obtainability", .optional, into: &diagnostics) {
      let numbers = sharedCapacity(
        "pool \(pool.name)", &own, &parts, isSpot: isSpot, into: &diagnostics)
      if numbers.isEmpty && diagnostics.count == before {
        own.report(.other("required: up and down, or replay"), of: "up", into: &diagnostics)
      }
      own.finish(into: &diagnostics)
      capacity.shared += numbers
    }
    capacity.shocks += shocks("pool \(pool.name)", &reader, &parts, into: &diagnostics)
    if let value = reader.node("notice", .optional, into: &diagnostics),
      let notice = notice(value, cloud, into: &diagnostics)
    {
      capacity.notice = notice
    }
    return diagnostics.count == before ? capacity : nil
  }

  /// `schedule`; or `lifetime` with `down` for places that come and go; or `lifetime` alone for machines
  /// that are taken back at an age.
  private func places(
    _ reader: inout MappingReader, _ capacity: inout PoolCapacity,
    into diagnostics: inout Diagnostics
  ) {
    // A list says how many machines there should be, and not when they can be had.
    let schedule =
      reader.isSequence("schedule")
      ? nil : reader.mapping("schedule", .optional, into: &diagnostics)
    let lifetime = reader.node("lifetime", .optional, into: &diagnostics)
    let down = reader.node("down", .optional, into: &diagnostics)
    let count = capacity.places.count
    if let schedule {
      if lifetime != nil || down != nil {
        reader.report(
          .other("give either a schedule or lifetime and down"), of: "schedule", into: &diagnostics)
      }
      capacity.places = scheduled(schedule, count: count, into: &diagnostics) ?? capacity.places
      return
    }
    guard let lifetime else {
      down?.report(.other("down goes with lifetime"), into: &diagnostics)
      return
    }
    let life = positiveLaw(lifetime, into: &diagnostics)
    guard let down else {
      capacity.lifetime = life
      return
    }
    let away = law(down, .time, into: &diagnostics)
    guard let life, let away else { return }
    capacity.places = [CapacityLaw](repeating: .renewal(up: life, down: away), count: count)
  }

  private func scheduled(
    _ schedule: MappingReader, count: Int, into diagnostics: inout Diagnostics
  ) -> [CapacityLaw]? {
    var schedule = schedule
    let up = schedule.required("up", into: &diagnostics) { try positiveSpan($0) }
    let down = schedule.required("down", into: &diagnostics) { try positiveSpan($0) }
    let phase = schedule.optional("phase", into: &diagnostics) { try nonNegativeSpan($0) } ?? .zero
    let stagger =
      schedule.optional("stagger", into: &diagnostics) { try nonNegativeSpan($0) } ?? .zero
    schedule.finish(into: &diagnostics)
    guard let up, let down else { return nil }
    let cycle = Int128((up + down).nanoseconds)
    return (0..<count).map { place in
      let shift = Int128(phase.nanoseconds) + Int128(stagger.nanoseconds) * Int128(place)
      return .schedule(
        up: up, down: down, phase: TimeSpan(nanoseconds: Int64(shift % cycle)))
    }
  }

  /// A law of times of which some are above zero: no machine lives for no time on average.
  private func positiveLaw(
    _ value: ValueReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    guard let law = law(value, .time, into: &diagnostics) else { return nil }
    guard law.mean > 0 else {
      value.report(
        .outOfRange(found: "a mean of \(law.mean) s", allowed: "a mean above 0"),
        into: &diagnostics)
      return nil
    }
    return law
  }

  /// A provider, a time, `none`, or `{ lead, missing, rebalance: { ahead, missing } }`.
  private func notice(
    _ value: ValueReader, _ cloud: DecodedCloud?, into diagnostics: inout Diagnostics
  ) -> NoticeLaw? {
    if case .scalar("none") = value.node.content { return NoticeLaw.none }
    guard cloud != .ideal else {
      value.report(.other("an ideal cloud gives no notice; leave this out"), into: &diagnostics)
      return nil
    }
    if case .scalar(let text) = value.node.content {
      if let provider = NoticeLaw.providers.first(where: { $0.name == text }) {
        return provider.law
      }
      let names = NoticeLaw.providers.map(\.name).joined(separator: ", ")
      return value.parsed(into: &diagnostics) { text in
        do {
          return .always(try nonNegativeSpan(text))
        } catch {
          throw UnreadableQuantity(allowed: "a time such as 120s, none, or one of \(names)")
        }
      }
    }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    let notice = message(&reader, "lead", into: &diagnostics)
    var rebalance: NoticeLaw.Message?
    if var ahead = reader.mapping("rebalance", .optional, into: &diagnostics) {
      rebalance = message(&ahead, "ahead", into: &diagnostics)
      ahead.finish(into: &diagnostics)
    }
    reader.finish(into: &diagnostics)
    return notice.map { NoticeLaw(notice: $0, rebalance: rebalance) }
  }

  private func message(
    _ reader: inout MappingReader, _ key: String, into diagnostics: inout Diagnostics
  ) -> NoticeLaw.Message? {
    let lead = reader.node(key, .required, into: &diagnostics).flatMap {
      law($0, .time, into: &diagnostics)
    }
    let missing = reader.optional("missing", into: &diagnostics) { try shareOfWhole($0) }
    return lead.map { NoticeLaw.Message(lead: $0, missing: missing ?? .zero) }
  }

  // MARK: Prices

  /// A price of the pool's own: constant, replayed, or wandering; both are nil for that of the book.
  mutating func price(
    _ reader: inout MappingReader, type: String?, zone: String?, into diagnostics: inout Diagnostics
  ) -> (series: PriceSeries?, law: PriceLaw?)? {
    guard let value = reader.node("price", .optional, into: &diagnostics) else { return (nil, nil) }
    if case .scalar = value.node.content {
      return value.parsed(into: &diagnostics, as: { try hourlyPrice($0) }).map {
        (PriceSeries(changes: [.init(at: .start, price: $0)]), nil)
      }
    }
    guard var own = value.mapping(into: &diagnostics) else { return nil }
    defer { own.finish(into: &diagnostics) }
    if let replay = own.node("replay", .optional, into: &diagnostics) {
      return replayedPrice(replay, &own, type: type, zone: zone, into: &diagnostics).map {
        ($0, nil)
      }
    }
    return wanderingPrice(&own, into: &diagnostics).map { law in
      (PriceSeries(changes: [.init(at: .start, price: law.mean)]), law)
    }
  }

  private mutating func replayedPrice(
    _ value: ValueReader, _ own: inout MappingReader, type: String?, zone: String?,
    into diagnostics: inout Diagnostics
  ) -> PriceSeries? {
    let before = diagnostics.errors.count
    var selection = PriceHistory.Selection(type: type, zone: zone)
    if let named = own.string("zone", .optional, into: &diagnostics) {
      (selection.zone, selection.namesZone) = (named, true)
    }
    if let named = own.string("type", .optional, into: &diagnostics) {
      (selection.type, selection.namesType) = (named, true)
    }
    selection.product = own.string("product", .optional, into: &diagnostics)
    let rules = calendarRules(&own, InputKeys(begin: [.hold], end: [.hold]), into: &diagnostics)
    let timeZone = timeZone(&own, into: &diagnostics)
    guard diagnostics.errors.count == before, let calendar, selection.type != nil,
      selection.zone != nil, let name = value.string(into: &diagnostics),
      let (path, bytes) = read(name, namedBy: value, into: &diagnostics)
    else { return nil }
    do {
      let history = try PriceHistory(bytes, selection, timeZone: timeZone)
      let series = try history.series(
        start: calendar.start, horizon: calendar.horizon, rules: rules)
      summarise(path, history.summary(of: series, over: calendar.horizon))
      return series
    } catch {
      report(error, in: path, named: value, into: &diagnostics)
      return nil
    }
  }

  private func wanderingPrice(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> PriceLaw? {
    let mean = reader.required("mean", into: &diagnostics) { try hourlyPrice($0) }
    let deviation = reader.required("deviation", into: &diagnostics) { try shareOfWhole($0) }
    let reversion = reader.required("reversion", into: &diagnostics) { try positiveSpan($0) }
    let step = reader.optional("step", into: &diagnostics) {
      try span($0, from: .minutes(1), to: .hours(730))
    }
    let highest = reader.optional("at_most", into: &diagnostics) { try hourlyPrice($0) }
    var jumps: PriceLaw.Jumps?
    if var reader = reader.mapping("jumps", .optional, into: &diagnostics) {
      let every = reader.required("every", into: &diagnostics) { try positiveSpan($0) }
      let factor = reader.decimal("factor", in: 1...100, .required, into: &diagnostics)
      reader.finish(into: &diagnostics)
      if let every, let factor { jumps = PriceLaw.Jumps(every: every, factor: factor) }
    }
    guard let mean, let deviation, let reversion else { return nil }
    let law = PriceLaw(
      mean: mean, deviation: deviation.fraction, reversion: reversion, jumps: jumps,
      step: step ?? .hours(1), highest: highest)
    // A hundredth of the mean is as far from it as the highest price that is drawn.
    guard law.meanAboveUsual <= Elementary.log(Double(PriceLaw.mostOfMean)) else {
      reader.report(
        .other(
          "with such jumps the price usually lies below a hundredth of its mean of \(mean), which rests on "
            + "rises that no run sees; make them rarer, smaller or sooner over (reversion)"),
        of: "jumps", into: &diagnostics)
      return nil
    }
    return law
  }
}
