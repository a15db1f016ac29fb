// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities

/// What times of arrival, or counts in windows, say of the rate and of how bursty arrivals are.
package struct ArrivalCalibration: Sendable {
  /// A window with how many arrived in it.
  package struct Window: Sendable, Equatable {
    /// When it begins, in seconds since 1970 or since the first.
    package let start: Double
    /// How long it is, in seconds.
    package let length: Double
    /// How many arrived.
    package let count: Double

    /// A window of those values.
    package init(start: Double, length: Double, count: Double) {
      self.start = start
      self.length = length
      self.count = count
    }
  }

  /// How counts in windows scatter.
  package struct Dispersion: Sendable, Equatable {
    /// The length of the windows in seconds.
    package let window: Double
    /// Variance ÷ mean of the counts: 1 for a Poisson process of constant rate.
    package let index: Double
  }

  /// The shape of a day and a week, as scenarios have it.
  package struct Shape: Sendable, Equatable {
    /// The mean of weekdays, a second.
    package let mean: Double
    /// The amplitude as a share of the mean.
    package let swing: Double
    /// When the peak is, in seconds since midnight UTC.
    package let peak: Double
    /// What weekends have of weekdays; nil below a week.
    package let weekend: Double?
    /// The share of the variance of hourly rates that it explains.
    package let explained: Double
  }

  /// The times of arrivals; empty where only counts are known.
  package let times: [Double]
  /// The counts by window.
  package let windows: [Window]
  /// Whether times are dates, so that hours of the day mean something.
  package let isDated: Bool

  /// From times of arrivals in seconds, earliest first.
  ///
  /// - Precondition: there are two at different times.
  package init(times: [Double], isDated: Bool) {
    precondition(times.count > 1 && times[0] < times[times.count - 1], "some time passes")
    self.times = times
    self.isDated = isDated
    let length = times[times.count - 1] - times[0]
    let step = length > 7_200 ? 600.0 : 60.0
    windows = Self.counts(times, every: step).map {
      Window(start: $0.start, length: step, count: $0.count)
    }
  }

  /// From counts in windows, earliest first.
  ///
  /// - Precondition: there are two.
  package init(windows: [Window], isDated: Bool) {
    precondition(windows.count > 1, "some time passes")
    times = []
    self.windows = windows
    self.isDated = isDated
  }

  private static func counts(
    _ times: [Double], every step: Double
  ) -> [(start: Double, count: Double)] {
    guard let first = times.first, let last = times.last else { return [] }
    let number = Int((last - first) / step)
    var counts = [Double](repeating: 0, count: max(0, number))
    for time in times {
      let index = Int((time - first) / step)
      if index < counts.count { counts[index] += 1 }
    }
    return counts.enumerated().map { (first + Double($0) * step, $1) }
  }

  /// Arrivals a second over all the time.
  package var rate: Double {
    if let first = times.first, let last = times.last {
      return Double(times.count - 1) / (last - first)
    }
    let time = windows.reduce(0) { $0 + $1.length }
    return windows.reduce(0) { $0 + $1.count } / time
  }

  /// How counts scatter in windows of 1, 10 and 60 seconds.
  package var dispersions: [Dispersion] {
    guard !times.isEmpty else {
      return [Dispersion(window: windows[0].length, index: Self.index(windows.map(\.count)))]
    }
    return [1.0, 10, 60].compactMap { step in
      let counts = Self.counts(times, every: step).map(\.count)
      return counts.count > 9 ? Dispersion(window: step, index: Self.index(counts)) : nil
    }
  }

  private static func index(_ counts: [Double]) -> Double {
    let mean = counts.reduce(0, +) / Double(counts.count)
    let squares = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return squares / Double(counts.count - 1) / mean
  }

  /// The standard deviation ÷ mean of the gaps, over all and within minutes whose rate is taken as constant.
  package var gapVariation: (all: Double, within: Double) {
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    guard gaps.count > 1 else { return (.nan, .nan) }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let squares = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let all = (squares / Double(gaps.count - 1)).squareRoot() / mean
    // Within a minute gaps are scaled by their mean, so that a rate that changes is no burstiness.
    var (sum, degrees) = (0.0, 0.0)
    var start = 0
    while start < gaps.count {
      var end = start
      while end < gaps.count, times[end] - times[start] < 60 { end += 1 }
      let part = gaps[start..<end]
      if part.count > 9 {
        let mean = part.reduce(0, +) / Double(part.count)
        sum += part.reduce(0) { $0 + ($1 / mean - 1) * ($1 / mean - 1) }
        degrees += Double(part.count - 1)
      }
      start = max(end, start + 1)
    }
    return (all, degrees > 0 ? (sum / degrees).squareRoot() : .nan)
  }

  /// The probability of counts within minutes that scatter at least so much, if arrivals were a Poisson
  /// process whose rate changes only from minute to minute; nil without times.
  ///
  /// The dispersion test by pieces: Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao, "Statistical
  /// analysis of a telephone call center", Journal of the American Statistical Association 100 (2005)
  /// 36–50, DOI 10.1198/016214504000001808, section 4.
  package var poissonProbability: Double? {
    guard !times.isEmpty else { return nil }
    // Parts of about five arrivals each, as the chi-square law wants.
    let part = max(1, min(30, 5 / max(rate, 1e-9)))
    let parts = max(2, Int(60 / part))
    let counts = Self.counts(times, every: 60 / Double(parts)).map(\.count)
    var (sum, degrees) = (0.0, 0)
    for minute in stride(from: 0, to: counts.count - parts + 1, by: parts) {
      let own = counts[minute..<minute + parts]
      let mean = own.reduce(0, +) / Double(parts)
      guard mean > 0 else { continue }
      sum += own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
      degrees += parts - 1
    }
    return degrees > 0 ? ChiSquare.survival(sum, degreesOfFreedom: degrees) : nil
  }

  /// The shape of days and weeks; nil below two days or without dates.
  package var shape: Shape? {
    guard isDated, let first = windows.first, let last = windows.last,
      last.start + last.length - first.start >= 2 * 86_400
    else { return nil }
    func isWeekend(_ window: Window) -> Bool {
      // 1970-01-01 was a Thursday.
      let day = (Int64(window.start) / 86_400 + 3) % 7
      return day >= 5
    }
    let weekdays = windows.filter { !isWeekend($0) }
    let weekends = windows.filter { isWeekend($0) }
    func mean(_ windows: [Window]) -> Double {
      windows.reduce(0) { $0 + $1.count } / windows.reduce(0) { $0 + $1.length }
    }
    func turn(_ window: Window) -> Double {
      let middle = window.start + window.length / 2
      return (middle / 86_400).truncatingRemainder(dividingBy: 1)
    }
    let rows = weekdays.map { window -> [Double] in
      [
        1, ElementaryFunctions.cosine(turns: turn(window)),
        ElementaryFunctions.cosine(turns: turn(window) - 0.25),
      ]
    }
    let values = weekdays.map { $0.count / $0.length }
    guard let fit = LinearFit(rows: rows, values: values), fit.coefficients[0] > 0 else {
      return nil
    }
    let (level, a, b) = (fit.coefficients[0], fit.coefficients[1], fit.coefficients[2])
    let peak = (0..<1_440).max { first, second in
      func height(_ minute: Int) -> Double {
        let turn = Double(minute) / 1_440
        return a * ElementaryFunctions.cosine(turns: turn) + b
          * ElementaryFunctions.cosine(turns: turn - 0.25)
      }
      return height(first) < height(second)
    }
    let average = values.reduce(0, +) / Double(values.count)
    let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    let long = last.start + last.length - first.start >= 7 * 86_400
    return Shape(
      mean: level, swing: min(1, (a * a + b * b).squareRoot() / level),
      peak: Double(peak ?? 0) * 60,
      weekend: long && !weekends.isEmpty ? mean(weekends) / mean(weekdays) : nil,
      explained: spread > 0 ? 1 - fit.residualSumOfSquares / spread : 0)
  }

  /// The correlation of the rate with itself so many seconds later; nil where the record is too short.
  package func autocorrelation(at lag: Double) -> Double? {
    let shift = Int((lag / windows[0].length).rounded())
    guard windows.count > 2 * shift, shift > 0 else { return nil }
    let counts = windows.map(\.count)
    let mean = counts.reduce(0, +) / Double(counts.count)
    let spread = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let product = zip(counts, counts.dropFirst(shift)).reduce(0) {
      $0 + ($1.0 - mean) * ($1.1 - mean)
    }
    return spread > 0 ? product / spread : nil
  }

  // MARK: Report

  /// The report, with the fragment of a rate of the fitted shape.
  package var report: CalibrationReport {
    let shape = shape
    let variation = gapVariation
    let hours = ((windows.last?.start ?? 0) + windows[0].length - windows[0].start) / 3_600
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
        + "\(FittedText.number(hours)) hours.",
      tables: [table] + (shape.map { [shapeTable($0)] } ?? []),
      doubts: doubts(shape, hours: hours), fragment: fragment(shape), place: "workload")
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

  private func fragment(_ shape: Shape?) -> [String] {
    var keys: [String] = []
    let within = gapVariation.within
    if let probability = poissonProbability, probability < 0.01, within.isFinite, within > 1.1 {
      keys += ["process: renewal", "gaps: { gamma: { cv: \(FittedText.number(within)) } }"]
    } else {
      keys.append("process: poisson")
    }
    if let shape {
      keys.append("peak: \(FittedText.number(shape.mean * (1 + shape.swing), digits: 4))/s")
      keys.append(
        "daily: { peak: \"\(Self.clock(shape.peak))\", swing: \(formatted(shape.swing * 100, places: 1))% }"
      )
      if let weekend = shape.weekend {
        keys.append("weekend: \(formatted(min(1, weekend) * 100, places: 1))%")
      }
    } else {
      keys.append("rate: \(FittedText.number(rate, digits: 4))/s")
    }
    return ["arrivals: { \(keys.joined(separator: ", ")) }"]
  }

  private func doubts(_ shape: Shape?, hours: Double) -> [String] {
    var doubts: [String] = []
    if hours < 48 {
      doubts.append(
        "Is there a day or a week in it? \(FittedText.number(hours)) hours cannot say; the fragment has "
          + "one rate for ever.")
    } else if let shape {
      doubts.append(
        "Is a day a sine? It explains \(FittedText.percent(shape.explained)) of the variance of "
          + "weekdays; where that is little, replay the series itself.")
    }
    var equal = 0
    for (first, second) in zip(times, times.dropFirst()) where first == second { equal += 1 }
    if Double(equal) > 0.01 * Double(times.count) {
      doubts.append(
        "Are times exact? \(FittedText.percent(Double(equal) / Double(times.count))) of arrivals share "
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
        "Are empty windows true? \(empty) of \(windows.count) have no arrival: missing records look the "
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
