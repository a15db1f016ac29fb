// SPDX-License-Identifier: Apache-2.0

/// A date and time as text writes it: what the clock shows, and where that clock stands if it says so.
///
/// Reads RFC 3339 (2002), DOI 10.17487/RFC3339, and what exports make of it: `T`, `t` or a blank between date and
/// time, `-` or `/` inside the date, seconds with up to nine decimals or left out, and as the zone `Z`, `UTC`,
/// `+01:00`, `+0100`, `+01` or nothing.
public struct WrittenTime: Hashable, Sendable {
  /// What the clock shows, as if it were UTC.
  public let clock: UTCDate
  /// How far its zone is ahead of UTC; `nil` where the text does not say.
  public let offset: TimeSpan?
  /// Whether there is a time of day beside the date.
  public let hasTimeOfDay: Bool

  /// The moment; `nil` where the text names no zone.
  @inlinable public var moment: UTCDate? { offset.map { moment(ahead: $0) } }

  /// The moment, if the clock is so far ahead of UTC.
  @inlinable
  public func moment(ahead offset: TimeSpan) -> UTCDate {
    UTCDate(nanosecondsSince1970: clock.nanosecondsSince1970 - offset.nanoseconds)
  }

  /// Reads bytes where they lie; `nil` when they are no date of the years 1900 to 2150.
  ///
  /// Trace readers call it for every line, so it allocates and counts no references.
  public static func read(_ bytes: Span<UInt8>) -> WrittenTime? {
    var place = 0
    guard let year = bytes.number(width: 4, at: &place) else { return nil }
    let separator: Unicode.Scalar =
      place < bytes.count && bytes[place] == UInt8(ascii: "/") ? "/" : "-"
    guard bytes.skip(separator, at: &place), let month = bytes.number(width: 2, at: &place),
      bytes.skip(separator, at: &place), let day = bytes.number(width: 2, at: &place)
    else { return nil }
    if place == bytes.count {
      return UTCDate(year: year, month: month, day: day).map {
        WrittenTime(clock: $0, offset: nil, hasTimeOfDay: false)
      }
    }
    guard bytes.skip("T", at: &place) || bytes.skip(" ", at: &place) || bytes.skip("t", at: &place),
      let time = bytes.timeOfDay(at: &place), let zone = bytes.zone(at: &place),
      place == bytes.count,
      let clock = UTCDate(
        year: year, month: month, day: day, timeOfDay: TimeSpan(nanoseconds: time))
    else { return nil }
    switch zone {
    case .unsaid: return WrittenTime(clock: clock, offset: nil, hasTimeOfDay: true)
    case .ahead(let offset):
      let written = WrittenTime(clock: clock, offset: offset, hasTimeOfDay: true)
      return UTCDate.readable.contains(written.moment(ahead: offset)) ? written : nil
    }
  }

  /// Reads a zone: `UTC`, `Z` or how far it is ahead, such as `+01:00`.
  public static func readZone(_ text: some StringProtocol) -> TimeSpan? {
    let bytes = Array(text.utf8)
    var place = 0
    guard case .ahead(let offset)? = bytes.span.zone(at: &place), place == bytes.count else {
      return nil
    }
    return offset
  }
}

/// What text says of its zone.
private enum Zone {
  case unsaid
  case ahead(TimeSpan)
}

extension Span<UInt8> {
  /// The number that so many digits make; the place moves behind them.
  @inline(__always)
  fileprivate func number(width: Int, at place: inout Int) -> Int? {
    guard count - place >= width else { return nil }
    var value = 0
    for index in place..<place + width {
      guard self[index].isDecimalDigit else { return nil }
      value = value * 10 + Int(self[index] - UInt8(ascii: "0"))
    }
    place += width
    return value
  }

  /// Hours and minutes, and perhaps seconds with decimals, in nanoseconds.
  @inline(__always)
  fileprivate func timeOfDay(at place: inout Int) -> Int64? {
    guard let hour = number(width: 2, at: &place), hour < 24, skip(":", at: &place),
      let minute = number(width: 2, at: &place), minute < 60
    else { return nil }
    var nanoseconds = Int64(hour * 3_600 + minute * 60) * 1_000_000_000
    guard skip(":", at: &place) else { return nanoseconds }
    guard let second = number(width: 2, at: &place), second < 60 else { return nil }
    nanoseconds += Int64(second) * 1_000_000_000
    if skip(".", at: &place) {
      guard let fraction = fraction(at: &place) else { return nil }
      nanoseconds += fraction
    }
    return nanoseconds
  }

  /// One to nine decimals of a second, in nanoseconds; the place moves behind them.
  @inline(__always)
  private func fraction(at place: inout Int) -> Int64? {
    var value: Int64 = 0
    var scale: Int64 = 1_000_000_000
    while place < count, self[place].isDecimalDigit {
      guard scale > 1 else { return nil }
      scale /= 10
      value += Int64(self[place] - UInt8(ascii: "0")) * scale
      place += 1
    }
    return scale == 1_000_000_000 ? nil : value
  }

  /// What follows of a zone, perhaps after a blank: nothing, `Z`, `UTC`, `+01:00`, or `+0000 UTC` as Go prints it.
  @inline(__always)
  fileprivate func zone(at place: inout Int) -> Zone? {
    if place == count { return .unsaid }
    if skip("Z", at: &place) || skip("z", at: &place) { return .ahead(.zero) }
    _ = skip(" ", at: &place)
    if word("UTC", at: &place) || word("GMT", at: &place) { return .ahead(.zero) }
    let isBehind = skip("-", at: &place)
    guard isBehind || skip("+", at: &place), let hours = number(width: 2, at: &place), hours < 24
    else { return nil }
    var minutes = 0
    if skip(":", at: &place) || (place < count && self[place].isDecimalDigit) {
      guard let read = number(width: 2, at: &place), read < 60 else { return nil }
      minutes = read
    }
    let offset = Int64(hours * 60 + minutes)
    if offset == 0, skip(" ", at: &place), !word("UTC", at: &place) { return nil }
    return .ahead(.minutes(isBehind ? -offset : offset))
  }

  /// Whether that word of three letters stands at the place, which then moves behind it.
  private func word(_ word: StaticString, at place: inout Int) -> Bool {
    guard count - place >= 3 else { return false }
    var start = place
    for byte in word.description.utf8 {
      guard self[start] == byte else { return false }
      start += 1
    }
    place = start
    return true
  }

  /// Whether that separator stands at the place, which then moves behind it.
  @inline(__always)
  fileprivate func skip(_ separator: Unicode.Scalar, at place: inout Int) -> Bool {
    guard place < count, self[place] == UInt8(ascii: separator) else { return false }
    place += 1
    return true
  }
}
