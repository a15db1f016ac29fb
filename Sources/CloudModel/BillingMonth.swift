// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// The part of a calendar month, in UTC, that a bill covers.
struct BillingMonth: Equatable {
  /// From when it is covered.
  let from: Instant
  /// Until when.
  let to: Instant
  /// The length of the whole month.
  let whole: TimeSpan

  /// How much of it is covered.
  var covered: TimeSpan { to - from }

  /// The months of a horizon, in order.
  static func all(from start: UTCDate, for horizon: TimeSpan) -> [BillingMonth] {
    var months: [BillingMonth] = []
    var from = Instant.start
    let end = Instant.start + horizon
    while from < end {
      let month = (start + from.sinceStart).calendarMonth
      let to = min(end, .start + (month.upperBound - start))
      months.append(
        BillingMonth(from: from, to: to, whole: month.upperBound - month.lowerBound))
      from = to
    }
    return months
  }

  /// The part of a stretch of time that lies in it; `nil` for none.
  func part(of runs: Range<Instant>) -> Range<Instant>? {
    let (low, high) = (max(from, runs.lowerBound), min(to, runs.upperBound))
    return low < high ? low..<high : nil
  }
}
