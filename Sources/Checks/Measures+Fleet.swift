// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Measures of money, machines and answers that compare sums over a replication.
extension Measures {
  /// The bill for an hour: the monthly one over 730.
  var hourlyCost: Interval? { monthlyCost?.scaled(by: 1.0 / 730) }

  /// The share of the bill that goes to a line; `machines` is every hour of machines and commitments.
  func billShare(of line: String) -> Interval? {
    let pairs = records.map { record in
      (numerator: record.amount(of: line).inDollars, denominator: record.total.inDollars)
    }
    let isPart = pairs.allSatisfy { $0.numerator >= 0 && $0.numerator <= $0.denominator }
    return ratio(
      pairs, isExact: exactness.isBillExact, from: isPart ? 0 : -.infinity,
      to: isPart ? 1 : .infinity)
  }

  /// Answered ÷ offered, over the same of another scenario, paired by replication.
  func goodput(against other: Measures) -> Interval? {
    func share(_ record: ReplicationRecord) -> Double {
      Double(record.weighted.answered) / Double(record.weighted.arrived)
    }
    guard arrived > 0 else { return nil }
    // The other share is at most 1, so where nothing was lost here the ratio is bounded by that.
    if let own = availability, own.estimate == 1 { return own }
    guard other.arrived > 0 else { return nil }
    return ratio(
      zip(records, other.records).map { (share($0), share($1)) },
      isExact: areRequestsExact && other.areRequestsExact)
  }

  /// Requests a second that machines which served could answer, over the same of another scenario.
  func capacity(against other: Measures) -> Interval? {
    ratio(
      zip(records, other.records).map {
        ($0.capacity(of: scenario), $1.capacity(of: other.scenario))
      },
      isExact: exactness.areMachinesExact && other.exactness.areMachinesExact)
  }

  /// The share of time in which places of spot pools could be had.
  var spotUptime: Interval? {
    let places = scenario.spotPools.reduce(0) { $0 + $1.cloud.supply.places.count }
    let horizon = Double(scenario.run.horizon.nanoseconds) * Double(places)
    return ratio(
      records.map { record in
        let up = scenario.spotPools.reduce(Int128(0)) {
          $0 + record.tally(.placeUp, $1.cloud.name)
        }
        return (Double(up), horizon)
      }, isExact: !scenario.hasRandomCapacity, to: 1)
  }

  /// How many machines serve: on average over time, or at least in all but that share of the time.
  func machines(_ statistic: Target.Statistic) -> Interval? {
    let values = records.map { record -> Double in
      let times = record.tallies.filter { $0.name == .servingCount }
        .compactMap { tally in Int(tally.label).map { (count: $0, time: tally.value) } }
        .sorted { $0.count < $1.count }
      let total = times.reduce(Int128(0)) { $0 + $1.time }
      switch statistic {
      case .mean:
        return times.reduce(0) { $0 + Double($1.count) * Double($1.time) } / Double(total)
      case .quantile(let share):
        var before: Int128 = 0
        for (count, time) in times {
          before += time
          if Int128(before) * 1_000_000_000 > Int128(share.billionths) * Int128(total) {
            return Double(count)
          }
        }
        return Double(times.last?.count ?? 0)
      }
    }
    return mean(ofMachines: values)
  }

  /// How many machines of a pool serve, on average over the horizon.
  func machines(ofPool pool: String) -> Interval? {
    mean(
      ofMachines: records.map {
        Double($0.tally(.serving, pool)) / Double(scenario.run.horizon.nanoseconds)
      })
  }

  /// Hours a month for which machines on demand are rented beyond those that their pools always hold.
  var fallbackHours: Interval? {
    mean(
      ofMachines:
        records.map { record in
          scenario.fleet.pools.reduce(0) { sum, pool in
            guard pool.cloud.market == .onDemand else { return sum }
            let always = pool.schedule?.mean(over: scenario.run.horizon) ?? Double(pool.wanted)
            let held = always * Double(scenario.run.horizon.nanoseconds)
            let rented = Double(record.tally(.rented, pool.cloud.name))
            return sum + max(0, rented - held) / Double(scenario.run.horizon.nanoseconds) * 730
          }
        })
  }

  /// The mean of what follows from when machines come and go, which is never below zero.
  func mean(ofMachines values: [Double]) -> Interval? {
    guard exactness.areMachinesExact, let first = values.first else {
      return Interval.mean(of: values, confidence: confidence)?.clipped(from: 0)
    }
    return .exact(first, samples: values.count)
  }

  /// Interruptions ÷ months of rented spot machines.
  var interruptionRate: Interval? {
    ratio(
      records.map { record in
        let rented = scenario.spotPools.reduce(Int128(0)) {
          $0 + record.tally(.rented, $1.cloud.name)
        }
        let interrupted = record.count(of: .interrupted)
        return (
          Double(interrupted), Double(rented) / Double(TimeSpan.billingMonth.nanoseconds)
        )
      }, isExact: exactness.areMachinesExact)
  }

