// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Scenario
import Statistics

/// Prints estimates with no more digits than their intervals support, and no fewer than are known.
enum ValueText {
  /// The estimate, as exactly as its interval allows.
  static func estimate(_ interval: Interval?, unit: String) -> String {
    guard let interval else { return "no sample" }
    return FigureText.text(
      interval.estimate, unit: unit, places: FigureText.places(interval, unit: unit))
  }

  /// The estimate of a measure, or in a word why it has none.
  static func estimate(_ row: MeasureRow) -> String {
    row.isNumber || row.interval == nil && row.state == .estimated
      ? estimate(row.interval, unit: row.unit) : row.stateText
  }

  /// The value that a verdict is about, or in a word why there is none; on its own side of the bound.
  static func estimate(_ row: VerdictRow) -> String {
    guard row.stateText == MeasureRow.State.estimated.rawValue, let interval = row.interval else {
      return row.interval == nil && row.state == .estimated ? "no sample" : row.stateText
    }
    return FigureText.text(interval.estimate, unit: row.unit, places: places(row, interval))
  }

  /// The interval of a verdict.
  static func range(_ row: VerdictRow) -> String {
    range(row.interval, unit: row.unit, places: row.interval.map { places(row, $0) })
  }

  private static func places(_ row: VerdictRow, _ interval: Interval) -> Int {
    let usual = FigureText.places(interval, unit: row.unit)
    guard let target = try? Target(parsing: row.target) else { return usual }
    return FigureText.places(
      usual, keeping: [interval.estimate], apartFrom: target.bound.value, unit: row.unit)
  }

  /// The interval, or why there is none.
  static func range(_ interval: Interval?, unit: String, places: Int? = nil) -> String {
    guard let interval else { return "" }
    if interval.isExact { return "exact" }
    guard interval.low.isFinite, interval.high.isFinite else {
      return interval.samples < 2 ? "one replication: no interval" : "no interval"
    }
    if interval.low == interval.high { return "all alike" }
    let places = places ?? FigureText.places(interval, unit: unit)
    return FigureText.text(interval.low, unit: unit, places: places) + " … "
      + FigureText.text(interval.high, unit: unit, places: places)
  }

  /// A number for other programs; nothing where there is none, or it is not finite.
  static func plain(_ value: Double?) -> String {
    value.map { $0.isFinite ? "\($0)" : "" } ?? ""
  }

  /// The unit for other programs: a share says that it is one.
  static func unit(_ unit: String) -> String { unit.isEmpty ? "share" : unit }

  /// What stands in place of a number that is infinite.
  static var infinite: String { "infinite" }
}

extension MeasureRow {
  /// Whether there is a number, as every format states it.
  var stateText: String {
    state == .estimated && interval?.estimate == .infinity ? ValueText.infinite : state.rawValue
  }

  /// Whether there is a finite number that one may rely on.
  var isNumber: Bool { state == .estimated && interval?.estimate.isFinite == true }
}

extension VerdictRow {
  /// Whether there is a number, as every format states it.
  var stateText: String {
    state == .estimated && interval?.estimate == .infinity ? ValueText.infinite : state.rawValue
  }
}
