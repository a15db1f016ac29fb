// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving
import Statistics

/// A quantile of all requests of a replication, to the nanosecond: the one with the rank of its share.
///
/// Of n requests it is the one with rank ⌈p·n⌉, in whole numbers; a request without an answer comes after
/// all others.
package struct OrderStatistic: Sendable, Equatable {
  /// The shares that every run reports, with their names.
  package static let usual: [(name: String, share: Share)] = [
    ("p50", 500_000_000), ("p90", 900_000_000), ("p95", 950_000_000), ("p99", 990_000_000),
    ("p99.9", 999_000_000),
  ].map { ($0.0, Share(billionths: $0.1)) }

  /// The same without names.
  package static var usualShares: [Share] { usual.map(\.share) }

  /// What is ordered.
  package let time: RequestTime
  /// The share of the requests that it is no shorter than.
  package let share: Share
  /// The time in nanoseconds; `nil` where the request of that rank got no answer.
  package let nanoseconds: Int64?

  /// The order statistic of the times of answered requests, which are in order.
  ///
  /// - Parameters:
  ///   - population: how many requests there were, with those that got no answer.
  /// - Returns: `nil` where there was no request.
  package init?(_ time: RequestTime, _ share: Share, of times: [Int64], population: UInt64) {
    guard population > 0 else { return nil }
    let rank = LatencyHistogram.rank(billionths: share.billionths, among: population)
    self.time = time
    self.share = share
    nanoseconds = rank <= UInt64(times.count) ? times[Int(rank) - 1] : nil
  }

  private static func label(_ time: RequestTime, _ share: Share) -> String {
    "\(time.rawValue) \(share.billionths)"
  }

  /// The order statistic as a tally; -1 stands for no answer.
  package var tally: Tally {
    Tally(.orderStatistic, label: Self.label(time, share), value: Int128(nanoseconds ?? -1))
  }

  /// The time in nanoseconds that a record keeps, infinite for no answer; `nil` where it keeps none.
  package static func kept(_ time: RequestTime, _ share: Share, in record: ReplicationRecord)
    -> Double?
  {
    let label = label(time, share)
    let tally = record.tallies.first { $0.name == .orderStatistic && $0.label == label }
    return tally.map { $0.value < 0 ? .infinity : Double($0.value) }
  }
}
