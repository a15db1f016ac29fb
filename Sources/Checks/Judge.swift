// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Serving
import Statistics

/// Judges targets by the intervals of measures.
///
/// A target holds when its whole interval satisfies it, fails when none of it does, and is undecided
/// otherwise. A quantile is judged by the exact share of offered requests beyond the bound, which
/// needs no quantile. No sample is a failure, and so is a time that keeps growing.
package struct Judge: Sendable {
  private var measures: Measures
  private let references: [(path: String, measures: Measures)]
  private var confidence: Double

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

  /// The verdicts on targets, which are all right together with the confidence of this judge.
  ///
  /// Each is judged by an interval of 1 - (1 - confidence)/m with m targets that chance has a part in
  /// (Bonferroni). Who looks several times and stops when he likes what he sees is wrong more often; the
  /// k-th look has 1/(k(k + 1)) of the errors allowed, which add up to all of them however often one looks.
  /// Sources: Dunn, "Multiple comparisons among means", Journal of the American Statistical Association 56
  /// (1961), DOI 10.1080/01621459.1961.10482090; for the looks, the spending of Lan and DeMets, "Discrete
  /// sequential boundaries for clinical trials", Biometrika 70 (1983), DOI 10.1093/biomet/70.3.659.
  ///
  /// - Parameters:
  ///   - look: the number of this look, from 1; `nil` where there is only this one.
  package func verdicts(on targets: [Target], look: Int? = nil) -> [VerdictRow] {
    let random = targets.filter { target in
      !restsOnInput(target.measure) && interval(of: target.measure).map { !$0.isExact } ?? false
    }
    let spent = look.map { Double($0 * ($0 + 1)) } ?? 1
    var judge = self
    judge.confidence = 1 - (1 - confidence) / Double(max(1, random.count)) / spent
    judge.measures = measures.with(confidence: judge.confidence)
    return targets.map { judge.verdict(on: $0) }
  }

  /// The verdict on a target alone.
  package func verdict(on target: Target) -> VerdictRow {
    if let drift = measures.drift, drift.isGrowing, !measures.areRequestsExact {
      switch target.measure {
      case .time:
        return VerdictRow(
          target: target.text, verdict: .fails, interval: nil, unit: "s",
          state: .notStationary, confidence: confidence,
          reason: "not stationary: \(Measures.reason(drift))")
      default: break
      }
    }
    return switch target.measure {
    case .time(let time, .quantile(let share)):
      quantileVerdict(target, of: time, share)
    default: compare(target, unit: target.measure.unit)
    }
  }

  /// The interval of a measure that is one number; of a quantile, that of the mean unless its own is asked
  /// for.
  package func interval(of measure: Target.Measure, atQuantile: Bool = false) -> Interval? {
    if atQuantile {
      if case .time(let time, .quantile(let share)) = measure {
        return measures.quantile(share, of: time)
      }
    }
    return estimate(of: measure)?.interval
  }

  private func estimate(of measure: Target.Measure) -> Estimate? {
    let other = measure.otherScenario.flatMap { self.other($0) }
    return Estimate(
      binaryInterval(of: measure), measures.exactValue(of: measure, against: other))
  }

  private func binaryInterval(of measure: Target.Measure) -> Interval? {
    switch measure {
    case .monthlyCost: measures.monthlyCost
    case .hourlyCost: measures.hourlyCost
    case .billShare(let line): measures.billShare(of: line)
    case .time(let time, _): measures.mean(of: time)
    case .availability: measures.availability
    case .availabilityByTime: measures.availabilityByTime
    case .savings(let path): other(path).flatMap { saving(against: $0) }
    case .goodput(let path): other(path).flatMap { measures.goodput(against: $0) }
    case .capacity(let path): other(path).flatMap { measures.capacity(against: $0) }
    case .qualityLoss(let model, let score): measures.qualityLoss(against: model, score)
    case .machinesReady(let statistic): measures.machines(statistic)
    case .machinesReadyOfPool(let pool): measures.machines(ofPool: pool)
    case .fallbackHours: measures.fallbackHours
    case .tokens(let measure): measures.tokens(measure)
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
    guard measures.scenario.policies.requests.cache?.fixedHitRate != nil else { return false }
    switch measure {
    case .tokenPriceRatio, .billShare: return false
    default: return true
    }
  }

  /// The saving against another scenario, paired by replication.
  private func saving(against other: Measures) -> Interval? {
    guard let theirs = other.monthlyCost, theirs.estimate > 0 else { return nil }
    if let ours = measures.monthlyCost, theirs.isExact {
      let base = theirs.estimate
      return Interval(
        estimate: 1 - ours.estimate / base, low: 1 - ours.high / base, high: 1 - ours.low / base,
        samples: ours.samples, isExact: ours.isExact)
    }
    // Of a pair without a bill to save from there is no saving to know.
    let pairs = zip(measures.monthlyCosts, other.monthlyCosts).filter { $0.1 > 0 }
    return Interval.mean(of: pairs.map { 1 - $0 / $1 }, confidence: confidence)?.clipped(to: 1)
  }

  private func compare(_ target: Target, unit: String) -> VerdictRow {
    guard let found = estimate(of: target.measure) else { return noSample(target, unit: unit) }
    let interval = found.interval
    let isAssumed = restsOnInput(target.measure)
    let bound = target.bound.value
    let places = found.places(apartFrom: bound, unit: unit)
    func print(_ value: Double) -> String { FigureText.text(value, unit: unit, places: places) }
    let order = found.order(against: target.bound.exactly)
    let distance = print(abs(interval.estimate - bound))
    let position =
      order == 0 ? "exactly on the bound" : "\(distance) \(order < 0 ? "below" : "above") the bound"
    let verdict = isAssumed ? .assumed : found.verdict(target.comparison, target.bound.exactly)
    return VerdictRow(
      target: target.text, verdict: verdict, interval: interval, unit: unit,
      confidence: confidence,
      reason: (isAssumed ? "rests on what the scenario was given: " : "")
        + "\(print(interval.estimate)) is \(position); \(certainty(interval, print))"
        + (unseenHours(target.measure, verdict)
          ?? needed(verdict, interval, bound, target.measure)))
  }

  /// A quantile lies on that side of a bound on which the share of requests beyond the bound says.
  ///
  /// The request of rank ⌈p·n⌉ is at most the bound where at most (1 - p)·n took longer, and below it where
  /// at most as many took that long or longer; the other two comparisons are the opposites of these.
  private func quantileVerdict(
    _ target: Target, of time: RequestTime, _ share: Share
  ) -> VerdictRow {
    guard let edge = target.edge, case .time(let bound) = target.bound,
      let found = Estimate(
        measures.shareAbove(edge, of: time), measures.exactShareAbove(edge, of: time))
    else { return noSample(target, unit: "s") }
    let allowed = Ratio(billionths: (Share.whole - share).billionths)
    let asksForShort = target.comparison == .atMost || target.comparison == .below
    let verdict =
      restsOnInput(target.measure)
      ? .assumed : found.verdict(asksForShort ? .atMost : .above, allowed)
    let places = found.places(apartFrom: allowed.inBinary, unit: "")
    func print(_ value: Double) -> String { FigureText.text(value, unit: "", places: places) }
    let verb = time == .wait ? "waited" : "took"
    let quantile = measures.row("", share, of: time)
    return VerdictRow(
      target: target.text, verdict: verdict, interval: quantile.interval, unit: "s",
      state: quantile.state, confidence: confidence,
      reason: "\(print(found.interval.estimate)) \(verb) "
        + (target.countsBound ? "\(bound) or longer" : "longer than \(bound)")
        + " or got no answer, \(asksForShort ? "at most" : "more than") "
        + "\(print(allowed.inBinary)) \(asksForShort ? "may" : "must"); "
        + certainty(found.interval, print)
        + (unseenHours(target.measure, verdict, edge)
          ?? needed(verdict, found.interval, allowed.inBinary, target.measure)))
  }

  /// Whether hours that no window saw widen its interval.
  private func restsOnWindows(_ measure: Target.Measure) -> Bool {
    switch measure {
    case .time, .availability: true
    default: false
    }
  }

  /// Which hours an undecided verdict rests on though few windows or none saw them.
  private func unseenHours(
    _ measure: Target.Measure, _ verdict: VerdictRow.Verdict, _ edge: TimeSpan? = nil
  ) -> String? {
    guard verdict == .undecided, restsOnWindows(measure) else { return nil }
    let value: Measures.WindowValue? =
      switch measure {
      case .time(.tokenGap, _): nil
      case .time(let time, _): edge.map { measures.windowsAbove($0, of: time) }
      case .availability: Measures.windowsLost
      default: nil
      }
    return measures.unseenHours(value).map { "; \($0)" }
  }

  private func noSample(_ target: Target, unit: String) -> VerdictRow {
    VerdictRow(
      target: target.text, verdict: .fails, interval: nil, unit: unit, confidence: confidence,
      reason: "there is no sample to judge by")
  }

  /// About how many more replications it would take to tell, where it could not be told.
  private func needed(
    _ verdict: VerdictRow.Verdict, _ interval: Interval, _ bound: Double,
    _ measure: Target.Measure
  ) -> String {
    guard verdict == .undecided, interval.halfWidth.isFinite else { return "" }
    let samples = measures.scenario.run.isSectioned ? "sections" : "replications"
    let distance = abs(interval.estimate - bound)
    let width =
      bound > interval.estimate
      ? interval.high - interval.estimate : interval.estimate - interval.low
    // Where nothing was seen to fail the bound falls with the number, else with its root.
    let sawNone = interval.low == interval.estimate || interval.high == interval.estimate
    let factor = (width / distance) * (sawNone ? 1 : width / distance)
    let more = Double(interval.samples) * (factor - 1)
    guard distance > 0, more < 1e6 else { return "; no number of \(samples) would tell" }
    let count = Int(more.rounded(.up))
    let unit = count == 1 ? String(samples.dropLast()) : samples
    // The count takes it that the windows of the others see as much.
    let mayMiss = restsOnWindows(measure) && measures.mayMissHighestLoad
    return "; about \(count) \(unit) more would tell"
      + (mayMiss
        ? " if \(count == 1 ? "its" : "their") windows see the highest load; more windows would make sure"
        : "")
  }

  private func certainty(_ interval: Interval, _ print: (Double) -> String) -> String {
    if interval.isExact { return "nothing random feeds it" }
    guard interval.high.isFinite, interval.low.isFinite else {
      return "no interval from \(interval.samples) replication(s)"
    }
    return "between \(print(interval.low)) and \(print(interval.high)) "
      + "by \(interval.samples) \(measures.scenario.run.isSectioned ? "sections" : "replications") at "
      + "\(formatted(confidence * 100, places: 2)) %"
  }
}
