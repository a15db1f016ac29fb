// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Numerics
import Quantities
import RandomStreams
import ReplicaModel
import Serving

/// Which pool it is whose capacity is read.
struct PoolPlace {
  let name: String
  let zone: String?
  let market: Market?
  let count: Int
}

extension ScenarioLoader {
  /// When machines of a pool can be had, when they are taken back, and what is said before.
  mutating func capacity(
    _ reader: inout MappingReader, _ pool: PoolPlace, _ cloud: DecodedCloud?,
    _ parts: inout SharedParts, into diagnostics: inout Diagnostics
  ) -> PoolModel.Supply? {
    let before = diagnostics.count
    let isSpot = pool.market == .spot
    var capacity = PoolModel.Supply(
      places: [CapacityLaw](repeating: .always, count: pool.count))
    for key in ["schedule", "lifetime", "longest_life", "down", "shocks", "notice"]
    where !isSpot && pool.market != nil && reader.has(key) && !reader.isSequence(key) {
      reader.report(
        .rule(.conflict, "only spot machines are taken back; an on-demand pool has no such key"),
        of: key,
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
        own.report(.rule(.needed, "required: up and down, or replay"), of: "up", into: &diagnostics)
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
    _ reader: inout MappingReader, _ capacity: inout PoolModel.Supply,
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
          .rule(.conflict, "give either a schedule or lifetime and down"), of: "schedule",
          into: &diagnostics)
      }
      capacity.places = scheduled(schedule, count: count, into: &diagnostics) ?? capacity.places
      return
    }
    guard let lifetime else {
      down?.report(.rule(.needed, "down goes with lifetime"), into: &diagnostics)
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
  func positiveLaw(
    _ value: ValueReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    guard let law = law(value, .time, into: &diagnostics) else { return nil }
    guard law.mean > 0 else {
      value.report(
        .beyond(.law, found: "a mean of \(law.mean) s", allowed: "a mean above 0"),
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
      value.report(
        .rule(.conflict, "an ideal cloud gives no notice; leave this out"), into: &diagnostics)
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
          throw (error as? UnreadableQuantity).saying(
            "a time such as 120s, none, or one of \(names)")
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
}
