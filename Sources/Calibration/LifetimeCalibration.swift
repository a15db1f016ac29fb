// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Numerics

/// Fits laws to lifetimes of which some were cut short, and says what to think of them.
package struct LifetimeCalibration: Sendable {
  /// The lifetimes.
  package let lifetimes: [Lifetime]
  /// The longest life; nil for none.
  package let limit: Double?
  /// How many lived longer than that.
  package let beyondLimit: Int
  /// Which families could be fitted, most likely first by Akaike's criterion.
  package let fits: [LifetimeFit]
  private let sample: LifetimeSample
  private let seed: UInt64
  private let rounds: Int

  /// The fits of all families to lifetimes.
  ///
  /// - Parameters:
  ///   - limit: the longest life in seconds; longer ones are taken to have ended there.
  ///   - rounds: how many samples are drawn for each goodness of fit.
  /// - Complexity: some hundred likelihoods a family.
  package init(_ lifetimes: [Lifetime], limit: Double? = nil, rounds: Int = 99, seed: UInt64 = 1) {
    self.limit = limit
    self.rounds = rounds
    self.seed = seed
    beyondLimit = lifetimes.count { $0.seconds > limit ?? .infinity }
    self.lifetimes = lifetimes.map {
      Lifetime(seconds: min($0.seconds, limit ?? .infinity), isCensored: $0.isCensored)
    }
    sample = LifetimeSample(self.lifetimes, limit: limit)
    let sample = sample
    fits = LifetimeFamily.allCases.compactMap { LifetimeFit($0, to: sample, limit: limit) }
      .sorted { $0.criterion < $1.criterion }
  }

  /// Reads lifetimes from a table.
  ///
  /// - Parameters:
  ///   - time: the column of the lifetime in seconds.
  ///   - ended: the column that says how it ended; nil where all ends were seen.
  ///   - event: the text there of an end that counts; others cut a life short.
  /// - Throws: what is wrong with the table, or that nothing in it ended.
  package static func read(
    _ bytes: [UInt8], time: String, ended: String?, event: String,
    where conditions: [MeasuredTable.Condition]
  ) throws(TraceErrors) -> [Lifetime] {
    let table = try MeasuredTable(
      bytes, columns: [time] + (ended.map { [$0] } ?? []), where: conditions)
    let seconds = try MeasuredTable.numbers(
      of: table.rows.map { $0[0] }, allowed: "a lifetime in seconds, from 0.000001 to 2e9"
    ) { $0 >= 1e-6 && $0 <= 2e9 }
    let lifetimes = zip(table.rows, seconds).map { row, seconds in
      Lifetime(
        seconds: seconds,
        isCensored: row.count > 1 && !row[1].bytes.elementsEqual(event.utf8))
    }
    guard lifetimes.contains(where: { !$0.isCensored }) else {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1, found: "no row that ended with '\(event)'", allowed: "at least one")
      ])
    }
    let ends = lifetimes.filter { !$0.isCensored }.map(\.seconds)
    guard ends.contains(where: { $0 != ends[0] }) else {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1,
          found: ends.count == 1
            ? "one life whose end was seen"
            : "\(ends.count) lives whose ends were seen, all alike: \(FittedText.time(ends[0]))",
          allowed: "two that differ at least; a law is fitted to how lives differ")
      ])
    }
    return lifetimes
  }

  // MARK: Report

  /// The report, with the fragment of one family or of the most likely one.
  ///
  /// - Complexity: `rounds` fits for each family's goodness of fit.
  package func report(family: LifetimeFamily? = nil) -> CalibrationReport? {
    guard let chosen = fits.first(where: { family == nil || $0.family == family }),
      let best = fits.first
    else { return nil }
    let probabilities = fits.map {
      $0.distanceProbability(of: lifetimes, rounds: rounds, seed: seed)
    }
    let ends = lifetimes.count { !$0.isCensored }
    let summary =
      "\(lifetimes.count) lifetimes, \(ends) ended and \(lifetimes.count - ends) cut short: "
      + "\(chosen.family.rawValue) with a mean of "
      + "\(FittedText.time(mean(of: chosen.law), digits: 3))."
    return CalibrationReport(
      summary: summary,
      tables: [survivalTable, hazardTable, fitTable(best, probabilities), parameterTable],
      doubts: doubts(chosen, probabilities),
      fragment: ["lifetime: \(FittedText.law(chosen.law))"]
        + (limit.map { ["longest_life: \(FittedText.time($0))"] } ?? []),
      place: "fleet.POOL")
  }

  /// The mean of a law, up to the limit where there is one.
  private func mean(of law: Distribution) -> Double {
    limit.map { law.mean(cutAt: $0) } ?? law.mean
  }

  private var curve: KaplanMeier { KaplanMeier(lifetimes) }

  private var survivalTable: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Who outlives a time: Kaplan–Meier with Greenwood's interval, and each law",
      header: ["age>", "at risk>", "measured>", "95 %>"] + fits.map { "\($0.family.rawValue)>" })
    let curve = curve
    for hours in [0.25, 1, 3, 6, 12, 20, 23, 48, 168, 720] {
      let time = hours * 3_600
      let atRisk = lifetimes.count { $0.seconds >= time }
      guard atRisk > 0 else { break }
      let interval = curve.interval(at: time, confidence: 0.95).map {
        FittedText.percent($0.low) + " … " + FittedText.percent($0.high)
      }
      table.rows.append(
        [
          FittedText.time(time, digits: 3), "\(atRisk)",
          FittedText.percent(curve.survival(at: time)), interval ?? "",
        ] + fits.map { FittedText.percent($0.law.survival(time)) })
    }
    return table
  }

  private var hazardTable: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Ends for each hour lived, by age",
      header: ["age>", "hours lived>", "ended>", "an hour>"])
    let bounds: [Double] = [0, 0.25, 1, 3, 6, 12, 20, 23, 24, 48, 168, 720, 1e9].map { $0 * 3_600 }
    for (low, high) in zip(bounds, bounds.dropFirst()) {
      let lived = lifetimes.reduce(0.0) { $0 + max(0, min($1.seconds, high) - low) } / 3_600
      // The last bin takes the ends at its upper bound, so that none at the limit is left out.
      let ended = lifetimes.count { !$0.isCensored && $0.seconds > low && $0.seconds <= high }
      guard lived > 0 else { continue }
      table.rows.append([
        FittedText.time(low, digits: 3) + " to "
          + (high > 1e9 ? "∞" : FittedText.time(high, digits: 3)),
        FittedText.number(lived), "\(ended)", FittedText.number(Double(ended) / lived, digits: 2),
      ])
    }
    return table
  }

  private func fitTable(
    _ best: LifetimeFit, _ probabilities: [Double]
  ) -> CalibrationReport.Table {
    CalibrationReport.Table(
      title: "Laws, most likely first; KS is the largest distance from the measured curve",
      header: [
        "law", "log-likelihood>", "AIC>", "more than the best>", "KS>", "as far by chance>",
      ],
      rows: zip(fits, probabilities).map { fit, probability in
        [
          fit.family.rawValue, FittedText.number(fit.logLikelihood, digits: 6),
          FittedText.number(fit.criterion, digits: 6),
          FittedText.number(fit.criterion - best.criterion, digits: 3),
          FittedText.number(fit.distance(to: lifetimes), digits: 2),
          probability <= 1.5 / Double(rounds + 1)
            ? "under \(FittedText.percent(1.5 / Double(rounds + 1)))"
            : FittedText.percent(probability, places: 0),
        ]
      })
  }

  private var parameterTable: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Parameters with profile-likelihood intervals",
      header: ["law", "parameter", "value>", "95 %>"])
    for fit in fits {
      for parameter in fit.parameters(confidence: 0.95) {
        let isTime = !["shape", "cv", "log_deviation", "share"].contains(parameter.name)
        func text(_ value: Double) -> String {
          isTime ? FittedText.time(value, digits: 3) : FittedText.number(value)
        }
        table.rows.append([
          fit.family.rawValue, parameter.name, text(parameter.value),
          parameter.interval.map { text($0.low) + " … " + text($0.high) } ?? "not closed",
        ])
      }
    }
    return table
  }

  private func doubts(_ chosen: LifetimeFit, _ probabilities: [Double]) -> [String] {
    let ends = lifetimes.filter { !$0.isCensored }.map(\.seconds).sorted()
    let naive = ends[ends.count / 2]
    let median = curve.median
    var doubts = [
      "How much was not seen? "
        + "\(FittedText.percent(1 - Double(ends.count) / Double(lifetimes.count))) "
        + "of the lifetimes were cut short. The median of those that ended is "
        + "\(FittedText.time(naive, digits: 3)), which is not that of a life: "
        + (median.map { "half outlive \(FittedText.time($0, digits: 3))." }
          ?? "more than half outlive every end that was seen."),
      "Were lives cut short by something that has to do with their end? Everything here takes it "
        + "that "
        + "they were not; a user who stops what is about to be taken would break that.",
    ]
    if let second = fits.dropFirst().first, let best = fits.first {
      let lead = second.criterion - best.criterion
      doubts.append(
        "Does \(best.family.rawValue) win? Its AIC is \(FittedText.number(lead)) below that of "
          + "\(second.family.rawValue); "
          + (lead < 2
            ? "that is nothing."
            : lead < 10
              ? "that is something." : "that is decisive between these two."))
    }
    if let index = fits.firstIndex(where: { $0.family == chosen.family }) {
      doubts.append(
        "Is \(chosen.family.rawValue) true? Lives that follow it lie as far from their own fit "
          + "as these in \(FittedText.percent(probabilities[index], places: 0)) of \(rounds) "
          + "samples"
          + (probabilities[index] < 0.05 ? ": it is not, only the least bad." : "."))
    }
    if let last = ends.last, limit == nil {
      let left = chosen.law.survival(last)
      doubts.append(
        "What lies beyond the last end at \(FittedText.time(last, digits: 3))? "
          + "\(FittedText.percent(left)) of lives by the law, and no measurement.")
    }
    if let limit, beyondLimit > 0 {
      doubts.append(
        "What of the \(beyondLimit) lifetimes beyond the limit of \(FittedText.time(limit))? "
          + "They are "
          + "taken to have ended at it, and the fragment says so.")
    }
    doubts.append(
      "Whose are they? The lifetimes of one account, type and time; another's need not be like "
        + "them."
    )
    return doubts
  }
}
