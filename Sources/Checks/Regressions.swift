// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Statistics

/// A run held against an earlier one of its scenario: what got worse by more than is tolerated.
///
/// A measure regresses when the whole interval of the difference lies beyond what is tolerated, is fine
/// when all of it lies within, and is undecided otherwise. The intervals are right together with the
/// run's confidence (Bonferroni, as in ``Judge``). What is tolerated is a share of the earlier estimate,
/// whose own uncertainty is left out: with a tolerance of t that errs by t times it.
package struct Regressions: Sendable {
  /// How a difference was found.
  package enum Method: String, Sendable {
    /// No random draw feeds it, or all that the runs yielded is the same.
    case exact
    /// Replication by replication under the same seed.
    case paired
    /// From independent samples.
    case welch = "Welch"
  }

  /// One measure of both runs.
  package struct Row: Sendable {
    /// How much worse it may be.
    package let tolerance: Tolerance
    /// The unit of its numbers.
    package let unit: String
    /// What it was.
    package let before: Double?
    /// What it is.
    package let after: Double?
    /// How the difference was found.
    package let method: Method
    /// The judgement on the difference.
    package let verdict: VerdictRow
  }

  /// The earlier run.
  package let baseline: ComparedRun
  /// A row for each tolerance.
  package let rows: [Row]
  /// The lines of the bill that differ by more than chance explains.
  package let moved: [Comparison.Row]

  /// The run held against an earlier one.
  ///
  /// - Precondition: the baseline has every measure that a tolerance names.
  package init(
    of run: ComparedRun, against baseline: ComparedRun, tolerances: [Tolerance], confidence: Double
  ) {
    self.baseline = baseline
    let pair = RunPair(before: baseline, after: run)
    let random = tolerances.count { !pair.isExact($0.measure) }
    let together = 1 - (1 - confidence) / Double(max(1, random))
    rows = tolerances.map { pair.row($0, confidence: together) }
    moved = pair.bill(confidence: confidence).filter {
      ![.same, .withinChance].contains($0.change)
    }
  }
}

/// An earlier run and a later one.
private struct RunPair {
  let before: ComparedRun
  let after: ComparedRun

  private var isSame: Bool { before.digest == after.digest }

  /// Whether no random draw has a part in the difference of that measure.
  func isExact(_ measure: String) -> Bool {
    isSame || [before, after].allSatisfy { $0.row(measure)?.interval?.isExact == true }
  }

  /// The difference of two samples, the second less the first.
  private func difference(
    _ first: Sample, _ second: Sample, isExact: Bool, confidence: Double
  ) -> (method: Regressions.Method, interval: Interval?) {
    if isExact {
      // Where both are infinite, and the same, nothing differs.
      let size = first.estimate == second.estimate ? 0 : second.estimate - first.estimate
      return (.exact, .exact(size, samples: second.values.count))
    }
    let isPaired =
      before.seed == after.seed && before.replications == after.replications
      && first.values.count == second.values.count
    return isPaired
      ? (.paired, .paired(first, second, confidence: confidence))
      : (.welch, .welch(first, second, confidence: confidence))
  }

  func row(_ tolerance: Tolerance, confidence: Double) -> Regressions.Row {
    let name = tolerance.measure
    guard let first = before.values(of: name)?.sample else {
      preconditionFailure("a baseline has what it is asked for")
    }
    let unit = Tolerance.measures.first { $0.name == name }?.unit ?? ""
    let found = after.values(of: name)?.sample.map {
      difference(first, $0, isExact: isExact(name), confidence: confidence)
    }
    let second = after.values(of: name)?.sample
    let judged = Judgement(
      tolerance: tolerance, unit: unit, first: first, second: second, state: after.row(name),
      difference: found?.interval, worse: worse(tolerance), confidence: confidence)
    let by = found.map { how($0.method, samples: second?.values.count ?? 0) } ?? ""
    return Regressions.Row(
      tolerance: tolerance, unit: unit, before: first.estimate, after: second?.estimate,
      method: found?.method ?? .exact,
      verdict: VerdictRow(
        target: "\(name): \(tolerance.text)", verdict: judged.verdict, interval: found?.interval,
        unit: unit, state: after.row(name)?.state ?? .estimated, confidence: confidence,
        reason: judged.reason + (by.isEmpty ? "" : "; \(by)")))
  }

  /// How much worse it got beyond what is tolerated, in exact arithmetic: above zero for a regression; `nil`
  /// where one of the two is not known so.
  private func worse(_ tolerance: Tolerance) -> Ratio? {
    guard let earlier = before.values(of: tolerance.measure)?.exact,
      let later = after.values(of: tolerance.measure)?.exact,
      let allowed = tolerance.allowed(from: earlier),
      let growth = tolerance.worsens == .rising ? later.minus(earlier) : earlier.minus(later)
    else { return nil }
    return growth.minus(allowed)
  }

