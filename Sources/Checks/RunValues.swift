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

    /// The numbers as a sample; `nil` where there is no value.
    package var sample: Sample? {
      values.isEmpty
        ? nil : Sample(estimate: estimate ?? .infinity, values: values.map { $0 ?? .infinity })
    }

    init(_ name: String, estimate: Double?, values: [Double]) {
      self.name = name
      self.estimate = estimate.flatMap { $0.isFinite ? $0 : nil }
      self.values = values.map { $0.isFinite ? $0 : nil }
    }

    /// The mean of values.
    init(_ name: String, _ values: [Double]) {
      self.init(
        name, estimate: Interval.mean(of: values, confidence: 0.95)?.estimate, values: values)
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
      [Series("monthly_cost", records.map { $0.total.monthly(over: $0.billedTime).inDollars })]
      + Self.times("latency", samples, of: \.latency) { $0.weighted.arrived }
      + Self.times("wait", samples, of: \.wait) { $0.wait.count }
      + Self.shares(samples)
    bill = Self.bill(records)
  }

  private static func times(
    _ name: String, _ samples: [ReplicationRecord],
    of histogram: (ReplicationRecord) -> LatencyHistogram,
    among population: (ReplicationRecord) -> UInt64
  ) -> [Series] {
    guard var all = samples.first.map(histogram) else { return [] }
    for sample in samples.dropFirst() { all.merge(histogram(sample)) }
    let offered = samples.reduce(0) { $0 + population($1) }
    func seconds(_ nanoseconds: Double?) -> Double? { nanoseconds.map { $0 / 1e9 } }
    let quantiles = Measures.quantiles.map { label, billionths in
      let share = Share(billionths: billionths).fraction
      return Series(
        "\(label)(\(name))", estimate: seconds(all.quantile(share, population: offered)),
        values: samples.compactMap {
          seconds(histogram($0).quantile(share, population: population($0)))
        })
    }
    return [Series("mean(\(name))", samples.compactMap { seconds(histogram($0).mean) })] + quantiles
  }

  private static func shares(_ samples: [ReplicationRecord]) -> [Series] {
    func ofRequests(_ name: String, _ count: (RequestCounts) -> UInt64) -> Series {
      Series(
        name,
        samples.filter { $0.weighted.arrived > 0 }
          .map { Double(count($0.weighted)) / Double($0.weighted.arrived) })
    }
    return [
      ofRequests("availability", \.answered),
      Series(
        "availability(time)",
        samples.filter { $0.minutes > 0 }.map { Double($0.minutesAvailable) / Double($0.minutes) }),
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
