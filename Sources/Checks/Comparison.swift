// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Two scenarios under common random numbers: what differs between them, replication by replication.
///
/// Requests and capacity are drawn from streams that no policy shares, so the n-th replication of one meets
/// the same world as the n-th of the other, and what luck does to both cancels in the difference. Source:
/// Law, Simulation Modeling and Analysis, 5th ed. (2015), ISBN 978-0-07-340132-4, sections 10.2.1 and 11.2.
package struct Comparison: Sendable {
  /// One number in both scenarios.
  package struct Row: Sendable, Equatable {
    /// What it is, such as `p99(latency)`.
    package let name: String
    /// Its unit.
    package let unit: String
    /// Its value in the first scenario; `nil` where there is none to rely on.
    package let first: Double?
    /// Its value in the second.
    package let second: Double?
    /// The second less the first, paired; `nil` where either has none.
    package let difference: Interval?
    /// The variance of the difference that independent runs would have, over the one that these have; `nil`
    /// where neither varies.
    package let varianceReduction: Double?
    /// Why there is nothing to compare; empty where there is.
    package var note = ""

    /// How the two stand to each other.
    package enum Change: String, Sendable {
      /// The same in every replication.
      case same
      /// The interval of the difference holds zero.
      case withinChance = "~"
      /// It differs, by less than anybody would act on.
      case immaterial = "≈"
      /// The second is lower.
      case lower
      /// The second is higher.
      case higher
      /// There is nothing to compare.
      case unknown = "?"
    }

    /// Differences below this share of the first value are told apart and not acted on.
    package static var material: Double { 0.01 }

    /// How the two stand to each other.
    package var change: Change {
      guard let difference, let first else { return .unknown }
      if difference.low == 0, difference.high == 0 { return .same }
      if difference.low <= 0, difference.high >= 0 { return .withinChance }
      if abs(difference.estimate) < Self.material * abs(first) { return .immaterial }
      return difference.estimate < 0 ? .lower : .higher
    }
  }

  /// The measures that both have.
  package let measures: [Row]
  /// The lines of both bills, for a month of 730 hours.
  package let bill: [Row]
  /// The measures that a sentence tells: the bill, times, what is answered, and what targets bound.
  package let told: [String]
  /// Replications in which both drew the same requests.
  package let equalRequests: Int
  /// Pools that both have, and those of them with the same capacity in every replication.
  package let commonPools: (all: Int, equal: Int)
  /// How many replications were paired.
  package let replications: Int
  /// The confidence of each interval.
  package let confidence: Double

  /// The comparison of two scenarios by their replications, in the same order.
  ///
  /// - Complexity: O(replications × (measures + lines × buckets)).
  package init(
    _ first: (scenario: Scenario, records: [ReplicationRecord]),
    _ second: (scenario: Scenario, records: [ReplicationRecord])
  ) {
    let pairs = PairedMeasures(
      first: Measures(first.scenario, records: first.records),
      second: Measures(second.scenario, records: second.records))
    measures = pairs.rows
    bill = pairs.bill
    let targets = first.scenario.targets + second.scenario.targets
    let usual = ["monthly_cost", "p99(ttft)", "p99(tpot)", "p99(latency)", "availability"]
    let bounded = measures.map(\.name).filter { name in
      !usual.contains(name) && targets.contains { $0.text.hasPrefix(name + " ") }
    }
    told = usual + bounded
    let records = zip(first.records, second.records)
    replications = min(first.records.count, second.records.count)
    equalRequests = records.count { $0.tally(.streamDigest) == $1.tally(.streamDigest) }
    let names = first.scenario.fleet.pools.map(\.cloud.name).filter { name in
      second.scenario.fleet.pools.contains { $0.cloud.name == name }
    }
    let equal = names.count { name in
      records.allSatisfy {
        $0.tally(.capacityDigest, name) == $1.tally(.capacityDigest, name)
      }
    }
    commonPools = (names.count, equal)
    confidence = first.scenario.run.confidence.fraction
  }

  /// The row of that name.
  package func measure(_ name: String) -> Row? { measures.first { $0.name == name } }
}

/// The measures of two scenarios, side by side.
private struct PairedMeasures {
  let first: Measures
  let second: Measures

  private var confidence: Double { first.confidence }

