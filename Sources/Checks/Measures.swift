// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Sums up the replications of a scenario into measures with their intervals.
package struct Measures: Sendable {
  let scenario: Scenario
  let records: [ReplicationRecord]
  private let latency: LatencyHistogram?
  private let wait: LatencyHistogram?
  let arrived: UInt64

  /// The measures of a scenario's replications, in order.
  package init(_ scenario: Scenario, records: [ReplicationRecord]) {
    self.scenario = scenario
    self.records = records
    latency = Self.merged(records.map(\.latency))
    wait = Self.merged(records.map(\.wait))
    arrived = records.reduce(0) { $0 + $1.weighted.arrived }
  }

  private static func merged(_ histograms: [LatencyHistogram]) -> LatencyHistogram? {
    guard var sum = histograms.first else { return nil }
    for histogram in histograms.dropFirst() { sum.merge(histogram) }
    return sum
  }

  private var confidence: Double { scenario.confidence.fraction }

  /// The bill for a month of 730 hours, by replication, in dollars.
  package var monthlyCosts: [Double] {
    records.map { $0.total.monthly(over: $0.billedTime).inDollars }
  }

  /// The bill for a month of 730 hours: mean over replications, in dollars.
  package var monthlyCost: Interval? {
    guard scenario.isBillExact, let first = monthlyCosts.first else {
      return .mean(of: monthlyCosts, confidence: confidence)
    }
    precondition(
      monthlyCosts.allSatisfy { $0 == first }, "a bill without random draws is always the same")
    return .exact(first, samples: records.count)
  }

  /// The quantile of a time over all offered requests, in seconds.
  ///
  /// Pooled over replications, with the interval of sectioning over them. Unanswered requests count as
  /// longer than any time; a wait is known of answered requests only and taken over these.
  package func quantile(_ share: Share, of time: Target.Measure) -> Interval? {
    guard let pooled = histogram(time) else { return nil }
    func seconds(_ histogram: LatencyHistogram, _ population: UInt64) -> Double? {
      histogram.quantile(share.fraction, population: population).map { $0 / 1e9 }
    }
    guard let centre = seconds(pooled, population(of: time, pooled.count, arrived)) else {
      return nil
    }
    let sections = records.compactMap { record in
      let histogram = self.histogram(time, of: record)
      return seconds(histogram, population(of: time, histogram.count, record.weighted.arrived))
    }
    if scenario.areRequestsExact { return .exact(centre, samples: records.count) }
    return .sectioning(pooled: centre, sections: sections, confidence: confidence)
  }

  private func population(of time: Target.Measure, _ answered: UInt64, _ offered: UInt64) -> UInt64
  {
    if case .wait = time { answered } else { offered }
  }

  private func histogram(_ time: Target.Measure) -> LatencyHistogram? {
    if case .wait = time { wait } else { latency }
  }

  private func histogram(_ time: Target.Measure, of record: ReplicationRecord) -> LatencyHistogram {
    if case .wait = time { record.wait } else { record.latency }
  }

  /// The mean of a time over answered requests, in seconds; the mean of the replications' means.
  package func mean(of time: Target.Measure) -> Interval? {
    let means = records.compactMap { histogram(time, of: $0).mean.map { $0 / 1e9 } }
    if scenario.areRequestsExact, let first = means.first {
      return .exact(first, samples: means.count)
    }
    return .mean(of: means, confidence: confidence)
  }

  /// The share of offered requests whose time lay above an edge, or that got no answer.
  package func shareAbove(_ edge: TimeSpan, of time: Target.Measure) -> Interval? {
    let shares = records.compactMap { record -> Double? in
      let histogram = histogram(time, of: record)
      let population = population(of: time, histogram.count, record.weighted.arrived)
      guard population > 0 else { return nil }
      let above = histogram.countAbove(edge: edge.nanoseconds) + population - histogram.count
      return Double(above) / Double(population)
    }
    return boundingZero(.mean(of: shares, confidence: confidence))
  }

  /// Answered inside the client's timeout ÷ offered.
  package var availability: Interval? {
    let lost = records.compactMap { record -> Double? in
      guard record.weighted.arrived > 0 else { return nil }
      return Double(record.weighted.arrived - record.weighted.answered)
        / Double(record.weighted.arrived)
    }
    return boundingZero(.mean(of: lost, confidence: confidence))?.complement
  }

  /// Minutes in which at least 99 % of the offered requests were answered ÷ minutes with any.
  package var availabilityByTime: Interval? {
    let lost = records.compactMap { record -> Double? in
      guard record.minutes > 0 else { return nil }
      return Double(record.minutes - record.minutesAvailable) / Double(record.minutes)
    }
    return boundingZero(.mean(of: lost, confidence: confidence))?.complement
  }

  /// An interval of a share of failures with an honest upper end where none was seen.
  ///
  /// With no failure in n independent trials the share is below 1 - 0.05^(1/n) with 95 % confidence
  /// (Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983),
  /// DOI 10.1001/jama.1983.03330370053031). Requests of one minute share queues and are not
  /// independent, so minutes are the trials.
  private func boundingZero(_ interval: Interval?) -> Interval? {
    guard let interval else { return nil }
    if scenario.areRequestsExact { return .exact(interval.estimate, samples: interval.samples) }
    guard interval.estimate == 0 else { return interval }
    let trials = records.reduce(UInt64(0)) { $0 + $1.sampledMinutes }
    guard trials > 0 else { return interval }
    let bound = -Numbers.expm1(Numbers.log(1 - confidence) / Double(trials))
    return Interval(estimate: 0, low: 0, high: bound, samples: interval.samples)
  }

  /// The rows that a run stores and prints.
  package var rows: [MeasureRow] {
    let times: [(String, Target.Measure)] = [
      ("latency", .latency(.mean)), ("wait", .wait(.mean)),
    ]
    var rows = [MeasureRow(name: "monthly_cost", unit: "USD", interval: monthlyCost)]
    for (name, time) in times {
      rows.append(MeasureRow(name: "mean(\(name))", unit: "s", interval: mean(of: time)))
      for (label, billionths) in Self.quantiles {
        let interval = quantile(Share(billionths: billionths), of: time)
        rows.append(
          MeasureRow(
            name: "\(label)(\(name))", unit: "s", interval: interval,
            note: interval?.estimate == .infinity ? "too many requests got no answer" : ""))
      }
    }
    rows.append(MeasureRow(name: "availability", unit: "", interval: availability))
    rows.append(MeasureRow(name: "availability(time)", unit: "", interval: availabilityByTime))
    return rows + answers + costs + operations
  }

  /// Who answered, where not all are answered by the replicas of one model.
  private var answers: [MeasureRow] {
    var rows: [MeasureRow] = []
    let counts = records.reduce(RequestCounts()) { $0 + $1.requests }
    if counts[.hit] > 0 {
      rows.append(MeasureRow(name: "hit_ratio", unit: "", interval: share(of: .hit)))
    }
    if counts[.joined] > 0 {
      rows.append(MeasureRow(name: "join_ratio", unit: "", interval: share(of: .joined)))
    }
    if counts[.hit] + counts[.joined] > 0 {
      rows.append(MeasureRow(name: "engine_share", unit: "", interval: share(of: .completed)))
    }
    let served = scenario.servedModels
    guard served.count > 1 else { return rows }
    let classes = scenario.workload.mix.classNames
    for model in served {
      let shares = records.compactMap { record -> Double? in
        guard record.weighted.answered > 0 else { return nil }
        let count = classes.reduce(Int64(0)) {
          $0 + record.tally("answered", "\(model.name)/\($1)")
        }
        return Double(count) / Double(record.weighted.answered)
      }
      rows.append(
        MeasureRow(
          name: "answered_by(\(model.name))", unit: "",
          interval: .mean(of: shares, confidence: confidence)))
    }
    return rows
  }

  private static let quantiles: [(String, Int64)] = [
    ("p50", 500_000_000), ("p90", 900_000_000), ("p95", 950_000_000), ("p99", 990_000_000),
    ("p99.9", 999_000_000),
  ]

  /// What the bill was paid for, a month of 730 hours, and what a request costs on average.
  private var costs: [MeasureRow] {
    guard records.contains(where: { $0.tally("cost_idle") != 0 }) else { return [] }
    var rows = ["workload", "idle", "overhead", "unused_commitment", "other"].map { part in
      let amounts = records.map { record in
        USD(nanodollars: record.tally("cost_\(part)")).monthly(over: record.billedTime).inDollars
      }
      return MeasureRow(
        name: "cost(\(part))", unit: "USD",
        interval: .mean(of: amounts, confidence: confidence))
    }
    rows.removeAll { $0.interval?.estimate == 0 }
    let offered = Double(scenario.workload.expectedRequests(for: scenario.horizon))
    if offered > 0 {
      rows.append(
        MeasureRow(
          name: "cost_per_1000_requests", unit: "USD",
          interval: .mean(
            of: records.map { $0.total.inDollars / offered * 1_000 }, confidence: confidence)))
    }
    return rows
  }

  /// How busy the fleet was.
  private var operations: [MeasureRow] {
    func row(_ name: String, _ unit: String, _ value: (ReplicationRecord) -> Double?) -> MeasureRow
    {
      MeasureRow(
        name: name, unit: unit,
        interval: .mean(of: records.compactMap(value), confidence: confidence))
    }
    return [
      row("throughput", "1/s") {
        Double($0.weighted.answered) / Double($0.weightUnit) / $0.measuredTime.inSeconds
      },
      row("mean(batch_size)", "requests") {
        $0.batches > 0 ? Double($0.batchedRequests) / Double($0.batches) : nil
      },
      row("interruptions", "1/month") {
        Double($0.fleetEvents.count { $0.kind == .interrupted })
          * (TimeSpan.billingMonth.inSeconds / $0.billedTime.inSeconds)
      },
      row("migrations", "requests") { Double($0.migrations) },
      row("batches_outside_measurements", "share") {
        $0.batches > 0 ? Double($0.batchesOutsideMeasurements) / Double($0.batches) : nil
      },
    ]
  }
}

extension Interval {
  /// The interval of one minus the value.
  fileprivate var complement: Interval {
    Interval(
      estimate: 1 - estimate, low: 1 - high, high: min(1, 1 - low), samples: samples,
      isExact: isExact)
  }
}
