// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities

extension ArrivalCalibration {
  /// The rate that a fragment writes.
  private enum Law {
    case constant
    case daily(Shape)
    case hourly(Hours)
  }

  /// What a fragment can say: a sine swings by its mean at most, so what swings further is written
  /// by hours.
  private func law(_ shape: Shape?, byHours: Bool) -> Law {
    let isSine = shape.map { $0.swing <= 1 && ($0.weekend ?? 1) <= 100 } ?? false
    if byHours || shape != nil && !isSine, let hours { return .hourly(hours) }
    return shape.flatMap { isSine ? .daily($0) : nil } ?? .constant
  }

  /// The report, with the fragment of a rate of the fitted shape.
  ///
  /// - Parameters:
  ///   - byHours: whether the fragment has a share for each hour of the week instead of a sine.
  package func report(byHours: Bool = false) -> CalibrationReport {
    let shape = shape
    let law = law(shape, byHours: byHours)
    let variation = gapVariation
    let length = ((windows.last?.start ?? 0) + windows[0].length - windows[0].start) / 3_600
    var table = CalibrationReport.Table(
      title: "How arrivals scatter: 1 is a Poisson process", header: ["measure", "value>"])
    for dispersion in dispersions {
      table.rows.append([
        "variance ÷ mean of counts in \(FittedText.time(dispersion.window, digits: 2))",
        FittedText.number(dispersion.index),
      ])
    }
    if variation.all.isFinite {
      table.rows.append(["variation of gaps", FittedText.number(variation.all)])
    }
    if variation.within.isFinite {
      table.rows.append(["variation of gaps within minutes", FittedText.number(variation.within)])
    }
    if let probability = poissonProbability {
      table.rows.append([
        "probability under a Poisson process within minutes",
        probability < 0.001 ? "under 0.001" : FittedText.number(probability, digits: 2),
      ])
    }
    let peak = windows.map { $0.count / $0.length }.max() ?? 0
    table.rows.append([
      "busiest \(FittedText.time(windows[0].length, digits: 2)) ÷ mean",
      FittedText.number(peak / rate),
    ])
    for (name, lag) in [("a day", 86_400.0), ("a week", 604_800)] {
      if let value = autocorrelation(at: lag) {
        table.rows.append(["correlation with \(name) later", formatted(value, places: 2)])
      }
    }
    return CalibrationReport(
      summary: "\(FittedText.number(rate, digits: 4)) arrivals a second over "
        + "\(FittedText.number(length)) hours.",
      tables: [table] + (shape.map { [shapeTable($0)] } ?? [])
        + (hours.map { [hourTable($0)] } ?? []),
      doubts: doubts(shape, law, length: length), fragment: fragment(law), place: "workload")
  }

  private func shapeTable(_ shape: Shape) -> CalibrationReport.Table {
    CalibrationReport.Table(
      title: "The shape of a day and a week", header: ["measure", "value>"],
      rows: [
        ["mean of weekdays", FittedText.number(shape.mean, digits: 4) + "/s"],
        ["swing round it", FittedText.percent(shape.swing)],
        ["peak, UTC", Self.clock(shape.peak)],
        ["weekend ÷ weekday", shape.weekend.map { FittedText.percent($0) } ?? "below a week"],
        ["variance explained", FittedText.percent(shape.explained)],
      ])
  }

