// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// What measures are in whole numbers, where all that was run agrees on it to the last digit.
extension Measures {
  /// The value of a measure in exact arithmetic; `nil` where samples differ, or it is no quotient of whole
  /// numbers.
  ///
  /// - Parameters:
  ///   - other: the measures of the scenario that it compares with.
  func exactValue(of measure: Target.Measure, against other: Measures?) -> Ratio? {
    switch measure {
    case .monthlyCost: return alike(records.map(\.exactMonthlyCost))
    case .hourlyCost:
      return alike(records.map(\.exactMonthlyCost)).flatMap { $0.over(Ratio.whole(730)) }
    case .billShare(let line):
      return alike(
        records.map {
          Ratio(Int128($0.amount(of: line).nanodollars), over: Int128($0.total.nanodollars))
        })
    case .time(let time, .mean):
      return alike(samples.map { $0.times[time]?.exactMean })
    case .time: return nil
    case .availability:
      return alike(samples.filter { $0.weighted.arrived > 0 }.map(\.exactAvailability))
    case .availabilityByTime:
      return alike(
        samples.filter { $0.minutes > 0 }
          .map { Ratio(Int128($0.minutesAvailable), over: Int128($0.minutes)) })
    case .hitRatio: return exactShare(of: .hit)
    case .joinRatio: return exactShare(of: .joined)
    case .savings:
      return other.flatMap { saving(against: $0) }
    case .goodput:
      return other.flatMap { other in
        alike(
          pairs(with: other).map { ours, theirs in
            theirs.exactAvailability.flatMap { ours.exactAvailability?.over($0) }
          })
      }
    case .capacity: return other.flatMap { exactCapacity(against: $0) }
    case .qualityLoss(let model, let score): return exactQualityLoss(against: model, score)
    case .machinesReady(.mean): return alike(records.map(\.exactMachines))
    case .machinesReady(.quantile):
      // A number of machines is whole: binary holds it.
      return wholeMachines(measure)
    case .machinesReadyOfPool(let pool):
      return alike(
        records.map {
          Ratio($0.tally("serving_ns", pool), over: Int128(scenario.run.horizon.nanoseconds))
        })
    case .fallbackHours: return alike(records.map(exactFallbackHours))
    case .spotDiscount(let pool): return exactDiscount(pool: pool)
    case .tokenPriceRatio(let first, let second):
      return tokenPrice(first).flatMap { top in
        tokenPrice(second).flatMap { Ratio(Int128(top), over: Int128($0)) }
      }
    case .spotUptime, .interruptionRate, .tokens: return nil
    }
  }

  /// The share of requests beyond an edge in exact arithmetic; `nil` where samples differ.
  func exactShareAbove(_ edge: TimeSpan, of time: RequestTime) -> Ratio? {
    alike(countsAbove(edge, of: time).map { Ratio(Int128($0.above), over: Int128($0.of)) })
  }

  /// The one value of all, if they agree.
  private func alike(_ values: [Ratio?]) -> Ratio? {
    guard let first = values.first, let first else { return nil }
    return values.allSatisfy { $0 == first } ? first : nil
  }

  private func pairs(with other: Measures) -> [(ReplicationRecord, ReplicationRecord)] {
    Array(zip(records, other.records))
  }

  private func exactShare(of outcome: RequestOutcome) -> Ratio? {
    alike(
      records.map { Ratio(Int128($0.weighted[outcome]), over: Int128($0.weighted.arrived)) })
  }

  private func saving(against other: Measures) -> Ratio? {
    alike(
      pairs(with: other).map { ours, theirs in
        guard let cost = ours.exactMonthlyCost, let base = theirs.exactMonthlyCost else {
          return nil
        }
        return cost.over(base).flatMap { Ratio.one.minus($0) }
      })
  }

