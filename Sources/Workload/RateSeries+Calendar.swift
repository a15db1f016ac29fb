// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

extension RateSeries {
  /// The time of a scenario on which a series is laid.
  package struct Calendar: Sendable {
    /// The scenario's start.
    package let start: UTCDate
    /// How long it lasts.
    package let horizon: TimeSpan
    /// What holds where the series says nothing.
    package let rules: CalendarRules

    /// A calendar of those values.
    package init(start: UTCDate, horizon: TimeSpan, rules: CalendarRules) {
      self.start = start
      self.horizon = horizon
      self.rules = rules
    }
  }

  /// A row on the time of a scenario.
  private struct Laid {
    var start: Instant
    var until: Instant
    var rate: Rate
    var line: Int
  }

  /// The rates on a scenario's time.
  ///
  /// - Throws: how much of the horizon is missing, where nothing says what holds there.
  /// - Complexity: O(rows).
  package func profile(on calendar: Calendar) throws(TraceErrors) -> RateProfile {
    let rules = calendar.rules
    let laid = try laid(on: calendar)
    guard let first = laid.first, let last = laid.last else { return .constant(.zero) }
    if let repeats = rules.repeats, last.until - first.start < repeats.length {
      throw Self.failure(
        last.line, "rates over \(last.until - first.start)",
        "a whole \(repeats.rawValue) at least, of which repeat: \(repeats.rawValue) repeats the last one"
      )
    }
    try checkEnds(first, last, calendar)
    let steps = try steps(laid, calendar)
    var outside = RateProfile.Outside()
    outside.repeats = rules.repeats?.length
    outside.holdsBefore = rules.begin == .hold
    outside.holdsAfter = rules.end == .hold
    return .recorded(steps, end: last.until, outside: outside)
  }

  private func laid(on calendar: Calendar) throws(TraceErrors) -> [Laid] {
    let origin =
      !isDated
      ? 0
      : calendar.rules.isRelative ? rows[0].time : calendar.start.nanosecondsSince1970
    var laid: [Laid] = []
    for row in rows {
      let (time, early) = row.time.subtractingReportingOverflow(origin)
      let (until, late) = row.until.subtractingReportingOverflow(origin)
      // Three of the longest stretches in a row are a time still.
      let limit = 2 * TimeSpan.longestStretch.nanoseconds
      guard !early, !late, time.magnitude <= limit, until.magnitude <= limit else {
        throw Self.failure(
          row.line, "a time centuries from the scenario's start",
          "a time within \(TimeSpan.longestStretch)")
      }
      laid.append(
        Laid(
          start: Instant(nanoseconds: time), until: Instant(nanoseconds: until), rate: row.rate,
          line: row.line))
    }
    return laid
  }

  private func checkEnds(_ first: Laid, _ last: Laid, _ calendar: Calendar) throws(TraceErrors) {
    let rules = calendar.rules
    let horizon = Instant.start + calendar.horizon
    func moment(_ instant: Instant) -> String {
      CalendarText.moment(instant, from: isDated && !rules.isRelative ? calendar.start : nil)
    }
    guard rules.repeats == nil else { return }
    let shift =
      isDated && !rules.isRelative ? ", or times: relative to lay the first row at the start" : ""
    if first.start > .start, rules.begin == nil {
      let missing = min(first.start, horizon) - .start
      throw Self.failure(
        first.line,
        "rates that begin at \(moment(first.start)), \(first.start - .start) after the scenario starts: "
          + "\(missing) of the horizon of \(calendar.horizon) are missing",
        "rates from \(moment(.start)) on, or what holds before them: begin: zero or hold, "
          + "repeat: day or week\(shift)")
    }
    if last.until < horizon, rules.end == nil {
      let missing = horizon - max(last.until, .start)
      throw Self.failure(
        last.line,
        "rates that end at \(moment(last.until)), \(horizon - last.until) before the horizon ends: "
          + "\(missing) of \(calendar.horizon) are missing",
        "rates up to \(moment(horizon)), or what holds after them: repeat: day or week, end: zero or hold\(shift)"
      )
    }
  }

  /// The steps of the rows, with holes filled as the rules say.
  private func steps(_ laid: [Laid], _ calendar: Calendar) throws(TraceErrors) -> [RateProfile.Step]
  {
    var steps: [RateProfile.Step] = []
    var missing = (count: 0, time: TimeSpan.zero, first: laid[0])
    let needed = calendar.rules.repeats == nil
    for (index, row) in laid.enumerated() {
      steps.append(RateProfile.Step(start: row.start, rate: row.rate))
      guard index + 1 < laid.count, row.until < laid[index + 1].start else { continue }
      let (from, to) = (row.until, laid[index + 1].start)
      // What lies outside the horizon is not used, unless it is repeated.
      let isUsed = !needed || (to > .start && from < .start + calendar.horizon)
      if isUsed, calendar.rules.holes == nil {
        if missing.count == 0 { missing.first = row }
        missing.count += 1
        missing.time += to - from
      }
      if calendar.rules.holes != .hold { steps.append(RateProfile.Step(start: from, rate: .zero)) }
    }
    guard missing.count == 0 else {
      let start = isDated && !calendar.rules.isRelative ? calendar.start : nil
      throw Self.failure(
        missing.first.line,
        "\(missing.count) \(missing.count == 1 ? "hole" : "holes") of \(missing.time) in all, the first at "
          + CalendarText.moment(missing.first.until, from: start),
        "a row every step, or what holds in holes: holes: zero or hold")
    }
    return steps
  }

  private static func failure(_ line: Int, _ found: String, _ allowed: String) -> TraceErrors {
    TraceErrors(errors: [TraceError(line: line, column: 1, found: found, allowed: allowed)])
  }

  /// What was read, in a line.
  package func summary(on calendar: Calendar) -> String {
    guard let first = rows.first, let last = rows.last else { return "no rows" }
    let isMoved = isDated && calendar.rules.isRelative
    let dates =
      isDated
      ? "\(UTCDate(nanosecondsSince1970: first.time)) to \(UTCDate(nanosecondsSince1970: last.until))"
      : "\(TimeSpan(nanoseconds: first.time)) to \(TimeSpan(nanoseconds: last.until)) after the start"
    var clauses = notes
    clauses.insert(dates + (isMoved ? ", laid at the scenario's start" : ""), at: 1)
    clauses.insert("mean \(formatted(mean, places: 3))/s", at: 2)
    let origin = !isDated ? 0 : isMoved ? first.time : calendar.start.nanosecondsSince1970
    let horizon = calendar.horizon.nanoseconds
    let unused = rows.count { $0.until <= origin || $0.time - origin >= horizon }
    if unused > 0, calendar.rules.repeats == nil {
      clauses.append("left out \(unused) \(unused == 1 ? "row" : "rows") outside the horizon")
    }
    return clauses.joined(separator: ", ")
  }
}
