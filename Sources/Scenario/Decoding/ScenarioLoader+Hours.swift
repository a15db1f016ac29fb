// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Workload

/// Reads rates that are given hour by hour.
extension ScenarioLoader {
  /// The days of a week as keys, from Monday on.
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// `hours: { mon: [10%, … 24 shares of the peak], tue: …, …, sun: … }`, UTC.
  func hoursOfWeek(
    _ arrivals: inout MappingReader, peak: Rate?, start: UTCDate?,
    into diagnostics: inout Diagnostics
  ) -> RateProfile? {
    for key in ["daily", "weekend"] where arrivals.has(key) {
      arrivals.report(
        .rule(.conflict, "hours say all of a week; leave this out"), of: key, into: &diagnostics)
    }
    guard var hours = arrivals.mapping("hours", .required, into: &diagnostics) else { return nil }
    let shares = Self.days.map { day -> [Share]? in
      guard let items = hours.sequence(day, .required, into: &diagnostics) else { return nil }
      guard items.count == 24 else {
        hours.report(
          .outOfRange(found: "\(items.count) shares", allowed: "24, one for each hour UTC"),
          of: day, into: &diagnostics)
        return nil
      }
      let read = items.compactMap { $0.parsed(into: &diagnostics) { try proportion($0) } }
      return read.count == items.count ? read : nil
    }
    hours.finish(into: &diagnostics)
    let all = shares.compactMap(\.self).flatMap(\.self)
    guard let peak, let start, all.count == RateProfile.hoursOfWeek else { return nil }
    guard let highest = all.max(), highest > .zero else {
      arrivals.report(
        .rule(.sum, "at least one hour has a share above 0%"), of: "hours", into: &diagnostics)
      return nil
    }
    guard isWithinReach(peak, highest, of: "hours", arrivals, into: &diagnostics) else {
      return nil
    }
    return .hourly(peak, shares: all, start: start)
  }

  /// Whether a share of a rate can be simulated; reported where it cannot.
  func isWithinReach(
    _ peak: Rate, _ share: Share, of key: String, _ arrivals: MappingReader,
    into diagnostics: inout Diagnostics
  ) -> Bool {
    let highest = peak.perSecond * max(1, share.fraction)
    guard highest > Rate.highestRead.perSecond else { return true }
    arrivals.report(
      .beyond(
        .limit,
        found: "\(share) of \(peak)", allowed: "a rate of at most \(Rate.highestRead)"),
      of: key, into: &diagnostics)
    return false
  }
}
