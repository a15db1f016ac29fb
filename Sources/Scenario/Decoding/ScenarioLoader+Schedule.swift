// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// The hours of a pool as they were read; wrapped, since a pool without any is an answer too.
struct DecodedHours {
  var schedule: MachineSchedule?
}

extension ScenarioLoader {
  private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// `schedule` as a list of hours with a number of machines each; a mapping says when places of a spot pool can
  /// be had, and is read elsewhere.
  func schedule(
    _ reader: inout MappingReader, _ machines: DecodedMachines, _ market: Market?,
    _ context: FleetContext, into diagnostics: inout Diagnostics
  ) -> DecodedHours? {
    guard let value = reader.node("schedule", .optional, into: &diagnostics),
      case .sequence = value.node.content
    else { return DecodedHours() }
    let before = diagnostics.errors.count
    let items = value.sequence(into: &diagnostics) ?? []
    guard (1...20).contains(items.count) else {
      value.report(
        .outOfRange(found: "\(items.count) entries", allowed: "1 to 20"), into: &diagnostics)
      return nil
    }
    let hours = items.compactMap { item -> MachineSchedule.Hours? in
      guard var entry = item.mapping(into: &diagnostics) else { return nil }
      defer { entry.finish(into: &diagnostics) }
      return self.hours(&entry, machines, context, into: &diagnostics)
    }
    guard diagnostics.errors.count == before, let start = context.start,
      let horizon = context.horizon
    else { return nil }
    // At all other times a pool has its number, or the least of its range.
    return DecodedHours(
      schedule: MachineSchedule(
        usual: machines.range == nil ? machines.wanted(market) : machines.minimum, hours,
        start: start, horizon: horizon))
  }

  /// `{ days: mon-fri, from: "08:00", to: "18:00", zone: Europe/Berlin, machines: 6 }`.
  private func hours(
    _ reader: inout MappingReader, _ machines: DecodedMachines, _ context: FleetContext,
    into diagnostics: inout Diagnostics
  ) -> MachineSchedule.Hours? {
    let days = reader.required("days", into: &diagnostics) { try Self.days($0) }
    let from = reader.required("from", into: &diagnostics) { try Self.localTime($0) }
    let to = reader.required("to", into: &diagnostics) { try Self.localTime($0) }
    let zone = reader.required("zone", into: &diagnostics) { try Self.localZone($0) }
    let limit = machines.range == nil ? 100_000 : machines.maximum
    let count = reader.integer("machines", in: 0...limit, .required, into: &diagnostics)
    if let from, let to, from == to {
      reader.report(
        .beyond(
          .order,
          found: "the time of from", allowed: "another time; a whole day is 00:00 to 24:00"),
        of: "to", into: &diagnostics)
    }
    if let since = zone?.since, let start = context.start, start < since + .hours(24 * 9) {
      reader.report(
        .beyond(
          .limit,
          found: "a start of \(start)",
          allowed: "one after \(since + .hours(24 * 9)): the rules of \(zone?.name ?? "") that are "
            + "known hold from \(since) on (\(LocalZone.rulesVersion)); an offset such as +01:00 "
            + "always holds"), of: "zone", into: &diagnostics)
    }
    guard let days, let from, let to, let zone, let count else { return nil }
    return MachineSchedule.Hours(days: days, from: from, to: to, zone: zone, machines: count)
  }

  /// Reads `mon-fri`, `sat, sun` or `fri-mon`, Monday first.
  private static func days(_ text: String) throws -> [Bool] {
    let failure = UnreadableQuantity(
      allowed: "days of the week, such as mon-fri, or sat, sun, or mon-sun for every day")
    var days = [Bool](repeating: false, count: 7)
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { name in
        dayNames.firstIndex(of: String(name).trimmingBlanks.lowercased())
      }
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else {
        throw failure
      }
      for day in first...(last < first ? last + 7 : last) { days[day % 7] = true }
    }
    return days
  }

  /// Reads a time of day by the local clock, up to `24:00`.
  private static func localTime(_ text: String) throws -> TimeSpan {
    if text == "24:00" { return .hours(24) }
    do {
      return try timeOfDay(text)
    } catch {
      throw UnreadableQuantity(allowed: "a time of day by the local clock, such as \"08:00\"")
    }
  }

  private static func localZone(_ text: String) throws -> LocalZone {
    do {
      return try LocalZone(parsing: text)
    } catch {
      let near = nearestKey(to: text, among: LocalZone.names)
      throw UnreadableQuantity(
        allowed: error.allowed + (near.map { " (did you mean '\($0)'?)" } ?? ""))
    }
  }
}
