// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Statistics

/// Prints estimates with no more digits than their intervals support.
enum ValueText {
  /// A value in its unit.
  static func text(_ value: Double, unit: String, places: Int) -> String {
    guard value.isFinite else { return value > 0 ? "∞" : "-∞" }
    switch unit {
    case "USD": return formatted(value, places: 2, groupSeparator: ",") + " USD"
    case "s": return formatted(value * 1e3, places: places) + " ms"
    case "": return formatted(value * 100, places: places) + " %"
    default:
      let shown = formatted(value, places: places, groupSeparator: ",")
      return unit == "share" ? formatted(value * 100, places: 2) + " %" : "\(shown) \(unit)"
    }
  }

  /// The estimate, as exactly as its interval allows.
  static func estimate(_ interval: Interval?, unit: String) -> String {
    guard let interval else { return "no sample" }
    return text(interval.estimate, unit: unit, places: places(interval, unit: unit))
  }

  /// The estimate of a measure, or in a word why it has none.
  static func estimate(_ row: MeasureRow) -> String {
    row.state == .estimated ? estimate(row.interval, unit: row.unit) : row.state.rawValue
  }

  /// The value that a verdict is about, or in a word why there is none.
  static func estimate(_ row: VerdictRow) -> String {
    row.state == .estimated ? estimate(row.interval, unit: row.unit) : row.state.rawValue
  }

  /// The interval, or why there is none.
  static func range(_ interval: Interval?, unit: String) -> String {
    guard let interval else { return "" }
    if interval.isExact { return "exact" }
    guard interval.low.isFinite, interval.high.isFinite else {
      return interval.samples < 2 ? "one replication: no interval" : "no interval"
    }
    if interval.low == interval.high { return "all alike" }
    let places = places(interval, unit: unit)
    return text(interval.low, unit: unit, places: places) + " … "
      + text(interval.high, unit: unit, places: places)
  }

  /// A number for other programs; nothing where there is none.
  static func plain(_ value: Double?) -> String {
    value.map { $0.isNaN ? "" : "\($0)" } ?? ""
  }

  /// Decimals such that the last one is no finer than a tenth of the half width.
  private static func places(_ interval: Interval, unit: String) -> Int {
    let scale = unit == "s" ? 1e3 : unit == "" ? 100 : 1
    var width = interval.halfWidth * scale
    guard width.isFinite, width > 0 else { return 3 }
    var places = 0
    while width < 10 && places < 4 {
      width *= 10
      places += 1
    }
    return places
  }
}
