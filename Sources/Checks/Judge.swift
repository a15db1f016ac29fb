// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Statistics

/// Judges targets by the intervals of measures.
///
/// A target holds when its whole interval satisfies it, fails when none of it does, and is undecided
/// otherwise. A quantile is judged by the exact share of offered requests beyond the bound, which
/// needs no quantile. No sample is a failure.
package struct Judge: Sendable {
  private let measures: Measures
  private let references: [(path: String, measures: Measures)]
  private let confidence: Double

  /// A judge of a scenario's measures.
  ///
  /// - Parameters:
  ///   - references: the measures of the scenarios that targets compare with, by path.
  package init(
    _ measures: Measures, references: [(path: String, measures: Measures)], confidence: Double
  ) {
    self.measures = measures
    self.references = references
    self.confidence = confidence
  }

  /// The verdict on a target.
  package func verdict(on target: Target) -> VerdictRow {
    switch target.measure {
    case .latency(.quantile(let share)), .wait(.quantile(let share)):
      quantileVerdict(target, share)
    case .latency(.mean), .wait(.mean):
      compare(target, measures.mean(of: target.measure), unit: "s") { Self.milliseconds($0) }
    case .monthlyCost, .hourlyCost:
      compare(target, interval(of: target.measure), unit: "USD") { Self.dollars($0) }
    case .tokenPriceRatio:
      compare(target, interval(of: target.measure), unit: "times") { Self.times($0) }
    default:
      compare(target, interval(of: target.measure), unit: "") { Self.percent($0) }
    }
  }

  /// The interval of a measure that is one number.
  package func interval(of measure: Target.Measure) -> Interval? {
    switch measure {
    case .monthlyCost: measures.monthlyCost
    case .hourlyCost: measures.hourlyCost
    case .billShare(let line): measures.billShare(of: line)
    case .latency, .wait: measures.mean(of: measure)
    case .availability: measures.availability
    case .availabilityByTime: measures.availabilityByTime
    case .savings(let path): other(path).flatMap { saving(against: $0) }
    case .goodput(let path): other(path).flatMap { measures.goodput(against: $0) }
    case .capacity(let path): other(path).flatMap { measures.capacity(against: $0) }
    case .qualityLoss(let model, let score): measures.qualityLoss(against: model, score)
    case .hitRatio: measures.share(of: .hit)
    case .joinRatio: measures.share(of: .joined)
    case .spotUptime: measures.spotUptime
    case .interruptionRate: measures.interruptionRate
    case .spotDiscount(let pool): measures.spotDiscount(pool: pool)
    case .tokenPriceRatio(let first, let second): measures.tokenPriceRatio(first, second)
    }
  }

  private func other(_ path: String) -> Measures? {
    references.first { $0.path == path }?.measures
  }

  /// Whether a measure says no more than what the scenario was given.
  ///
  /// Where the cache's hits are given, nothing that comes of them is found out.
  private func restsOnInput(_ measure: Target.Measure) -> Bool {
    if measure.restatesInput { return true }
    guard measures.scenario.requestPolicies.cache?.fixedHitRate != nil else { return false }
    switch measure {
    case .tokenPriceRatio, .billShare: return false
    default: return true
    }
  }

  /// The saving against another scenario, paired by replication.
  private func saving(against other: Measures) -> Interval? {
    if let ours = measures.monthlyCost, let theirs = other.monthlyCost, ours.isExact,
      theirs.isExact
    {
      return .exact(1 - ours.estimate / theirs.estimate, samples: ours.samples)
    }
    let pairs = zip(measures.monthlyCosts, other.monthlyCosts)
    return .mean(of: pairs.map { 1 - $0 / $1 }, confidence: confidence)
  }

  private func compare(
    _ target: Target, _ interval: Interval?, unit: String, _ print: (Double) -> String
  ) -> VerdictRow {
    guard let interval else { return Self.noSample(target, unit: unit) }
    let bound = target.bound.value
    let verdict =
      restsOnInput(target.measure)
      ? .assumed : Self.verdict(interval, target.comparison, bound)
    let distance = print(abs(interval.estimate - bound))
    let side = interval.estimate == bound ? "on" : interval.estimate < bound ? "below" : "above"
    let where_ = side == "on" ? "exactly on the bound" : "\(distance) \(side) the bound"
    return VerdictRow(
      target: target.text, verdict: verdict, interval: interval, unit: unit,
      reason: (verdict == .assumed ? "rests on what the scenario was given: " : "")
        + "\(print(interval.estimate)) is \(where_); \(Self.certainty(interval, print))")
  }

  private func quantileVerdict(_ target: Target, _ share: Share) -> VerdictRow {
    guard case .time(let edge) = target.bound,
      let above = measures.shareAbove(edge, of: target.measure)
    else { return Self.noSample(target, unit: "s") }
    let allowed = 1 - share.fraction
    let asksForShort = target.comparison == .atMost || target.comparison == .below
    let comparison: Target.Comparison = asksForShort ? .atMost : .atLeast
    let verdict =
      restsOnInput(target.measure) ? .assumed : Self.verdict(above, comparison, allowed)
    let allowance = asksForShort ? "at most" : "at least"
    return VerdictRow(
      target: target.text, verdict: verdict,
      interval: measures.quantile(share, of: target.measure), unit: "s",
      reason: "\(Self.percent(above.estimate)) took longer than \(edge) or got no answer, "
        + "\(allowance) \(Self.percent(allowed)) may; \(Self.certainty(above, Self.percent))")
  }

  private static func verdict(
    _ interval: Interval, _ comparison: Target.Comparison, _ bound: Double
  ) -> VerdictRow.Verdict {
    let low = comparison.holds(interval.low, bound)
    let high = comparison.holds(interval.high, bound)
    if low && high { return .holds }
    return low || high ? .undecided : .fails
  }

  private static func noSample(_ target: Target, unit: String) -> VerdictRow {
    VerdictRow(
      target: target.text, verdict: .fails, interval: nil, unit: unit,
      reason: "there is no sample to judge by")
  }

  private static func certainty(_ interval: Interval, _ print: (Double) -> String) -> String {
    if interval.isExact { return "nothing random feeds it" }
    guard interval.high.isFinite, interval.low.isFinite else {
      return "no interval from \(interval.samples) replication(s)"
    }
    return "between \(print(interval.low)) and \(print(interval.high)) "
      + "by \(interval.samples) replications"
  }

  private static func dollars(_ value: Double) -> String {
    formatted(value, places: 2, groupSeparator: ",") + " USD"
  }

  private static func percent(_ value: Double) -> String {
    formatted(value * 100, places: 3) + " %"
  }

  private static func times(_ value: Double) -> String {
    formatted(value, places: 1) + " times"
  }

  private static func milliseconds(_ value: Double) -> String {
    formatted(value * 1e3, places: 3) + " ms"
  }
}