  private func how(_ method: Regressions.Method, samples: Int) -> String {
    switch method {
    case .exact: isSame ? "the digest is the same" : "nothing random feeds it"
    case .paired: "paired by \(samples) replications of seed \(after.seed)"
    case .welch:
      "by Welch's interval, since "
        + (before.seed == after.seed
          ? "\(before.replications) replications and \(after.replications) make no pairs"
          : "seed \(before.seed) and seed \(after.seed) make no pairs")
    }
  }

  /// The lines of both bills, in the order in which they first appear.
  func bill(confidence: Double) -> [Comparison.Row] {
    let names = before.values.bill.map(\.name)
    let all = names + after.values.bill.map(\.name).filter { !names.contains($0) }
    let isBillExact = isExact("monthly_cost")
    return all.map { name in
      func sample(_ run: ComparedRun) -> Sample {
        // A bill without the line is one that pays nothing for it.
        run.values.bill.first { $0.name == name }?.sample
          ?? Sample(estimate: 0, values: Array(repeating: 0, count: run.replications))
      }
      let (first, second) = (sample(before), sample(after))
      return Comparison.Row(
        name: name, unit: "USD", first: first.estimate, second: second.estimate,
        difference: difference(first, second, isExact: isBillExact, confidence: confidence)
          .interval,
        varianceReduction: nil)
    }
  }
}

/// What is to be said of one measure of both runs.
private struct Judgement {
  let verdict: VerdictRow.Verdict
  let reason: String

  init(
    tolerance: Tolerance, unit: String, first: Sample, second: Sample?, state: MeasureRow?,
    difference: Interval?, worse: Ratio?, confidence: Double
  ) {
    let places = Self.places(tolerance, unit: unit, first, second, difference)
    func text(_ value: Double) -> String { FigureText.text(value, unit: unit, places: places) }
    func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + text(value) }
    guard let second, let difference else {
      (verdict, reason) = (.fails, "it was \(text(first.estimate)), and now there is no sample")
      return
    }
    let was = "\(text(second.estimate)) was \(text(first.estimate))"
    if let state, state.state != .estimated {
      verdict = state.state == .notStationary ? .fails : .undecided
      reason = "now it is \(state.state.rawValue)" + (state.note.isEmpty ? "" : ": \(state.note)")
      return
    }
    if first.values.allSatisfy(\.isFinite), !second.values.contains(where: \.isFinite) {
      (verdict, reason) = (.fails, "\(was): in every replication too many requests got no answer")
      return
    }
    let allowed = tolerance.allowed(from: first.estimate)
    let isUp = tolerance.worsens == .rising
    let least = isUp ? difference.low : -difference.high
    let most = isUp ? difference.high : -difference.low
    if let worse, difference.high - difference.low <= abs(difference.estimate) * 1e-9 {
      verdict = worse.numerator > 0 ? .fails : .holds
    } else {
      verdict = least > allowed ? .fails : most <= allowed ? .holds : .undecided
    }
    let share =
      first.estimate == 0 || !difference.estimate.isFinite
      ? ""
      : " (\(difference.estimate > 0 ? "+" : "")"
        + "\(formatted(difference.estimate / abs(first.estimate) * 100, places: 2)) %)"
    let limit = signed(isUp ? allowed : -allowed)
    let sure: String
    if difference.isExact {
      sure = ""
    } else if difference.low.isFinite, difference.high.isFinite {
      sure =
        ", between \(signed(difference.low)) and \(signed(difference.high)) "
        + "at \(formatted(confidence * 100, places: 2)) %"
    } else {
      sure = ", with no interval"
    }
    reason =
      "\(was): \(signed(difference.estimate))\(share)\(sure); \(tolerance.text) is tolerated, "
      + "which is \(limit)"
  }

  /// Decimals with which the difference does not look like what is tolerated unless it is.
  private static func places(
    _ tolerance: Tolerance, unit: String, _ first: Sample, _ second: Sample?,
    _ difference: Interval?
  ) -> Int {
    let usual = FigureText.places(of: first.estimate, unit: unit)
    guard let difference, let second else { return usual }
    let isOne = difference.low == difference.high
    let least =
      isOne
      ? max(usual, FigureText.places(of: difference.estimate, unit: unit))
      : FigureText.places(difference, unit: unit)
    let allowed = tolerance.allowed(from: first.estimate)
    let limit = tolerance.worsens == .rising ? allowed : -allowed
    let isOnLimit = (difference.estimate - limit).magnitude <= second.estimate.magnitude * 1e-12
    return isOnLimit
      ? least
      : FigureText.places(least, keeping: [difference.estimate], apartFrom: limit, unit: unit)
  }
}
