// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Statistics

/// Prints numbers with as many digits as are known of them, and no more.
///
/// The rules are those of `Documentation/Measures.md`, "Digits": an estimate has two digits of its half
/// width; what is known exactly has its usual decimals, and more where fewer than three digits would be
/// left of it; and a number never looks as if it lay on the other side of a bound.
package enum FigureText {
  /// The most decimals that are printed.
  private static var mostPlaces: Int { 15 }

  /// By how much a number of that unit is multiplied before it is printed.
  private static func scale(_ unit: String) -> Double {
    switch unit {
    case "s": 1e3
    case "", "share": 100
    default: 1
    }
  }

  /// Dollars have cents; milliseconds, percent and counts have thousandths.
  private static func usualPlaces(_ unit: String) -> Int { unit == "USD" ? 2 : 3 }

  /// A value in its unit: seconds as milliseconds, shares as percent.
  package static func text(_ value: Double, unit: String, places: Int) -> String {
    guard value.isFinite else { return value > 0 ? "∞" : "-∞" }
    let scaled = value * scale(unit)
    switch unit {
    case "USD": return formatted(scaled, places: places, groupSeparator: ",") + " USD"
    case "s": return formatted(scaled, places: places) + " ms"
    case "", "share": return formatted(scaled, places: places) + " %"
    default: return formatted(scaled, places: places, groupSeparator: ",") + " \(unit)"
    }
  }

  /// A value that is known exactly.
  package static func text(_ value: Double, unit: String) -> String {
    text(value, unit: unit, places: places(of: value, unit: unit))
  }

  /// The decimals of an estimate: two digits of its half width.
  package static func places(_ interval: Interval, unit: String) -> Int {
    var width = interval.halfWidth * scale(unit)
    let isKnown = width <= (interval.estimate * scale(unit)).magnitude * 1e-12
    guard width.isFinite, width > 0, !isKnown else {
      return places(of: interval.estimate, unit: unit)
    }
    var places = 0
    while width < 10 && places < mostPlaces {
      width *= 10
      places += 1
    }
    // Nobody writes a tenth of a dollar: cents are whole, or there are none.
    guard unit == "USD", places > 0 else { return places }
    return max(2, places - 1)
  }

  /// The decimals of a value that is known exactly.
  package static func places(of value: Double, unit: String) -> Int {
    number(value * scale(unit), places: usualPlaces(unit))
  }

  /// So many decimals, or more where fewer than three digits of a small number would be left.
  private static func number(_ value: Double, places: Int) -> Int {
    guard value.isFinite, value != 0 else { return places }
    var (places, scaled) = (places, value.magnitude)
    for _ in 0..<places { scaled *= 10 }
    while scaled.rounded() < 100, (scaled - scaled.rounded()).magnitude > scaled * 1e-9,
      places < mostPlaces
    {
      scaled *= 10
      places += 1
    }
    return places
  }

  /// At least so many decimals, and as many as it takes that no value looks like a bound that it is not.
  package static func places(
    _ least: Int, keeping values: [Double], apartFrom bound: Double, unit: String
  ) -> Int {
    let apart = values.filter { $0.isFinite && $0 != bound }
    var places = least
    while places < mostPlaces {
      let mark = text(bound, unit: unit, places: places)
      guard apart.contains(where: { text($0, unit: unit, places: places) == mark }) else { break }
      places += 1
    }
    return places
  }

  /// An amount of money to the cent, or with more decimals where it is less than a dollar and has more.
  package static func money(_ amount: USD, groupSeparator: String = "") -> String {
    let places = number(amount.inDollars, places: 2)
    return amount.rounded(places: min(9, places), groupSeparator: groupSeparator)
  }
}
