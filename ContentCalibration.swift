// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Recorded contents as a scenario's catalogue, with what speaks against it.
package struct ContentCalibration {
  private let log: ContentLog
  private let timeToLive: TimeSpan?
  private let capacity: Int?
  private let fit: ZipfFit?
  private let ranked: RankedZipf?
  private let recency: Recency?

  /// Fits a log.
  ///
  /// - Parameters:
  ///   - timeToLive: of a cache to compare with; needs a log with times.
  ///   - capacity: of a cache to compare with.
  package init(_ log: ContentLog, timeToLive: TimeSpan?, capacity: Int?) {
    precondition(timeToLive == nil || log.times != nil, "a life needs times")
    self.log = log
    self.timeToLive = timeToLive
    self.capacity = capacity
    fit = ZipfFit(counts: log.counts)
    let repeated = log.counts.filter { $0 > 1 }.sorted(by: >)
    ranked = repeated.count > 1 ? RankedZipf(sortedCounts: repeated) : nil
    recency = Recency(log)
  }

  /// What was found.
  package var report: CalibrationReport {
    CalibrationReport(
      summary: summary, tables: [numbers, law, caches], doubts: doubts, fragment: fragment,
      place: "workload")
  }

  // MARK: Counts

  private var total: Int { log.contents.count }
  private var seenOnce: Int { log.counts.count { $0 == 1 } }
  private var seenTwice: Int { log.counts.count { $0 == 2 } }
  private var repeated: Int { log.counts.count - seenOnce }

  /// The contents there are at the least, seen or not: Chao, "Nonparametric estimation of the number
  /// of classes in a population", Scandinavian Journal of Statistics 11 (1984) 265–270, in the form
  /// without bias.
  private var leastContents: Double {
    let (once, twice) = (Double(seenOnce), Double(seenTwice))
    return Double(log.counts.count) + once * (once - 1) / (2 * (twice + 1))
  }

  /// The standard error of a share of all requests.
  private func share(_ part: Int) -> String {
    let p = Double(part) / Double(total)
    return MeasuredText.percent(p, within: max(p * (1 - p), 1 / Double(total)).squareRoot()
      / Double(total).squareRoot())
  }

  private var summary: String {
    let repeats = total - log.counts.count
    return """
      \(MeasuredText.count(total)) requests for \(MeasuredText.count(log.counts.count)) contents: \
      \(share(repeats)) repeat an earlier one exactly.
      """
  }

  private var numbers: CalibrationReport.Table {
    let most = log.counts.max() ?? 0
    var rows = [
      ["requests", MeasuredText.count(total), ""],
      ["distinct contents", MeasuredText.count(log.counts.count), ""],
      ["contents seen once", MeasuredText.count(seenOnce), share(seenOnce)],
      ["contents seen again", MeasuredText.count(repeated), ""],
      ["requests for those", MeasuredText.count(total - seenOnce), share(total - seenOnce)],
      ["exact repeats", MeasuredText.count(total - log.counts.count), share(total - log.counts.count)],
      ["requests for the top content", MeasuredText.count(most), share(most)],
      [
        "contents by Chao's estimate, at least",
        MeasuredText.count(Int(leastContents.rounded())), "",
      ],
    ]
    if let duration = log.duration {
      rows.append(["from first to last request", MeasuredText.span(duration), ""])
    }
    return CalibrationReport.Table(
      title: "Contents", header: ["what", "number>", "of requests>"], rows: rows)
  }

  private var law: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Zipf's law", header: ["what", "estimate>", "95 % interval>"])
    if let ranked {
      let half = 1.96 * ranked.standardError
      func text(_ value: Double) -> String { MeasuredText.number(value, within: half) }
      table.rows.append([
        "exponent of the repeated contents by observed ranks", text(ranked.exponent),
        "\(text(max(0, ranked.exponent - half))) … \(text(ranked.exponent + half))",
      ])
    }
    guard let fit else { return table }
    func interval(
      _ low: Double, _ high: Double, _ text: (Double) -> String
    ) -> String { "\(text(low)) … \(text(high))" }
    let exponent = { MeasuredText.number($0, within: fit.exponent.halfWidth) }
    table.rows.append([
      "exponent, ranks and catalogue unknown", exponent(fit.exponent.estimate),
      interval(fit.exponent.low, fit.exponent.high, exponent),
    ])
    let contents = { (value: Double) in Self.rounded(value, within: fit.catalogue.halfWidth) }
    table.rows.append([
      "contents of the catalogue", contents(fit.catalogue.estimate),
      interval(fit.catalogue.low, fit.catalogue.high, contents),
    ])
    let unique = { MeasuredText.percent($0, within: fit.unique.halfWidth) }
    table.rows.append([
      "requests with a content of their own", unique(fit.unique.estimate),
      interval(fit.unique.low, fit.unique.high, unique),
    ])
    table.rows.append([
      "distance of the counts' law (Kolmogorov–Smirnov)", MeasuredText.significant(fit.distance, 2),
      "5 % of true laws exceed at most \(MeasuredText.significant(Self.criticalDistance(repeated), 2))",
    ])
    return table
  }

  private var caches: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Requests that a cache answers",
      header: ["cache", "in the log, from empty>", "in its later half>", "by the fitted law>"])
    func percent(_ share: Double) -> String {
      MeasuredText.percent(share, within: (max(share, 1e-6) / Double(total)).squareRoot())
    }
    table.rows.append([
      "all contents, for ever", percent(log.repeatShare), "",
      fit.map { percent($0.repeatShare) + " in as long a log" } ?? "",
    ])
    if let timeToLive {
      let replay = CacheReplay(log, timeToLive: timeToLive.inSeconds)
      let duration = max(1e-9, log.duration ?? 0)
      table.rows.append([
        "all contents, each for \(timeToLive)", percent(replay.hitRatio),
        percent(replay.hitRatioOfLaterHalf),
        fit.map { percent($0.hitRatio(timeToLive: timeToLive.inSeconds, duration: duration)) } ?? "",
      ])
    }
    if let capacity {
      let replay = CacheReplay(log, capacity: capacity)
      table.rows.append([
        "\(MeasuredText.count(capacity)) most recently used", percent(replay.hitRatio),
        percent(replay.hitRatioOfLaterHalf), fit.map { percent($0.hitRatio(capacity: capacity)) } ?? "",
      ])
    }
    return table
  }

  // MARK: Doubts

  private var doubts: [String] {
    [unfitted, popularity, recencyText, truncation, misfit, head, shortLog, untimed].compactMap { $0 }
  }

  private var unfitted: String? {
    guard fit == nil else { return nil }
    guard repeated >= ZipfFit.fewestRepeatedContents else {
      return """
        only \(repeated) contents repeat: they bear out no law of popularity, and the fragment's numbers \
        stand for nothing but the share of requests whose content was seen once
        """
    }
    return """
      no catalogue of up to 100 million contents fits best: the log is too short, or popularity is not \
      Zipf's; the fragment holds what was seen, and what a longer log would show is unknown
      """
  }

  private var popularity: String? {
    guard let fit, let ranked else { return nil }
    let difference = ranked.exponent - fit.exponent.estimate
    return """
      ranks by observed counts would have the exponent \(MeasuredText.significant(difference.magnitude, 2)) \
      \(difference < 0 ? "lower" : "higher"); the fragment has the estimate that knows neither ranks nor \
      catalogue
      """
  }

  private var recencyText: String? {
    guard let recency else { return nil }
    let expected = MeasuredText.percent(recency.expectedShare)
    let text = """
      half of the repeats come within \(MeasuredText.count(recency.medianGap)) requests of the one \
      before; in a random order of the same requests \(expected) would
      """
    return recency.expectedShare < 0.4
      ? text + ": contents come back soon, and a small or short-lived cache does better than the law says"
      : text
  }

  private var truncation: String? {
    guard let fit else { return nil }
    let unseen = max(0, fit.catalogue.estimate - Double(log.counts.count))
    let known = Self.rounded(fit.catalogue.estimate, within: fit.catalogue.halfWidth)
    if fit.catalogue.high > 10 * fit.catalogue.estimate {
      return """
        the log is too short to tell the size of the catalogue: \(known) or ten times that would do; \
        what a cache finds in a longer run is a guess
        """
    }
    return unseen > 0
      ? "of \(known) contents in the catalogue some \(MeasuredText.significant(unseen, 2)) were not seen"
      : nil
  }

  private var misfit: String? {
    guard let fit else { return nil }
    let critical = Self.criticalDistance(repeated)
    guard fit.distance > critical else { return nil }
    return """
      popularity is not Zipf's: the law of the counts is off by \
      \(MeasuredText.percent(fit.distance)) of the repeated contents somewhere, and chance explains \
      \(MeasuredText.percent(critical))
      """
  }

  private var head: String {
    let most = log.counts.max() ?? 0
    let top = log.counts.sorted(by: >).prefix(max(1, log.counts.count / 100)).reduce(0, +)
    return """
      the top content has \(share(most)) of the requests, the top 1 % of contents have \(share(top)): what \
      changes there changes the hit rate
      """
  }

  private var shortLog: String? {
    guard let timeToLive, let duration = log.duration else { return nil }
    let lives = duration / timeToLive.inSeconds
    guard lives < 10 else { return nil }
    return """
      the log lasts \(MeasuredText.significant(lives, 2)) lives of an entry: a replay from an empty cache \
      finds less than a cache that has run for long
      """
  }

  private var untimed: String? {
    log.times == nil ? "the log has no times: its order is taken as that of the requests" : nil
  }

  // MARK: Fragment

  private var fragment: [String] {
    guard let fit else {
      let zipf = MeasuredText.number(ranked?.exponent ?? 0, within: ranked?.standardError ?? 1)
      let unique = formatted(Double(seenOnce) / Double(total) * 100, places: 2)
      return ["content: { catalogue: \(max(1, repeated)), zipf: \(zipf), unique: \(unique)% }"]
    }
    let contents = Self.rounded(
      min(1e8, fit.catalogue.estimate), within: fit.catalogue.halfWidth, separator: "_")
    let zipf = MeasuredText.number(fit.exponent.estimate, within: fit.exponent.halfWidth)
    let unique = formatted(
      fit.unique.estimate * 100,
      places: min(3, MeasuredText.places(for: fit.unique.halfWidth * 100)))
    return ["content: { catalogue: \(contents), zipf: \(zipf), unique: \(unique)% }"]
  }

  // MARK: Numbers

  /// A whole number whose last digits are zeros where they are not supported.
  private static func rounded(
    _ value: Double, within uncertainty: Double, separator: String = ","
  ) -> String {
    var step = 1.0
    while step * 10 <= uncertainty / 10 && step * 100 <= value { step *= 10 }
    return formatted(
      max(1, (value / step).rounded() * step), places: 0, groupSeparator: separator)
  }

  /// The distance that 5 % of samples of a law without fitted parameters exceed.
  ///
  /// Kolmogorov's law for large samples: Kolmogorov, "Sulla determinazione empirica di una legge di
  /// distribuzione", Giornale dell'Istituto Italiano degli Attuari 4 (1933). Fitted laws and laws of
  /// whole numbers lie nearer, so what exceeds it is a misfit.
  private static func criticalDistance(_ samples: Int) -> Double {
    1.358 / Double(samples).squareRoot()
  }
}
