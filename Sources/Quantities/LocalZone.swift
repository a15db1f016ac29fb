// SPDX-License-Identifier: Apache-2.0

/// How local clocks of a zone differ from UTC: by a fixed offset, or by the rules of an IANA time zone.
///
/// The rules are embedded, so that no result depends on the time zone database of the host. They are those in
/// force now; where a zone had other rules in the past, ``since`` says from when on these hold.
public struct LocalZone: Hashable, Sendable {
  /// A change of the clock: in the week of a month, 5 for the last, on a weekday, 0 for Sunday.
  struct Change: Hashable, Sendable {
    let month: Int
    let week: Int
    let weekday: Int
    /// The local time of that day, before the change.
    let time: TimeSpan
  }

  /// The name by which it was asked for.
  public let name: String
  /// From when on the rules hold; `nil` for as long as dates can be read.
  public let since: UTCDate?
  /// East of UTC in standard time.
  private let standard: TimeSpan
  /// East of UTC between the first change and the second; `nil` where the clock is never changed.
  private let summer: TimeSpan?
  private let begins: Change
  private let ends: Change

  /// The zone of a name such as `Europe/Berlin` or `UTC`, or of an offset such as `+01:00`.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    name = String(text)
    let never = Change(month: 1, week: 1, weekday: 0, time: .zero)
    if let offset = Self.offset(Array(text.utf8)) {
      (standard, summer, since, begins, ends) = (offset, nil, nil, never, never)
      return
    }
    guard let rule = Self.rule(of: name) else {
      throw UnreadableQuantity(
        allowed: "a time zone of IANA, such as Europe/Berlin, or an offset such as +01:00")
    }
    standard = .minutes(rule.standard)
    since = rule.since > 2000 ? UTCDate(year: rule.since, month: 1, day: 1) : nil
    summer = rule.summer.map { .minutes($0.offset) }
    begins = rule.summer?.begins ?? never
    ends = rule.summer?.ends ?? never
  }

  /// How far east of UTC local clocks are at a moment.
  public func offset(at date: UTCDate) -> TimeSpan {
    guard let summer else { return standard }
    let year = (date + standard).year
    let (from, to) = (moment(of: begins, in: year), moment(of: ends, in: year))
    // In the south, and where winter is the exception, summer time goes on over the new year.
    let isSummer = from < to ? from <= date && date < to : !(to <= date && date < from)
    return isSummer ? summer : standard
  }

  /// The moments in a span of years at which the clock is changed, in order of time.
  public func clockChanges(in years: ClosedRange<Int>) -> [UTCDate] {
    guard summer != nil else { return [] }
    return years.flatMap { [moment(of: begins, in: $0), moment(of: ends, in: $0)] }.sorted()
  }

  /// Every offset that local clocks ever have.
  public var offsets: [TimeSpan] { summer.map { [standard, $0] } ?? [standard] }

  private func moment(of change: Change, in year: Int) -> UTCDate {
    // What the local clock showed until then.
    let before = change == begins ? standard : summer ?? standard
    return UTCDate.day(change.weekday, ofWeek: change.week, month: change.month, year: year)
      + (change.time - before)
  }

  // MARK: Reading

  /// The names of all zones whose rules are known, in no order that matters.
  public static var names: [String] {
    rules.split(separator: "\n").flatMap { line in
      (line.split(separator: ":").last ?? "").dropLast().split(separator: " ").map(String.init)
    }
  }

  private struct Rule {
    var since = 2000
    var standard: Int64 = 0
    var summer: (offset: Int64, begins: Change, ends: Change)?
  }

  private static func rule(of name: String) -> Rule? {
    for line in rules.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let zones = line[line.index(after: colon)...].dropLast()
      guard zones.split(separator: " ").contains(where: { $0 == name }) else { continue }
      let words = line[..<colon].split(separator: " ")
      var rule = Rule()
      rule.since = words.first.flatMap { Int($0) } ?? 2000
      rule.standard = Int64(words[1]) ?? 0
      if words.count == 5, let offset = Int64(words[2]), let begins = change(words[3]),
        let ends = change(words[4])
      {
        rule.summer = (offset, begins, ends)
      }
      return rule
    }
    return nil
  }

  /// Reads `3.5.0@120`.
  private static func change(_ text: Substring) -> Change? {
    let numbers = text.split(whereSeparator: { $0 == "." || $0 == "@" }).compactMap { Int($0) }
    guard numbers.count == 4 else { return nil }
    return Change(
      month: numbers[0], week: numbers[1], weekday: numbers[2], time: .minutes(Int64(numbers[3])))
  }

  /// Reads `+01:00` or `-0530`.
  private static func offset(_ text: [UInt8]) -> TimeSpan? {
    guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      return nil
    }
    let digits = text.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 4, digits.allSatisfy(\.isDecimalDigit),
      text.count == 5 || (text.count == 6 && text[3] == UInt8(ascii: ":"))
    else { return nil }
    let values = digits.map { Int64($0 - UInt8(ascii: "0")) }
    let (hours, minutes) = (values[0] * 10 + values[1], values[2] * 10 + values[3])
    guard hours <= 14, minutes < 60 else { return nil }
    let span = TimeSpan.minutes(hours * 60 + minutes)
    return sign == UInt8(ascii: "-") ? .zero - span : span
  }
}
