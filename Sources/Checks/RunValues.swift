// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// What a run came to in each replication: what a later run is compared with.
package struct RunValues: Sendable, Equatable, Codable {
  /// One number of a run, replication by replication.
  package struct Series: Sendable, Equatable, Codable {
    /// What it is: the name of a measure, or a line of the bill.
    package let name: String
    /// The number over all replications; `nil` where it is infinite, or there is none.
    package let estimate: Double?
    /// The number of each replication in which there is one; `nil` where it is infinite.
    package let values: [Double?]
    /// The number in exact arithmetic, where all replications agree on it; `nil` where they do not.
    package let exact: Ratio?

    /// The numbers as a sample; `nil` where there is no value.
    package var sample: Sample? {
      values.isEmpty
        ? nil : Sample(estimate: estimate ?? .infinity, values: values.map { $0 ?? .infinity })
    }

    init(_ name: String, estimate: Double?, values: [Double], exact: Ratio? = nil) {
      self.name = name
      self.estimate = estimate.flatMap { $0.isFinite ? $0 : nil }
      self.values = values.map { $0.isFinite ? $0 : nil }
      self.exact = exact
    }

    /// The mean of values.
    init(_ name: String, _ values: [Double], exact: [Ratio?] = []) {
      let one = exact.first.flatMap { $0 }.flatMap { first in
        exact.allSatisfy { $0 == first } ? first : nil
      }
      self.init(
        name, estimate: Interval.mean(of: values, confidence: 0.95)?.estimate, values: values,
        exact: one)
    }
  }

  /// The measures of ``Scenario/Tolerance/measures``, in dollars, seconds and shares of 1.
  package let measures: [Series]
  /// The lines of the bill for a month of 730 hours, in dollars.
  package let bill: [Series]

  /// The values of a run's replications.
  ///
  /// - Parameters:
  ///   - samples: what stands for replications where requests are concerned, such as the sections of
  ///     one long replication; the replications themselves when it is `nil`.
  /// - Complexity: O(replications × buckets).
  package init(_ records: [ReplicationRecord], samples: [ReplicationRecord]? = nil) {
    let samples = samples ?? records
    measures =
      [
        Series(
          "monthly_cost", records.map { $0.total.monthly(over: $0.billedTime).inDollars },
          exact: records.map(\.exactMonthlyCost))
      ]
      + RequestTime.allCases.filter { time in
        samples.first.map { $0.times[time] != nil } ?? !time.needsTokens
      }.flatMap { Self.times($0, samples) }
      + Self.shares(samples)
    bill = Self.bill(records)
  }

  private static func times(
    _ time: RequestTime, _ samples: [ReplicationRecord]
  ) -> [Series] {
    let histograms = samples.compactMap { $0.times[time] }
    guard var all = histograms.first else { return [] }
    for histogram in histograms.dropFirst() { all.merge(histogram) }
    let offered = samples.reduce(RequestCounts()) { $0 + $1.weighted }
    let quantiles = OrderStatistic.usual.map { label, share in
      // Where nothing was drawn a replication keeps its order statistics, which no bucket blurs.
      let kept = samples.compactMap { OrderStatistic.kept(time, share, in: $0) }
      let isKept = kept.count == samples.count && kept.allSatisfy { $0 == kept.first }
      return Series(
        "\(label)(\(time.rawValue))",
        estimate: isKept
          ? kept.first.map { $0 / 1e9 }
          : all.quantile(share, among: offered)
            .map { $0.estimate / 1e9 },
        values: isKept
          ? kept.map { $0 / 1e9 }
          : samples.compactMap {
            $0.times[time]?.quantile(share, among: $0.weighted).map { $0.estimate / 1e9 }
          },
        exact: isKept
          ? kept.first.flatMap { $0.isFinite ? Ratio(billionths: Int64($0)) : nil } : nil)
    }
    let recorded = histograms.filter { $0.count > 0 }
    return [
      Series(
        "mean(\(time.rawValue))", recorded.compactMap { $0.mean.map { $0 / 1e9 } },
        exact: recorded.map(\.exactMean))
    ] + quantiles
  }

  private static func shares(_ samples: [ReplicationRecord]) -> [Series] {
    func series(
      _ name: String, _ samples: [ReplicationRecord],
      _ counts: (ReplicationRecord) -> (part: UInt64, of: UInt64)
    ) -> Series {
      let counts = samples.map(counts).filter { $0.of > 0 }
      return Series(
        name, counts.map { Double($0.part) / Double($0.of) },
        exact: counts.map { Ratio(Int128($0.part), over: Int128($0.of)) })
    }
    func ofRequests(_ name: String, _ count: (RequestCounts) -> UInt64) -> Series {
      series(name, samples) { (count($0.weighted), $0.weighted.arrived) }
    }
    return [
      ofRequests("availability", \.answered),
      series("availability(time)", samples) { ($0.minutesAvailable, $0.minutes) },
      ofRequests("hit_ratio") { $0[.hit] }, ofRequests("join_ratio") { $0[.joined] },
    ]
  }

  private static func bill(_ records: [ReplicationRecord]) -> [Series] {
    func name(_ line: InvoiceLine) -> String {
      [line.line, line.pool, line.market].filter { !$0.isEmpty }.joined(separator: ", ")
    }
    var names: [String] = []
    for line in records.flatMap(\.invoice) where !names.contains(name(line)) {
      names.append(name(line))
    }
    return names.map { wanted in
      Series(
        wanted,
        records.map { record in
          record.invoice.filter { name($0) == wanted }.reduce(USD.zero) { $0 + $1.amount }
            .monthly(over: record.billedTime).inDollars
        })
    }
  }
}

extension Measures {
  /// What each replication came to, or each section of a long one.
  package var values: RunValues { RunValues(records, samples: samples) }
}
