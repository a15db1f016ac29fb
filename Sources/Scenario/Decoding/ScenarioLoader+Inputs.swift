// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import Workload

/// Which keys of a calendar a file takes; the others are unknown there.
struct InputKeys {
  /// What may hold before the first time; empty where the key is unknown.
  var begin: [CalendarRules.Fill] = []
  /// What may hold in holes.
  var holes: [CalendarRules.Fill] = []
  /// What may hold after the last time.
  var end: [CalendarRules.Fill] = []
  /// Whether a day or a week may be repeated.
  var repeats = false

  static let series = InputKeys(
    begin: CalendarRules.Fill.allCases, holes: CalendarRules.Fill.allCases,
    end: CalendarRules.Fill.allCases, repeats: true)
}

extension ScenarioLoader {
  /// `times`, `begin`, `holes`, `end` and `repeat`, which stand beside a file: what holds where it says nothing.
  func calendarRules(
    _ reader: inout MappingReader, _ keys: InputKeys, into diagnostics: inout Diagnostics
  ) -> CalendarRules {
    var rules = CalendarRules()
    rules.isRelative =
      reader.oneOf("times", [("dated", false), ("relative", true)], .optional, into: &diagnostics)
      ?? false
    func fill(_ key: String, _ allowed: [CalendarRules.Fill]) -> CalendarRules.Fill? {
      guard !allowed.isEmpty else { return nil }
      return reader.oneOf(key, allowed.map { ($0.rawValue, $0) }, .optional, into: &diagnostics)
    }
    rules.begin = fill("begin", keys.begin)
    rules.holes = fill("holes", keys.holes)
    rules.end = fill("end", keys.end)
    if keys.repeats {
      rules.repeats = reader.oneOf(
        "repeat", CalendarRules.Repeat.allCases.map { ($0.rawValue, $0) }, .optional,
        into: &diagnostics)
      for (key, fill) in [("begin", rules.begin), ("end", rules.end)]
      where rules.repeats != nil && fill != nil {
        reader.report(
          .rule(.conflict, "repeat says what holds there; give one of them"), of: key,
          into: &diagnostics)
      }
    }
    return rules
  }

  /// `time_zone: UTC` or `+01:00`: where the clock stands that wrote times without a zone.
  func timeZone(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> TimeSpan? {
    reader.optional("time_zone", into: &diagnostics) { text in
      guard let zone = WrittenTime.readZone(text) else {
        throw UnreadableQuantity(allowed: "UTC, or how far ahead of it, such as +01:00")
      }
      return zone
    }
  }

  /// What a scenario says of a series of rates; `nil` where that is wrong.
  func seriesOptions(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> RateSeries.Options? {
    let before = diagnostics.errors.count
    var options = RateSeries.Options()
    options.zone = timeZone(&reader, into: &diagnostics)
    options.meaning = reader.oneOf(
      "values", RateSeries.Meaning.allCases.map { ($0.rawValue, $0) }, .optional, into: &diagnostics
    )
    options.timeColumn = reader.string("time_column", .optional, into: &diagnostics)
    if let value = reader.node("column", .optional, into: &diagnostics) {
      if case .sequence = value.node.content {
        options.columns = (value.sequence(into: &diagnostics) ?? []).compactMap {
          $0.string(into: &diagnostics)
        }
      } else {
        options.columns = value.string(into: &diagnostics).map { [$0] } ?? []
      }
    }
    for entry in reader.entries("select", .optional, into: &diagnostics) ?? [] {
      guard let text = entry.value.string(into: &diagnostics) else { continue }
      options.conditions.append(MeasuredTable.Condition(column: entry.name, text: text))
    }
    options.isSum = reader.boolean("sum", .optional, into: &diagnostics) ?? false
    options.window = reader.optional("per", into: &diagnostics) { try positiveSpan($0) }
    return diagnostics.errors.count == before ? options : nil
  }
}
