// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Into what stretches of time a bill is cut.
extension Billing {
  /// The instants at which a clock hour, a price or a commitment begins, from the start up to the horizon;
  /// where it counts how many machines ran at once, those at which one came or went too.
  func cells(_ rentals: [(from: Instant, to: Instant)]) -> [Instant] {
    let hour = TimeSpan.hours(1).nanoseconds
    let intoHour = ((start.nanosecondsSince1970 % hour) + hour) % hour
    let end = Instant.start + horizon
    var cuts: [Instant] = [.start]
    var next = Instant(nanoseconds: hour - intoHour)
    while next < end {
      cuts.append(next)
      next = next + .hours(1)
    }
    cuts += columns.flatMap { $0.prices.changes.map(\.at) }
    let runs = commitments.reservations.map(\.runs) + commitments.savingsPlans.map(\.runs)
    cuts += runs.flatMap { [$0.lowerBound, $0.upperBound] }
    let countsMachines =
      !commitments.capacity.isEmpty
      || (rules.commitmentPeriod == .instant && !commitments.reservations.isEmpty)
    if countsMachines { cuts += rentals.flatMap { [$0.from, $0.to] } }
    cuts = cuts.filter { $0 >= .start && $0 < end }
    cuts.sort()
    var distinct: [Instant] = []
    for cut in cuts where cut != distinct.last { distinct.append(cut) }
    return distinct + [end]
  }

  /// The cells of each month; every month begins with a clock hour, and so with a cell.
  func cellsOfMonths(_ usage: UsageTable) -> [Range<Int>] {
    var first = 0
    return months.map { month in
      var end = first
      while end < usage.count && usage.start(of: end) < month.to { end += 1 }
      defer { first = end }
      return first..<end
    }
  }

  /// The cells that belong together: those of each clock hour, or each for itself.
  func periods(of usage: UsageTable, hourly: Bool) -> [Range<Int>] {
    var periods: [Range<Int>] = []
    var first = 0
    for cell in 0..<usage.count {
      let isLast =
        cell + 1 == usage.count || !hourly
        || clockHour(of: usage.start(of: cell)) != clockHour(of: usage.start(of: cell + 1))
      if isLast {
        periods.append(first..<cell + 1)
        first = cell + 1
      }
    }
    return periods
  }

  private func clockHour(of instant: Instant) -> Int64 {
    let hour = TimeSpan.hours(1).nanoseconds
    let date = (start + instant.sinceStart).nanosecondsSince1970
    return date >= 0 ? date / hour : (date + 1) / hour - 1
  }

  /// The tokens of each month, in proportion to the requests that are expected in it.
  func shares(of tokens: Int128, by expectedRequests: (Range<Instant>) -> Int64) -> [Int128] {
    var weights = months.map { Int128(expectedRequests($0.from..<$0.to)) }
    var sum = weights.reduce(0, +)
    if sum == 0 {
      weights = months.map { Int128($0.covered.nanoseconds) }
      sum = weights.reduce(0, +)
    }
    // What was shared before is taken off, so that all of it is shared in the end.
    var (before, shared) = (Int128(0), Int128(0))
    return weights.map { weight in
      before += weight
      let upTo = tokens.scaled(by: before, over: sum)
      defer { shared = upTo }
      return upTo - shared
    }
  }
}