  var rows: [Comparison.Row] {
    var rows = [
      paired("monthly_cost", "USD", first.monthlyCosts, second.monthlyCosts),
      paired("cost_per_1000_requests", "USD", perThousand(first), perThousand(second)),
    ]
    for time in first.times where second.times.contains(time) {
      rows.append(
        paired("mean(\(time.rawValue))", "s", first.means(of: time), second.means(of: time)))
      for (label, share) in Measures.quantiles {
        rows.append(quantile("\(label)(\(time.rawValue))", share, time))
      }
    }
    func answered(_ record: ReplicationRecord) -> Double? {
      record.weighted.arrived > 0
        ? Double(record.weighted.answered) / Double(record.weighted.arrived) : nil
    }
    func share(_ outcome: RequestOutcome) -> (ReplicationRecord) -> Double? {
      { record in
        record.weighted.arrived > 0
          ? Double(record.weighted[outcome]) / Double(record.weighted.arrived) : nil
      }
    }
    rows.append(each("availability", "", answered))
    for measure in first.tokenMeasures where second.tokenMeasures.contains(measure) {
      rows.append(
        paired(
          measure.name, measure.unit,
          first.records.compactMap { first.value(of: measure, in: $0) },
          second.records.compactMap { second.value(of: measure, in: $0) }))
    }
    rows.append(each("hit_ratio", "", share(.hit)))
    rows.append(each("join_ratio", "", share(.joined)))
    rows.append(
      each("mean(batch_size)", "requests") {
        $0.batches > 0 ? Double($0.batchedRequests) / Double($0.batches) : nil
      })
    rows.append(
      each("interruptions", "1/month") {
        Double($0.count(of: .interrupted))
          * (TimeSpan.billingMonth.inSeconds / $0.billedTime.inSeconds)
      })
    return rows.filter { row in
      if row.first == nil, row.second == nil, row.note.isEmpty { return false }
      return !(row.first == 0 && row.second == 0)
    }
  }

  /// The lines of either bill, in the order in which they first appear.
  var bill: [Comparison.Row] {
    struct Key: Equatable {
      let line: String
      let pool: String
      let market: String
    }
    func key(_ line: InvoiceLine) -> Key {
      Key(line: line.line, pool: line.pool, market: line.market)
    }
    var keys: [Key] = []
    for line in (first.records + second.records).flatMap(\.invoice) where !keys.contains(key(line))
    {
      keys.append(key(line))
    }
    return keys.map { wanted in
      func amounts(_ measures: Measures) -> [Double] {
        measures.records.map { record in
          record.invoice.filter { key($0) == wanted }.reduce(USD.zero) { $0 + $1.amount }
            .monthly(over: record.billedTime).inDollars
        }
      }
      let names = [wanted.line, wanted.pool, wanted.market].filter { !$0.isEmpty }
      return paired(names.joined(separator: ", "), "USD", amounts(first), amounts(second))
    }
  }

  private func perThousand(_ measures: Measures) -> [Double] {
    let offered = Double(
      measures.scenario.workload.expectedRequests(for: measures.scenario.run.horizon))
    return offered > 0 ? measures.records.map { $0.total.inDollars / offered * 1_000 } : []
  }

  private func each(
    _ name: String, _ unit: String, _ value: (ReplicationRecord) -> Double?
  ) -> Comparison.Row {
    paired(name, unit, first.records.compactMap(value), second.records.compactMap(value))
  }

  private func paired(
    _ name: String, _ unit: String, _ first: [Double], _ second: [Double]
  ) -> Comparison.Row {
    guard first.count == second.count, !first.isEmpty else {
      return Comparison.Row(
        name: name, unit: unit, first: nil, second: nil, difference: nil, varianceReduction: nil)
    }
    let differences = zip(first, second).map { $1 - $0 }
    return Comparison.Row(
      name: name, unit: unit,
      first: Interval.mean(of: first, confidence: confidence)?.estimate,
      second: Interval.mean(of: second, confidence: confidence)?.estimate,
      difference: .mean(of: differences, confidence: confidence),
      varianceReduction: reduction(first, second, differences))
  }

  private func quantile(
    _ name: String, _ share: Share, _ time: RequestTime
  ) -> Comparison.Row {
    let (a, b) = (first.row(name, share, of: time), second.row(name, share, of: time))
    let (all, other) = (first.sectionQuantiles(share, time), second.sectionQuantiles(share, time))
    guard let one = a.interval?.estimate, let two = b.interval?.estimate, one.isFinite,
      two.isFinite, all.count == other.count
    else {
      return Comparison.Row(
        name: name, unit: "s", first: a.interval?.estimate, second: b.interval?.estimate,
        difference: nil, varianceReduction: nil,
        note: [a, b].first { !$0.note.isEmpty }?.note ?? "")
    }
    let differences = zip(all, other).map { $1 - $0 }
    return Comparison.Row(
      name: name, unit: "s", first: one, second: two,
      difference: .sectioning(
        pooled: two - one, sections: differences, confidence: confidence),
      varianceReduction: reduction(all, other, differences))
  }

  private func reduction(_ a: [Double], _ b: [Double], _ differences: [Double]) -> Double? {
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    guard differences.count >= 2, differences.allSatisfy(\.isFinite) else { return nil }
    let (apart, together) = (variance(a) + variance(b), variance(differences))
    guard apart > 0 else { return nil }
    return together > 0 ? apart / together : .infinity
  }
}
