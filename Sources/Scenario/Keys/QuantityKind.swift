// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A written form of values: with a unit, or such as a date or a target.
package struct QuantityKind: Equatable, Sendable {
  /// What it is called.
  package let name: String
  /// Which values are taken, in words; empty where all are.
  package let range: String
  /// Every text that can be read, and no other, as a regular expression; the range is not in it.
  package let pattern: String
  /// A value as it is written.
  package let example: String
  /// The lowest and the highest value that a number without a unit may have; `nil` where a unit is needed.
  package var bare: (least: String, most: String, isWhole: Bool)? {
    least.isEmpty ? nil : (least, most, isWhole)
  }
  private var least = ""
  private var most = ""
  private var isWhole = false

  private init(_ name: String, _ range: String, _ pattern: String, _ example: String) {
    self.name = name
    self.range = range
    self.pattern = "^(\(pattern))$"
    self.example = example
  }

  private func bare(_ least: String, _ most: String, isWhole: Bool = false) -> QuantityKind {
    var kind = self
    (kind.least, kind.most, kind.isWhole) = (least, most, isWhole)
    return kind
  }

  /// A decimal number as `DecimalText` reads it.
  private static let decimal = "[-+]?[0-9](_?[0-9])*(\\.[0-9]+)?"
}

extension QuantityKind {
  /// A moment.
  package static let date = QuantityKind(
    "date", "years 1900 to 2150",
    "\(day("-"))(\(timeOfDate))?|\(day("/"))(\(timeOfDate))?", "2024-12-09T00:00:00Z")

  private static let timeOfDate =
    "[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?(\(zone))"

  /// A day that the calendar has, with what stands between its numbers.
  private static func day(_ mark: String) -> String {
    let years = "(19[0-9]{2}|20[0-9]{2}|21[0-4][0-9]|2150)"
    let leapYears =
      "(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26])|21(0[48]|[24][048]|[13][26]))"
    let days =
      "((0[13578]|1[02])\(mark)(0[1-9]|[12][0-9]|3[01])|(0[469]|11)\(mark)(0[1-9]|[12][0-9]|30)|"
      + "02\(mark)(0[1-9]|1[0-9]|2[0-8]))"
    return "(\(years)\(mark)\(days)|\(leapYears)\(mark)02\(mark)29)"
  }

  private static let zone =
    "[Zz]| ?(UTC|GMT)| ?[-+](([01][0-9]|2[0-3])(:?[0-5][0-9])?|00(:?00)? UTC)"

  private static func span(_ range: String, _ example: String) -> QuantityKind {
    QuantityKind("time", range, "0|(\(decimal) *(h|min|m|s|ms|us|µs|ns|d|w))+", example)
      .bare("0", "0")
  }

  /// A length of time.
  package static let time = span("", "5min")
  /// A length of time above zero.
  package static let positiveTime = span("above 0", "2s")
  /// A length of time in whole minutes.
  package static let minutes = span("whole minutes, 1min or more", "5min")

  /// A length of time of a range of its own.
  package static func time(_ range: String, _ example: String) -> QuantityKind {
    span(range, example)
  }

  /// The time of a part of an engine's step.
  package static func stepTime(_ most: String) -> QuantityKind {
    QuantityKind("step time", "0 to \(most)", "\(decimal) *(fs|ps|ns|us|ms|s)", "25.5us")
  }

  private static func share(_ range: String, _ most: String, _ example: String) -> QuantityKind {
    QuantityKind("share", range, "\(decimal) *%?", example).bare("0", most)
  }

  /// A part of a whole.
  package static let share = share("", "1", "60%")
  /// A part of a whole, and not all of it.
  package static let shareBelowWhole = share("below 100 %", "1", "10%")
  /// What something has of something else.
  package static let proportion = share("to 10,000 %", "100", "70%")
  /// The confidence of an interval.
  package static let confidence = share("50 % to below 100 %", "1", "95%")
  /// How wide an interval may be beside its middle.
  package static let halfWidth = share("above 0 to 100 %", "1", "1%")
  /// How often something happens.
  package static let rate = QuantityKind("rate", "", "\(decimal) */(s|min|h|d)", "220/s")
  /// The price of a machine.
  package static let hourlyPrice = QuantityKind(
    "hourly price", "", "\(decimal) *USD/h", "9.83 USD/h")
  /// What a fleet may cost.
  package static let hourlyAmount = QuantityKind(
    "hourly amount", "", "\(decimal) *USD/h", "175 USD/h")
  /// What is due every month.
  package static let monthlyAmount = QuantityKind(
    "monthly amount", "", "\(decimal) *USD/month", "2_000 USD/month")
  /// Money.
  package static let amount = QuantityKind("amount", "", "\(decimal) *USD", "0.09 USD")

  private static let bytesPattern = "\(decimal) *(KiB|MiB|GiB|TiB|kB|MB|GB|TB|B)"

  /// A size.
  package static let bytes = QuantityKind("bytes", "", bytesPattern, "40GB")
  /// Bytes a second.
  package static let bandwidth = QuantityKind("bandwidth", "", "\(bytesPattern)/s", "2GB/s")

  private static let clock = "([01][0-9]|2[0-3]):[0-5][0-9]"

  /// A time of day, UTC.
  package static let timeOfDay = QuantityKind("time of day", "", clock, "\"15:00\"")
  /// A time of day by a local clock.
  package static let localTime = QuantityKind(
    "time of day", "to 24:00", "\(clock)|24:00", "\"08:00\"")

  private static let dayName =
    " *([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]|[Ss][Uu][Nn]) *"

  /// Days of the week.
  package static let days = QuantityKind(
    "days", "", "\(dayName)(-\(dayName))?(,\(dayName)(-\(dayName))?)*", "mon-fri")
  /// How far a clock is ahead of UTC.
  package static let offset = QuantityKind("offset", "", zone, "+01:00")
  /// Where a local clock stands.
  package static let localZone = QuantityKind(
    "time zone", "an IANA name or an offset",
    "[-+](0[0-9]|1[0-4]):?[0-5][0-9]|\(LocalZone.names.sorted().map(escaped).joined(separator: "|"))",
    "Europe/Berlin")
  /// The seed of all draws.
  package static let seed = QuantityKind(
    "count", "0 to 2^64 − 1", "[-+]?[0-9](_?[0-9])*", "7"
  ).bare("0", "18446744073709551615", isWhole: true)
  /// The load of another scenario's fleet.
  package static let load = QuantityKind(
    "load", "above 0", " *\(decimal)%? +of +.*[^ ].*", "65% of baseline.yaml")
  /// What must hold.
  package static let target = QuantityKind(
    "target", "", ".*[^ ].* (<=|>=|<|>) .*[^ ].*", "p99(latency) <= 200ms")
  /// How much worse a measure may be.
  package static let tolerance = QuantityKind(
    "tolerance", "", "[-+][0-9](_?[0-9])*(\\.[0-9]+)?.*", "+2%")

  private static func escaped(_ name: String) -> String {
    name.map { ".+*?()[]{}|\\^$".contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }
}
