// SPDX-License-Identifier: Apache-2.0

/// A date and time of day in Coordinated Universal Time, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// Leap seconds are not counted, as in POSIX time. Dates that are read lie in the years 1900 to 2150, so that
/// the time between any two of them fits into a ``TimeSpan``.
public struct UTCDate: Hashable, Sendable, Comparable {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public let nanosecondsSince1970: Int64

  /// The years of dates that can be read.
  private static let years = 1900...2150

  /// The moments that can be read.
  public static let readable =
    beginning(ofYear: years.lowerBound)..<beginning(ofYear: years.upperBound + 1)

  /// The moment so many nanoseconds after 1970-01-01T00:00:00Z.
  public init(nanosecondsSince1970: Int64) {
    self.nanosecondsSince1970 = nanosecondsSince1970
  }

  /// True when the left moment comes first.
  public static func < (left: UTCDate, right: UTCDate) -> Bool {
    left.nanosecondsSince1970 < right.nanosecondsSince1970
  }

  /// The moment a span later.
  public static func + (left: UTCDate, right: TimeSpan) -> UTCDate {
    UTCDate(nanosecondsSince1970: left.nanosecondsSince1970 + right.nanoseconds)
  }

  /// How long after the second moment the first one lies.
  public static func - (left: UTCDate, right: UTCDate) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanosecondsSince1970 - right.nanosecondsSince1970)
  }

  /// How much of its day has passed.
  public var timeOfDay: TimeSpan {
    TimeSpan(nanoseconds: nanosecondsSince1970 - wholeDays * Self.day)
  }

  /// How much of its week has passed, counted from Monday 00:00.
  public var timeOfWeek: TimeSpan {
    let dayOfWeek = ((wholeDays + 3) % 7 + 7) % 7
    return TimeSpan(nanoseconds: dayOfWeek * Self.day) + timeOfDay
  }

  /// Its year.
  public var year: Int { Self.civil(daysSince1970: Int(wholeDays)).year }

  /// The beginning of a weekday, 0 for Sunday, in a week of a month; the last such day for the fifth.
  static func day(_ weekday: Int, ofWeek week: Int, month: Int, year: Int) -> UTCDate {
    let first = daysSince1970(year: year, month: month, day: 1)
    // 1970-01-01 was a Thursday.
    let firstWeekday = ((first + 4) % 7 + 7) % 7
    var day = 1 + (weekday - firstWeekday + 7) % 7 + 7 * (week - 1)
    if day > days(inMonth: month, of: year) { day -= 7 }
    return UTCDate(nanosecondsSince1970: Int64(first + day - 1) * self.day)
  }

  /// The calendar month, in UTC, that holds the moment.
  public var calendarMonth: Range<UTCDate> {
    let (year, month, _) = Self.civil(daysSince1970: Int(wholeDays))
    let next = month == 12 ? (year + 1, 1) : (year, month + 1)
    return Self.beginning(of: month, in: year)..<Self.beginning(of: next.1, in: next.0)
  }

  private static let day: Int64 = 86_400_000_000_000

  private var wholeDays: Int64 {
    Int64(
      (Double(nanosecondsSince1970) / Double(Self.day)).rounded(.down)
    )
    .corrected(for: nanosecondsSince1970, unit: Self.day)
  }
}

extension Int64 {
  /// This guess of `value / unit` rounded down, mended where the guess was one off.
  fileprivate func corrected(for value: Int64, unit: Int64) -> Int64 {
    if self * unit > value { return self - 1 }
    if value - self * unit >= unit { return self + 1 }
    return self
  }
}

extension UTCDate: CustomStringConvertible {
  /// The moment that a date and a time of day name, if there is such a day.
  public init?(year: Int, month: Int, day: Int, timeOfDay: TimeSpan = .zero) {
    guard Self.years.contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    let days = Self.daysSince1970(year: year, month: month, day: day)
    self.init(nanosecondsSince1970: Int64(days) * Self.day + timeOfDay.nanoseconds)
  }

  /// Reads `2024-12-09T00:00:00Z`, `2024-12-09 01:00:00.5+01:00` or `2024-12-09`, which is midnight UTC.
  ///
  /// A time of day without a zone is refused: nobody could tell what moment it is. ``WrittenTime`` says what
  /// forms there are.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    guard let written = WrittenTime.read(Array(text.utf8).span) else {
      throw UnreadableQuantity(
        allowed:
          "a date and time with its zone, such as 2024-12-09T00:00:00Z, in the years 1900 to 2150")
    }
    guard let moment = written.moment ?? (written.hasTimeOfDay ? nil : written.clock) else {
      throw UnreadableQuantity(
        allowed: "a time with its zone, such as 2024-12-09T00:00:00Z or 2024-12-09T01:00:00+01:00")
    }
    self = moment
  }

  /// The moment in ISO 8601, with as many decimals of a second as it needs.
  public var description: String {
    let (year, month, day) = Self.civil(daysSince1970: Int(wholeDays))
    let time = timeOfDay.nanoseconds
    let second = time / 1_000_000_000
    var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
    text += "\(Self.padded(Int(second / 3_600), 2)):\(Self.padded(Int(second / 60 % 60), 2)):"
    text += Self.padded(Int(second % 60), 2)
    let fraction = time % 1_000_000_000
    if fraction != 0 {
      let decimals = formatted(digits: fraction, places: 9, trimmingZeros: true)
      text += decimals.dropFirst()
    }
    return text + "Z"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func beginning(ofYear year: Int) -> UTCDate { beginning(of: 1, in: year) }

  private static func beginning(of month: Int, in year: Int) -> UTCDate {
    UTCDate(nanosecondsSince1970: Int64(daysSince1970(year: year, month: month, day: 1)) * day)
  }

  /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
  ///
  /// Counts years from March, so that the leap day is a year's last. Richards, "Calendars", in
  /// Explanatory Supplement to the Astronomical Almanac, 3rd ed. (2013), section 15.11.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let marchMonth = (month + 9) % 12
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
  }

  private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    var marchYear = shifted * 400 / 146_097
    var dayOfYear = shifted - Self.daysBefore(marchYear: marchYear)
    if dayOfYear < 0 {
      marchYear -= 1
      dayOfYear = shifted - Self.daysBefore(marchYear: marchYear)
    } else if shifted >= Self.daysBefore(marchYear: marchYear + 1) {
      marchYear += 1
      dayOfYear = shifted - Self.daysBefore(marchYear: marchYear)
    }
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (month <= 2 ? marchYear + 1 : marchYear, month, day)
  }

  private static func daysBefore(marchYear: Int) -> Int {
    365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400
  }
}