  /// 1 - spot price ÷ on-demand price of a pool's machine type.
  func spotDiscount(pool: String) -> Interval? {
    guard let pool = scenario.fleet.pools.first(where: { $0.cloud.name == pool }),
      let list = pool.listPrice, list.nanodollarsPerHour > 0
    else { return nil }
    let price = pool.cloud.prices.price(at: .start)
    let ratio = Double(price.nanodollarsPerHour) / Double(list.nanodollarsPerHour)
    return .exact(1 - ratio, samples: records.count)
  }

  /// How many times dearer a token of one model is than one of another, by the scenario's table.
  func tokenPriceRatio(_ first: String, _ second: String) -> Interval? {
    func price(_ name: String) -> Int64? {
      scenario.fleet.models.first { $0.name == name }?.tokenPrice?.nanodollars
    }
    guard let top = price(first), let bottom = price(second), bottom > 0 else { return nil }
    return .exact(Double(top) / Double(bottom), samples: records.count)
  }

  /// The share of offered requests that ended in a way.
  func share(of outcome: RequestOutcome) -> Interval? {
    guard arrived > 0 else { return nil }
    return ratio(
      records.map { (Double($0.weighted[outcome]), Double($0.weighted.arrived)) },
      isExact: areRequestsExact, to: 1)
  }

  /// How much lower the mean score of answers is than that of a model for the same requests.
  ///
  /// - Complexity: O(models × classes) for each replication.
  func qualityLoss(against model: String, _ score: Target.QualityScore) -> Interval? {
    guard let reference = scenario.fleet.models.first(where: { $0.name == model })?.quality else {
      return nil
    }
    var pairs: [(numerator: Double, denominator: Double)] = []
    for record in records {
      guard let sums = qualitySums(of: record, reference, score), sums.whole > 0 else {
        return nil
      }
      pairs.append((Double(sums.lost), Double(sums.whole)))
    }
    // One model has one score, whatever is asked.
    let servesOne = scenario.servedModels.count == 1
    if score == .table && servesOne, let own = scenario.servedModels.first?.quality {
      return .exact(1 - own.table.fraction / reference.table.fraction, samples: records.count)
    }
    return ratio(pairs, isExact: areRequestsExact, from: -.infinity, to: 1)
  }

  /// What the scores of a replication's answers fall short of those of a model, and these, in billionths;
  /// `nil` where a score is not known.
  func qualitySums(
    of record: ReplicationRecord, _ reference: ServedModel.Quality, _ score: Target.QualityScore
  ) -> (lost: Int128, whole: Int128)? {
    func value(_ quality: ServedModel.Quality, _ index: Int) -> Int128? {
      switch score {
      case .table: Int128(quality.table.billionths)
      case .matrix: quality.byClass.isEmpty ? nil : Int128(quality.byClass[index].billionths)
      }
    }
    var sums: (lost: Int128, whole: Int128) = (0, 0)
    for served in scenario.fleet.models {
      for (index, name) in scenario.workload.mix.classNames.enumerated() {
        let count = Int128(record.tally(.answered, "\(served.name)/\(name)"))
        guard count > 0 else { continue }
        guard let own = served.quality.flatMap({ value($0, index) }),
          let other = value(reference, index)
        else { return nil }
        sums.lost += count * (other - own)
        sums.whole += count * other
      }
    }
    return sums
  }

  private func ratio(
    _ pairs: [(numerator: Double, denominator: Double)], isExact: Bool, from least: Double = 0,
    to most: Double = .infinity
  ) -> Interval? {
    guard let interval = Interval.ratio(of: pairs, confidence: confidence) else {
      return nil
    }
    return isExact
      ? .exact(interval.estimate, samples: pairs.count) : interval.clipped(from: least, to: most)
  }
}

extension ReplicationRecord {
  /// What is paid for a line; `machines` is every hour of machines and commitments.
  func amount(of line: String) -> USD {
    invoice.reduce(USD.zero) { sum, row in
      let isMachine = row.kind != .other
      return (line == "machines" ? isMachine : row.line == line) ? sum + row.amount : sum
    }
  }

  /// Requests a second over the horizon that machines which served could answer with full batches.
  fileprivate func capacity(of scenario: Scenario) -> Double {
    scenario.fleet.pools.reduce(0) { sum, pool in
      let served =
        Double(tally(.serving, pool.cloud.name)) / Double(scenario.run.horizon.nanoseconds)
      return sum + served * pool.machineThroughput
    }
  }
}

extension Scenario {
  var spotPools: [Pool] { fleet.pools.filter { $0.cloud.market == .spot } }

  fileprivate var hasRandomCapacity: Bool {
    fleet.pools.contains { isCapacityRandom(of: $0) }
  }

  /// The fleet.models that any replica of the fleet serves.
  package var servedModels: [ServedModel] {
    fleet.models.indices.filter { number in
      fleet.pools.contains { $0.replicas.contains { $0.serves.index == number } }
    }.map { fleet.models[$0] }
  }
}

extension Interval {
  /// The interval of a multiple of the value.
  func scaled(by factor: Double) -> Interval {
    Interval(
      estimate: estimate * factor, low: low * factor, high: high * factor, samples: samples,
      isExact: isExact)
  }
}
