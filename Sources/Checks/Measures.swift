// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Sums up the replications of a scenario into measures with their intervals.
package struct Measures: Sendable {
  let scenario: Scenario
  /// The replications, in order.
  package let records: [ReplicationRecord]
  /// What intervals about requests are taken over: the replications, or the sections of a long one.
  let samples: [ReplicationRecord]
  /// The times of the requests of all replications.
  let pooled: PerTime<LatencyHistogram>?
  /// How the requests of all replications ended, by weight.
  let offered: RequestCounts
  /// What no draw reaches.
  let exactness: Exactness
  /// The confidence of intervals.
  private(set) var confidence: Double
  /// Whether the requests that wait grow in number where they should not; `nil` where nobody can tell.
  package let drift: Drift?

  /// The measures of a scenario's replications, in order.
  package init(_ scenario: Scenario, records: [ReplicationRecord]) {
    self.scenario = scenario
    self.records = records
    samples =
      scenario.run.isSectioned
      ? records.flatMap { $0.sectionsAsReplications(of: scenario) } : records
    pooled = Self.merged(records.map(\.times))
    offered = records.reduce(RequestCounts()) { $0 + $1.weighted }
    let isOneStretch = if case .once = scenario.run.requests { true } else { false }
    exactness = Exactness(records, isSampled: scenario.run.isSectioned || !isOneStretch)
    confidence = scenario.run.confidence.fraction
    drift = records.contains { $0.weighted.arrived > 0 } ? Self.drift(scenario, records) : nil
  }

  /// The same measures with intervals of another confidence.
  package func with(confidence: Double) -> Measures {
    var measures = self
    measures.confidence = confidence
    return measures
  }

  /// Whether no draw reaches how requests end, and they stand for nothing but themselves.
  var areRequestsExact: Bool { exactness.areRequestsExact }

  /// How many requests arrived, by weight.
  var arrived: UInt64 { offered.arrived }

  private static func merged(_ times: [PerTime<LatencyHistogram>]) -> PerTime<LatencyHistogram>? {
    guard let first = times.first else { return nil }
    return times.dropFirst().reduce(first) { sum, next in
      sum.joined(next) { all, one in
        var all = all
        all.merge(one)
        return all
      }
    }
  }

  /// The bill for a month of 730 hours, by replication, in dollars.
  package var monthlyCosts: [Double] {
    records.map { $0.total.monthly(over: $0.billedTime).inDollars }
  }

  /// The bill for a month of 730 hours: mean over replications, in dollars.
  ///
  /// How long places of spot pools are up on average is known where they follow a renewal process, and what
  /// they happened to be up differently is taken out of the estimate.
  package var monthlyCost: Interval? {
    let costs = monthlyCosts
    let least = costs.allSatisfy { $0 >= 0 } ? 0 : -Double.infinity
    guard let first = costs.first else { return nil }
    let found: Interval?
    if exactness.isBillExact {
      found = .exact(first, samples: records.count)
    } else if let control = spotControl {
      found = .mean(
        of: costs, controlledBy: control.values, expected: control.expected,
        confidence: confidence)
    } else {
      found = .mean(of: costs, confidence: confidence)
    }
    guard let found, isRoundingSeen else { return found?.clipped(from: least) }
    return found.widened(
      low: found.estimate - roundingOfBill, high: found.estimate + roundingOfBill
    ).clipped(from: least)
  }

  /// By how many dollars a month the bill may err because each line is rounded to the nanodollar: much
  /// where a horizon of milliseconds stands for a month.
  private var roundingOfBill: Double {
    records.reduce(0) { most, record in
      let months = TimeSpan.billingMonth.inSeconds / record.billedTime.inSeconds
      return max(most, Double(record.invoice.count { $0.amount != .zero }) * 0.5e-9 * months)
    }
  }

  /// Whether rounding may move the cents of the bill.
  private var isRoundingSeen: Bool { roundingOfBill >= 0.005 }

  /// The price of all places of spot pools that come and go at random, by the time they were up, with what
  /// it should be on average; `nil` where there are none.
  private var spotControl: (values: [Double], expected: Double)? {
    let pools = scenario.fleet.pools.filter { scenario.isCapacityRandom(of: $0) }
    let uptimes = pools.map { pool in
      pool.cloud.supply.places.indices.map { scenario.expectedUptime(ofPlace: $0, in: pool) }
    }
    guard !pools.isEmpty, uptimes.allSatisfy({ $0.allSatisfy { $0 != nil } }) else { return nil }
    let hours = TimeSpan.billingMonth.inSeconds / 3_600
    func price(_ pool: Scenario.Pool) -> Double {
      Double(pool.cloud.prices.price(at: .start).nanodollarsPerHour) / 1e9
    }
    let expected = zip(pools, uptimes).reduce(0) { sum, pair in
      sum + price(pair.0) * hours * pair.1.reduce(0) { $0 + ($1 ?? 0) }
    }
    let values = records.map { record in
      pools.reduce(0) { sum, pool in
        let up = Double(record.tally(.placeUp, pool.cloud.name))
        return sum + price(pool) * hours * up / Double(record.billedTime.nanoseconds)
      }
    }
    return (values, expected)
  }

  private var monthlyCostRow: MeasureRow {
    let plain = Interval.mean(of: monthlyCosts, confidence: confidence)
    let isControlled = !exactness.isBillExact && spotControl != nil && records.count >= 4
    let text = plain.map { formatted($0.estimate, places: 2, groupSeparator: ",") } ?? ""
    return MeasureRow(
      name: "monthly_cost", unit: "USD", interval: monthlyCost,
      note: [
        isControlled ? "controlled by spot uptime; the plain mean is \(text) USD" : "",
        isRoundingSeen
          ? "each line is rounded to the nanodollar before the horizon is scaled to a month" : "",
      ].filter { !$0.isEmpty }.joined(separator: "; "))
  }

  /// A measure by its name in a run, whether or not there are samples enough for an interval; `nil` where
  /// the run has none of that name.
  package func measure(_ name: String) -> MeasureRow? {
    for time in times {
      for (label, share) in Self.quantiles where name == "\(label)(\(time.rawValue))" {
        return MeasureRow(name: name, unit: "s", interval: quantile(share, of: time))
      }
    }
    return rows.first { $0.name == name }
  }

  /// The rows that a run stores and prints.
  package var rows: [MeasureRow] {
    var rows = [monthlyCostRow]
    for time in times {
      let name = time.rawValue
      rows.append(
        steady(
          MeasureRow(
            name: "mean(\(name))", unit: "s", interval: mean(of: time),
            note: offered.answered < offered.arrived
              ? "over answered requests; quantiles count the others as longer than any time" : "")))
      for (label, share) in Self.quantiles {
        rows.append(steady(row("\(label)(\(name))", share, of: time)))
      }
    }
    rows.append(MeasureRow(name: "availability", unit: "", interval: availability))
    rows.append(MeasureRow(name: "unanswered", unit: "", interval: unanswered))
    rows.append(MeasureRow(name: "availability(time)", unit: "", interval: availabilityByTime))
    return rows + answers + tokenRows + costs + operations + machinesReady + spotOutages
  }

  /// The share of offered requests that were not answered in time.
  private var unanswered: Interval? {
    availability.map {
      Interval(
        estimate: 1 - $0.estimate, low: 1 - $0.high, high: 1 - $0.low, samples: $0.samples,
        isExact: $0.isExact)
    }
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
        let count = classes.reduce(Int128(0)) {
          $0 + record.tally(.answered, "\(model.name)/\($1)")
        }
        return Double(count) / Double(record.weighted.answered)
      }
      rows.append(
        MeasureRow(
          name: "answered_by(\(model.name))", unit: "",
          interval: Interval.mean(of: shares, confidence: confidence)?.clipped(from: 0, to: 1)))
    }
    return rows
  }

  /// The quantiles that a run reports.
  static var quantiles: [(name: String, share: Share)] { OrderStatistic.usual }

  /// What the bill was paid for, a month of 730 hours, and what a request costs on average.
  private var costs: [MeasureRow] {
    guard records.contains(where: { $0.tallies.contains { $0.name == .costIdle } }) else {
      return []
    }
    var rows = Tally.Name.costs.map { part in
      let amounts = records.map { record in
        USD(nanodollars: Int64(record.tally(part))).monthly(over: record.billedTime)
          .inDollars
      }
      return MeasureRow(
        name: "cost(\(part.rawValue.dropFirst("cost_".count)))", unit: "USD",
        interval: meanOfAmounts(amounts))
    }
    rows.removeAll { $0.interval?.estimate == 0 }
    let offered = Double(scenario.workload.expectedRequests(for: scenario.run.horizon))
    if offered > 0 {
      rows.append(
        MeasureRow(
          name: "cost_per_1000_requests", unit: "USD",
          interval: meanOfAmounts(records.map { $0.total.inDollars / offered * 1_000 })))
    }
    return rows
  }

  /// The mean of amounts, which is below zero only where some of them are.
  private func meanOfAmounts(_ amounts: [Double]) -> Interval? {
    Interval.mean(of: amounts, confidence: confidence)?
      .clipped(from: amounts.allSatisfy { $0 >= 0 } ? 0 : -.infinity)
  }

  /// How many machines served, and what was rented on demand beyond what the fleet always holds.
  private var machinesReady: [MeasureRow] {
    func row(_ name: String, _ unit: String, _ interval: Interval?) -> MeasureRow {
      MeasureRow(name: name, unit: unit, interval: interval)
    }
    return [
      row("mean(machines_ready)", "machines", machines(.mean)),
      row(
        "p1(machines_ready)", "machines", machines(.quantile(Share(billionths: 10_000_000)))),
      row("fallback_hours", "h/month", fallbackHours),
    ].filter { row in
      row.name == "fallback_hours"
        ? scenario.fleet.pools.contains { $0.cloud.market == .spot } : scenario.hasMovingFleet
    }
      + scenario.fleet.pools.filter { _ in scenario.hasMovingFleet && scenario.fleet.pools.count > 1
      }
      .map { pool in
        let name = pool.cloud.name
        return row("mean(machines_ready, \(name))", "machines", machines(ofPool: name))
      }
  }

  /// How often the cloud took the last spot machine that served, and how long none did.
  private var spotOutages: [MeasureRow] {
    guard scenario.fleet.pools.contains(where: { $0.cloud.market == .spot }) else { return [] }
    let without = records.map { record in
      Double(record.tally(.withoutSpot)) / Double(record.billedTime.nanoseconds)
    }
    return [
      MeasureRow(
        name: "all_spot_lost", unit: "1/month", interval: allSpotLost,
        note: isRare(allSpotLost) ? "rare: a Poisson interval" : ""),
      MeasureRow(
        name: "time_without_spot", unit: "",
        interval: mean(ofMachines: without)?.clipped(from: 0, to: 1)),
    ]
  }

  /// Events so few that their number is no normal variable.
  private func isRare(_ interval: Interval?) -> Bool {
    records.reduce(0) { $0 + $1.tally(.allSpotLost) } < 30 && interval?.isExact == false
  }

  /// How often a month the last spot machine that served was interrupted.
  package var allSpotLost: Interval? {
    let counts = records.map { Double($0.tally(.allSpotLost)) }
    let month = TimeSpan.billingMonth.inSeconds
    let exposure = records.reduce(0) { $0 + $1.billedTime.inSeconds / month }
    let events = Int(counts.reduce(0, +))
    if exactness.areMachinesExact, let first = counts.first, exposure > 0 {
      return .exact(first / exposure * Double(counts.count), samples: counts.count)
    }
    guard events >= 30 else {
      return .rate(
        of: events, over: exposure, samples: records.count, confidence: confidence)
    }
    return Interval.mean(
      of: zip(counts, records).map { $0 / ($1.billedTime.inSeconds / month) },
      confidence: confidence)?.clipped(from: 0)
  }

  /// How busy the fleet was.
  private var operations: [MeasureRow] {
    func row(_ name: String, _ unit: String, _ value: (ReplicationRecord) -> Double?) -> MeasureRow
    {
      MeasureRow(
        name: name, unit: unit,
        interval: Interval.mean(of: records.compactMap(value), confidence: confidence)?
          .clipped(from: 0))
    }
    return [
      row("throughput", "1/s") {
        Double($0.weighted.answered) / Double($0.weightUnit) / $0.measuredTime.inSeconds
      },
      row("mean(batch_size)", "requests") {
        $0.batches > 0 ? Double($0.batchedRequests) / Double($0.batches) : nil
      },
      row("interruptions", "1/month") {
        Double($0.count(of: .interrupted))
          * (TimeSpan.billingMonth.inSeconds / $0.billedTime.inSeconds)
      },
      row("migrations", "requests") { Double($0.migrations) },
      row("batches_outside_measurements", "share") {
        $0.batches > 0 ? Double($0.batchesOutsideMeasurements) / Double($0.batches) : nil
      },
    ].filter { !scenario.knowsTokens || !$0.name.contains("batch") }
  }
}
