// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Reads the times of one file, all of which are written alike: the one reader of instants.
///
/// - Dates with their zone, as ``Quantities/WrittenTime`` reads them.
/// - Dates without one, where a zone is declared.
/// - Numbers of 10^8 or more: time since 1970 in seconds below 10^11, then in milliseconds, from 10^14 on in
///   microseconds, from 10^17 on in nanoseconds. A clock of seconds shows 10^8 in March 1973, one of milliseconds
///   10^11 at the same moment, so that no date since then is in doubt.
/// - Numbers below 10^8: time since an unnamed moment, in seconds unless a unit is given.
package struct InputClock: Sendable, Equatable {
  /// How times are written.
  package enum Form: Sendable, Equatable {
    /// Dates that name their zone.
    case zoned
    /// Dates in the declared zone.
    case local
    /// Numbers since 1970; so many nanoseconds to a unit.
    case epoch(unit: Int64)
    /// Numbers since a moment that the file does not name; so many nanoseconds to a unit.
    case relative(unit: Int64)
  }

  /// How far local times are ahead of UTC; `nil` where no zone is declared.
  private let zone: TimeSpan?
  /// The unit of numbers in nanoseconds; `nil` where their size decides.
  private let unit: Int64?
  /// What the message names as the place to declare a zone.
  private let zoneKey: String
  /// How the times read so far are written; `nil` before the first.
  package private(set) var form: Form?

  /// A clock that has read nothing.
  ///
  /// - Parameters:
  ///   - zone: how far times without a zone are ahead of UTC; `nil` where they are errors.
  ///   - unit: the unit of numbers, in nanoseconds; `nil` for seconds, and for epochs of any unit.
  ///   - zoneKey: the key or option that declares a zone, for messages.
  package init(zone: TimeSpan? = nil, unit: Int64? = nil, zoneKey: String = "time_zone: UTC") {
    self.zone = zone
    self.unit = unit
    self.zoneKey = zoneKey
  }

  /// Whether the times read are moments of the calendar.
  package var isDated: Bool {
    if case .relative = form { false } else { true }
  }

  /// How the times are written, as a summary says it.
  package var formText: String {
    switch form {
    case nil, .zoned: "dates with their zone"
    case .local: "local dates, " + Self.zoneText(zone ?? .zero)
    case .epoch(let unit): "epoch \(Self.unitName(unit))"
    case .relative(let unit): "\(Self.unitName(unit)) since the start"
    }
  }

  private static func zoneText(_ zone: TimeSpan) -> String {
    guard zone != .zero else { return "UTC" }
    let minutes = zone.nanoseconds.magnitude / 60_000_000_000
    func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(zone < .zero ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  private static func unitName(_ unit: Int64) -> String {
    switch unit {
    case 1: "nanoseconds"
    case 1_000: "microseconds"
    case 1_000_000: "milliseconds"
    default: "seconds"
    }
  }

  /// What times may look like.
  package var allowed: String {
    switch form {
    case nil:
      "a time: 2024-12-09T15:00:00Z, seconds or smaller units since 1970, or seconds since the start"
    case .zoned: "a date with its zone as above, such as 2024-12-09T15:00:00Z"
    case .local: "a date without a zone as above, such as 2024-12-09 15:00:00"
    case .epoch(let unit): "\(Self.unitName(unit)) since 1970 as above, in the years 1900 to 2150"
    case .relative(let unit):
      "\(Self.unitName(unit)) since the start as above, within \(TimeSpan.longestStretch)"
    }
  }

  /// Reads one time, in nanoseconds since 1970 or since the unnamed moment.
  ///
  /// - Throws: what is allowed instead.
  @inline(__always)
  package mutating func read(_ bytes: Span<UInt8>) throws(UnreadableQuantity) -> Int64 {
    guard let written = WrittenTime.read(bytes) else { return try number(bytes) }
    if let offset = written.offset {
      guard form == nil || form == .zoned else { throw UnreadableQuantity(allowed: allowed) }
      form = .zoned
      return written.moment(ahead: offset).nanosecondsSince1970
    }
    guard let zone else {
      throw UnreadableQuantity(
        allowed:
          "a time with its zone, such as 2024-12-09T15:00:00Z, or the zone declared: \(zoneKey)")
    }
    guard form == nil || form == .local else { throw UnreadableQuantity(allowed: allowed) }
    form = .local
    return written.moment(ahead: zone).nanosecondsSince1970
  }

  /// Whether a field is a date, with its zone or without.
  package static func isDate(_ field: InputField) -> Bool {
    let bytes = field.bytes
    return WrittenTime.read(bytes.span) != nil
  }

  /// Reads the time of a field.
  package mutating func read(_ field: InputField) throws(TraceError) -> Int64 {
    do {
      return try read(field.bytes.span)
    } catch {
      throw field.error(allowed: error.allowed)
    }
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(UnreadableQuantity) -> Int64 {
    let text = String(decoding: (0..<min(bytes.count, 64)).map { bytes[$0] }, as: UTF8.self)
    guard !text.contains("_"),
      let number = try? DecimalText(parsingScientific: text.filter { $0 != " " }),
      let found = Self.form(of: number, unit: unit)
    else { throw UnreadableQuantity(allowed: allowed) }
    guard form == nil || form == found else { throw UnreadableQuantity(allowed: allowed) }
    let unit: Int64
    switch found {
    case .epoch(let own), .relative(let own): unit = own
    case .zoned, .local: throw UnreadableQuantity(allowed: allowed)
    }
    guard let nanoseconds = number.roundedToNearestOrEven(times: unit) else {
      throw UnreadableQuantity(allowed: allowed)
    }
    switch found {
    case .epoch:
      guard UTCDate.readable.contains(UTCDate(nanosecondsSince1970: nanoseconds)) else {
        throw UnreadableQuantity(allowed: "a time in the years 1900 to 2150")
      }
    default:
      guard nanoseconds.magnitude <= TimeSpan.longestStretch.nanoseconds.magnitude else {
        throw UnreadableQuantity(allowed: "a time within \(TimeSpan.longestStretch)")
      }
    }
    form = found
    return nanoseconds
  }

  /// What a number counts, by its size; `nil` where it is beyond any time.
  private static func form(of number: DecimalText, unit: Int64?) -> Form? {
    let second: Int64 = 1_000_000_000
    if let unit {
      guard let nanoseconds = number.roundedToNearestOrEven(times: unit) else { return nil }
      return nanoseconds < 100_000_000 * second ? .relative(unit: unit) : .epoch(unit: unit)
    }
    guard let size = number.roundedToNearestOrEven(times: 1) else { return nil }
    switch size {
    case ..<100_000_000: return .relative(unit: second)
    case ..<100_000_000_000: return .epoch(unit: second)
    case ..<100_000_000_000_000: return .epoch(unit: 1_000_000)
    case ..<100_000_000_000_000_000: return .epoch(unit: 1_000)
    default: return .epoch(unit: 1)
    }
  }
}