  /// Where all machines of both fleets do equally much, their time is compared.
  private func exactCapacity(against other: Measures) -> Ratio? {
    let all = (scenario.fleet.pools + other.scenario.fleet.pools).map(\.machineThroughput)
    guard let first = all.first, all.allSatisfy({ $0 == first }) else { return nil }
    return alike(
      pairs(with: other).map { ours, theirs in
        let mine = Ratio(
          ours.tally("serving_ns"), over: Int128(scenario.run.horizon.nanoseconds))
        let base = Ratio(
          theirs.tally("serving_ns"), over: Int128(other.scenario.run.horizon.nanoseconds))
        return mine.flatMap { mine in base.flatMap { mine.over($0) } }
      })
  }

  private func wholeMachines(_ measure: Target.Measure) -> Ratio? {
    guard case .machinesReady(let statistic) = measure, let found = machines(statistic),
      found.low == found.high
    else { return nil }
    return Ratio.whole(Int128(found.estimate))
  }

  private func exactFallbackHours(_ record: ReplicationRecord) -> Ratio? {
    // What a schedule holds on average is a binary number.
    guard scenario.fleet.pools.allSatisfy({ $0.schedule == nil }) else { return nil }
    let horizon = Int128(scenario.run.horizon.nanoseconds)
    let beyond = scenario.fleet.pools.reduce(Int128(0)) { sum, pool in
      guard pool.cloud.market == .onDemand else { return sum }
      let rented = record.tally("rented_ns", pool.cloud.name)
      return sum + max(0, rented - Int128(pool.wanted) * horizon)
    }
    return Ratio(beyond * 730, over: horizon)
  }

  private func exactDiscount(pool name: String) -> Ratio? {
    guard let pool = scenario.fleet.pools.first(where: { $0.cloud.name == name }),
      let list = pool.listPrice?.nanodollarsPerHour,
      let price = pool.cloud.prices.changes.first?.price.nanodollarsPerHour
    else { return nil }
    return Ratio(Int128(list) - Int128(price), over: Int128(list))
  }

  private func tokenPrice(_ name: String) -> Int64? {
    scenario.fleet.models.first { $0.name == name }?.tokenPrice?.nanodollars
  }

  private func exactQualityLoss(against model: String, _ score: Target.QualityScore) -> Ratio? {
    guard let reference = scenario.fleet.models.first(where: { $0.name == model })?.quality else {
      return nil
    }
    if score == .table, scenario.servedModels.count == 1,
      let own = scenario.servedModels.first?.quality
    {
      return Ratio(
        Int128((reference.table - own.table).billionths),
        over: Int128(reference.table.billionths))
    }
    return alike(
      records.map { record in
        let sums = qualitySums(of: record, reference, score)
        return sums.flatMap { Ratio($0.lost, over: $0.whole) }
      })
  }
}

extension Ratio {
  /// A whole number.
  static func whole(_ number: Int128) -> Ratio {
    guard let ratio = Ratio(number, over: 1) else {
      preconditionFailure("a number of this size is a ratio")
    }
    return ratio
  }
}

extension LatencyHistogram {
  /// The mean in seconds; `nil` when no time was recorded.
  var exactMean: Ratio? {
    count == 0 ? nil : Ratio(sum, over: Int128(count) * 1_000_000_000)
  }
}

extension ReplicationRecord {
  /// The bill for a month of 730 hours in dollars, without rounding again what each line rounded.
  var exactMonthlyCost: Ratio? {
    Ratio(Int128(total.nanodollars), over: 1_000_000_000).flatMap { cost in
      Ratio(
        Int128(TimeSpan.billingMonth.nanoseconds), over: Int128(billedTime.nanoseconds)
      ).flatMap { cost.times($0) }
    }
  }

  fileprivate var exactAvailability: Ratio? {
    Ratio(Int128(weighted.answered), over: Int128(weighted.arrived))
  }

  fileprivate var exactMachines: Ratio? {
    var (sum, total): (Int128, Int128) = (0, 0)
    for tally in tallies where tally.name == "serving_count_ns" {
      sum += Int128(Int(tally.label) ?? 0) * Int128(tally.value)
      total += Int128(tally.value)
    }
    return Ratio(sum, over: total)
  }
}
