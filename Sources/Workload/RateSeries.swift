// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

/// Rates over time as a file recorded them, not yet laid on a scenario's time.
package struct RateSeries: Sendable {
  /// What a value of a file is.
  package enum Meaning: String, Sendable, CaseIterable {
    /// Requests a second.
    case rate
    /// Requests in a window that begins at the row's time.
    case count
  }

  /// What a scenario says of a file, as far as the file does not say it.
  package struct Options: Sendable {
    /// What a value is.
    package var meaning: Meaning?
    /// The columns of values; empty where there is but one.
    package var columns: [String] = []
    /// The column of times.
    package var timeColumn: String?
    /// Only rows, or series, with those texts.
    package var conditions: [MeasuredTable.Condition] = []
    /// Whether values of one time are added up.
    package var isSum = false
    /// How long the window of a count is.
    package var window: TimeSpan?
    /// How far local times are ahead of UTC.
    package var zone: TimeSpan?

    /// Nothing is said.
    package init() {}
  }

  /// A value as it was read.
  struct Point {
    /// Nanoseconds since 1970, or since the file's own beginning.
    var time: Int64
    /// Billionths of a request, or of a request a second.
    var value: Int64
    var line: Int
  }

  /// A rate from a time on.
  package struct Row: Sendable, Equatable {
    /// Nanoseconds since 1970, or since the file's own beginning.
    package let time: Int64
    /// The rate.
    package let rate: Rate
    /// Until when the row says something.
    package let until: Int64
    /// Its line in the file.
    package let line: Int
  }

  /// The rows in order of time; none begins before the one above has ended.
  package let rows: [Row]
  /// Whether times are moments of the calendar.
  package let isDated: Bool
  /// What was read and what was left out, as clauses.
  package let notes: [String]

  /// The mean rate over the time that rows cover, in requests a second.
  package var mean: Double {
    var (sum, time) = (0.0, 0.0)
    for row in rows {
      let length = Double(row.until - row.time) / 1e9
      sum += row.rate.perSecond * length
      time += length
    }
    return time > 0 ? sum / time : 0
  }

  /// Reads CSV with a header, or JSON as Prometheus and CloudWatch export it.
  ///
  /// - Throws: everything that is wrong with the file.
  /// - Complexity: O(n log n) for n values.
  package init(_ bytes: [UInt8], _ options: Options = Options()) throws(TraceErrors) {
    let gathered =
      JSONFile.looks(like: bytes)
      ? try RateExport.gather(bytes, options) : try RateTable.gather(bytes, options)
    try self.init(gathered, options)
  }

  /// What a file holds, before its values mean rates.
  struct Gathered {
    var points: [Point]
    var clock: InputClock
    var meaning: Meaning
    var window: TimeSpan?
    var notes: [String] = []
  }

  private init(_ gathered: Gathered, _ options: Options) throws(TraceErrors) {
    let (points, partial) = try Self.merged(gathered, isSum: options.isSum)
    guard let first = points.first, let last = points.last, points.count >= 2 else {
      throw TraceErrors(errors: [
        TraceError(
          line: points.first?.line ?? 1, column: 1,
          found: points.isEmpty ? "no value" : "one value", allowed: "values at two times at least")
      ])
    }
    if !gathered.clock.isDated, first.time.magnitude > TimeSpan.longestStretch.nanoseconds.magnitude
    {
      throw TraceErrors(errors: [
        TraceError(line: first.line, column: 1, found: "a time", allowed: gathered.clock.allowed)
      ])
    }
    let gaps = zip(points, points.dropFirst()).map { $1.time - $0.time }
    let usual = UsualGap.of(gaps)
    var window = options.window ?? gathered.window
    if gathered.meaning == .count, window == nil {
      guard let usual else {
        throw TraceErrors(errors: [
          TraceError(
            line: last.line, column: 1,
            found: "counts at times \(TimeSpan(nanoseconds: gaps.min() ?? 0)) to "
              + "\(TimeSpan(nanoseconds: gaps.max() ?? 0)) apart",
            allowed: "windows of one length, or that length: per: 1min")
        ])
      }
      window = TimeSpan(nanoseconds: usual)
    }
    if gathered.meaning == .rate, options.window != nil {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1, found: "rates, which are requests a second",
          allowed: "per beside counts only")
      ])
    }
    rows = try Self.rows(
      points, gathered.meaning, window: window?.nanoseconds, usual: usual,
      lastGap: gaps[gaps.count - 1])
    isDated = gathered.clock.isDated
    var notes = ["\(points.count) rows", gathered.clock.formText]
    if gathered.meaning == .count, let window { notes.append("counts of \(window)") }
    if let usual, gathered.meaning == .rate {
      notes.append("steps of \(TimeSpan(nanoseconds: usual))")
    }
    if partial > 0 {
      notes.append("\(partial) \(partial == 1 ? "sum" : "sums") of fewer values than others")
    }
    self.notes = notes + gathered.notes
  }

  /// The points in order of time, those of one time made one, and how many are made of fewer than others.
  private static func merged(
    _ gathered: Gathered, isSum: Bool
  ) throws(TraceErrors) -> (points: [Point], partial: Int) {
    let sorted = gathered.points.sorted { ($0.time, $0.line) < ($1.time, $1.line) }
    var points: [Point] = []
    var parts: [Int] = []
    var errors: [TraceError] = []
    for point in sorted {
      guard let last = points.last, last.time == point.time else {
        points.append(point)
        parts.append(1)
        continue
      }
      let (sum, overflow) = last.value.addingReportingOverflow(point.value)
      if isSum, !overflow {
        points[points.count - 1].value = sum
        parts[parts.count - 1] += 1
      } else if errors.count < TraceErrors.limit {
        let (low, high) = (min(last.line, point.line), max(last.line, point.line))
        errors.append(
          TraceError(
            line: high, column: 1,
            found: isSum ? "a sum that is too large" : "the time of line \(low) again",
            allowed: "one value a time, or sum: on to add them up"))
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    let most = parts.max() ?? 0
    return (points, parts.count { $0 < most })
  }

  private static func rows(
    _ points: [Point], _ meaning: Meaning, window: Int64?, usual: Int64?, lastGap: Int64
  ) throws(TraceErrors) -> [Row] {
    var rows: [Row] = []
    for (index, point) in points.enumerated() {
      let gap = index + 1 < points.count ? points[index + 1].time - point.time : nil
      let until: Int64
      var rate = point.value
      if meaning == .count, let window {
        guard gap.map({ $0 >= window }) ?? true else {
          throw TraceErrors(errors: [
            TraceError(
              line: points[index + 1].line, column: 1,
              found: "a time \(TimeSpan(nanoseconds: gap ?? 0)) after the one before",
              allowed: "windows of \(TimeSpan(nanoseconds: window)) that do not overlap")
          ])
        }
        let scaled = (Int128(point.value) * 1_000_000_000).dividedRoundingToNearestOrEven(
          by: Int128(window))
        guard let fitting = Int64(exactly: scaled) else {
          throw TraceErrors(errors: [
            TraceError(
              line: point.line, column: 1, found: "a count that is too large",
              allowed: "less than 9e9 requests a second")
          ])
        }
        rate = fitting
        until = point.time + window
      } else if let usual {
        // A step that is much longer than others leaves rows out; one of a clock that is a little off does not.
        until =
          gap.map { $0 > usual + usual / 2 ? point.time + usual : point.time + $0 } ?? point.time
          + usual
      } else {
        until = point.time + (gap ?? lastGap)
      }
      rows.append(
        Row(time: point.time, rate: Rate(nanoPerSecond: rate), until: until, line: point.line))
    }
    return rows
  }
}
