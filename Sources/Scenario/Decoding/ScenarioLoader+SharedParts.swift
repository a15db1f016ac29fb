// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Numerics
import Quantities
import RandomStreams
import ReplicaModel
import Serving

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
    add(pool.supply.places.first)
    for number in pool.supply.shared where capacities[number].drop != .block {
      add(capacities[number].law)
    }
    let longest = pool.supply.longestLife?.inSeconds
    if let lifetime = pool.supply.lifetime {
      sum += 1 / (longest.map { lifetime.mean(cutAt: $0) } ?? lifetime.mean)
    } else if let longest {
      sum += 1 / longest
    }
    for number in pool.supply.shocks {
      sum += shocks[number].takes.fraction / shocks[number].every.inSeconds
    }
    return sum
  }
}

extension ScenarioLoader {
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
  mutating func sharedCapacity(
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
        replay.report(.rule(.conflict, "give either replay or up and down"), into: &diagnostics)
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
      (up ?? down)?.report(.rule(.needed, "up and down go together"), into: &diagnostics)
    }
    guard let drop else {
      reader.report(
        .rule(
          .needed,
          "required: drops: interrupt (machines are taken back), block (they stay, none more is "
            + "sold) or replace (they are taken back, and others sold)"), of: "drops",
        into: &diagnostics)
      return []
    }
    guard isSpot || drop == .block else {
      reader.report(
        .rule(.conflict, "machines on demand are not taken back: drops: block"), of: "drops",
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
  func shocks(
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
}