  private static func clock(_ seconds: Double) -> String {
    let minutes = Int(seconds / 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }

  /// The mean rate of each day of the week and its busiest hour.
  private func hourTable(_ hours: Hours) -> CalibrationReport.Table {
    CalibrationReport.Table(
      title: "Days of the week, by hours UTC",
      header: ["day", "mean a second>", "busiest hour>", "then a second>"],
      rows: Self.days.enumerated().map { day, name in
        let rates = hours.rates[24 * day..<24 * (day + 1)]
        let busiest = rates.indices.max { rates[$0] < rates[$1] } ?? 24 * day
        return [
          name, FittedText.number(rates.reduce(0, +) / 24),
          Self.clock(Double(busiest % 24) * 3_600),
          FittedText.number(rates[busiest]),
        ]
      })
  }

  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private func fragment(_ law: Law) -> [String] {
    var keys: [String] = []
    let within = gapVariation.within
    if let probability = poissonProbability, probability < 0.01, within.isFinite, within > 1.1 {
      keys += ["process: renewal", "gaps: { gamma: { cv: \(FittedText.number(within)) } }"]
    } else {
      keys.append("process: poisson")
    }
    func percent(_ share: Double) -> String { "\(formatted(share * 100, places: 1))%" }
    switch law {
    case .constant: keys.append("rate: \(FittedText.number(rate, digits: 4))/s")
    case .daily(let shape):
      keys.append("peak: \(FittedText.number(shape.mean * (1 + shape.swing), digits: 4))/s")
      keys.append(
        "daily: { peak: \"\(Self.clock(shape.peak))\", swing: \(percent(shape.swing)) }")
      if let weekend = shape.weekend { keys.append("weekend: \(percent(weekend))") }
    case .hourly(let hours):
      keys.append("peak: \(FittedText.number(hours.peak, digits: 4))/s")
      let lines = Self.days.enumerated().map { day, name in
        let shares = hours.rates[24 * day..<24 * (day + 1)].map { percent($0 / hours.peak) }
        return "    \(name): [\(shares.joined(separator: ", "))]"
      }
      return ["arrivals:"] + keys.map { "  \($0)" } + ["  hours:"] + lines
    }
    return ["arrivals: { \(keys.joined(separator: ", ")) }"]
  }

  private func shapeDoubts(_ shape: Shape?, _ law: Law, length: Double) -> [String] {
    if case .hourly(let hours) = law {
      var doubts = [
        "Is a week like another? The fragment has one share for each hour of the week; "
          + "\(FittedText.number(length / 168, digits: 2)) weeks were seen."
      ]
      if hours.unseen > 0 {
        doubts.append(
          "Which hours are guesses? \(hours.unseen) of 168 were not seen; each has the mean of "
            + "that hour "
            + "on the days that were.")
      }
      return doubts
    }
    guard length >= 48 else {
      return [
        "Is there a day or a week in it? \(FittedText.number(length)) hours cannot say; the "
          + "fragment has "
          + "one rate for ever."
      ]
    }
    guard let shape else { return [] }
    guard case .daily = law else {
      return [
        "Is a day a sine? None swings by \(FittedText.percent(shape.swing)) of its mean, and "
          + "hours of the "
          + "day cannot be told from these windows; the fragment has one rate for ever."
      ]
    }
    return [
      "Is a day a sine? It explains \(FittedText.percent(shape.explained)) of the variance of "
        + "weekdays; where that is little, write it by hours (--hours) or replay the series itself."
    ]
  }

  private func doubts(_ shape: Shape?, _ law: Law, length: Double) -> [String] {
    var doubts = shapeDoubts(shape, law, length: length)
    var equal = 0
    for (first, second) in zip(times, times.dropFirst()) where first == second { equal += 1 }
    if Double(equal) > 0.01 * Double(times.count) {
      doubts.append(
        "Are times exact? \(FittedText.percent(Double(equal) / Double(times.count))) of arrivals "
          + "share "
          + "the time of the one before: within that grid nothing is known.")
    }
    if let probability = poissonProbability {
      doubts.append(
        "Is it a Poisson process? Within minutes the counts "
          + (probability < 0.01 ? "scatter too much for one" : "do not speak against one")
          + "; over longer times the rate moves.")
    } else {
      doubts.append("Is it a Poisson process? Counts cannot say what happens inside their windows.")
    }
    let empty = windows.count { $0.count == 0 }
    if empty > 0 {
      doubts.append(
        "Are empty windows true? \(empty) of \(windows.count) have no arrival: missing records "
          + "look the "
          + "same.")
    }
    let gaps = zip(windows, windows.dropFirst()).count {
      abs($1.start - $0.start - $0.length) > 1e-3 * $0.length
    }
    if gaps > 0 {
      doubts.append("Are windows missing? \(gaps) do not follow the one before.")
    }
    doubts.append("Will it grow? A trend is not fitted; a peak of its own is.")
    return doubts
  }
}
