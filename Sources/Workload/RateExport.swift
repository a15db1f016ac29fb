// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

/// Reads rates, or counts, from JSON as monitoring exports it.
///
/// - Prometheus: the answer of its HTTP API to a range query, or its series alone. Source:
///   <https://prometheus.io/docs/prometheus/latest/querying/api/>, read 2026-11-30.
/// - CloudWatch: what `aws cloudwatch get-metric-statistics` and `get-metric-data` print.
///
/// Several answers may follow each other in one file.
enum RateExport {
  /// One series of an export.
  private struct Series {
    var labels: [(name: String, value: String)]
    var points: [(time: JSONNode, value: JSONNode)]
    /// What its values are, where the export says so.
    var meaning: RateSeries.Meaning?

    var shown: String {
      labels.isEmpty ? "{}" : labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", ")
    }
  }

  private static let forms =
    "the answer of Prometheus to a range query, or of aws cloudwatch get-metric-statistics or get-metric-data"

  static func gather(
    _ bytes: [UInt8], _ options: RateSeries.Options
  ) throws(TraceErrors) -> RateSeries.Gathered {
    let file = try JSONFile(bytes)
    var all: [Series] = []
    for root in file.roots { all += try series(root, file, options) }
    let chosen = try select(joined(all), file, options)
    return try points(chosen, of: all.count, file, options)
  }

  // MARK: Forms

  private static func series(
    _ root: JSONNode, _ file: JSONFile, _ options: RateSeries.Options
  ) throws(TraceErrors) -> [Series] {
    if let items = root.items { return try prometheus(items, root, file) }
    if let status = root["status"]?.text, status != "success" {
      let reason = root["error"]?.text.map { ": \($0)" } ?? ""
      throw file.failure(root, found: "an answer of status \(status)\(reason)", allowed: forms)
    }
    if let data = root["data"] {
      guard let items = data["result"]?.items else { throw file.failure(data, allowed: forms) }
      let type = data["resultType"]?.text ?? "matrix"
      guard type == "matrix" else {
        throw file.failure(
          data, found: "an answer of type \(type)",
          allowed: "that of a range query, which is a matrix")
      }
      return try prometheus(items, data, file)
    }
    if let points = root["Datapoints"]?.items {
      return [try statistics(points, root, file, options)]
    }
    if let results = root["MetricDataResults"]?.items {
      return try results.map { result throws(TraceErrors) in try metricData(result, file) }
    }
    throw file.failure(root, found: "another object", allowed: forms)
  }

  private static func prometheus(
    _ items: [JSONNode], _ parent: JSONNode, _ file: JSONFile
  ) throws(TraceErrors) -> [Series] {
    guard !items.isEmpty else {
      throw file.failure(parent, found: "no series", allowed: "at least one")
    }
    return try items.map { item throws(TraceErrors) in
      guard let values = item["values"]?.items else { throw file.failure(item, allowed: forms) }
      var series = Series(labels: [], points: [], meaning: nil)
      for label in item["metric"]?.members ?? [] {
        series.labels.append((label.name, label.value.scalar ?? label.value.shown))
      }
      for value in values {
        guard let pair = value.items, pair.count == 2 else {
          throw file.failure(value, allowed: "a time and a value, such as [1733756400, \"12.5\"]")
        }
        series.points.append((pair[0], pair[1]))
      }
      return series
    }
  }

  /// Sums and numbers of samples are counts; other statistics say nothing of how many there were.
  private static func statistics(
    _ points: [JSONNode], _ root: JSONNode, _ file: JSONFile, _ options: RateSeries.Options
  ) throws(TraceErrors) -> Series {
    var series = Series(labels: [("Label", root["Label"]?.text ?? "")], points: [], meaning: nil)
    guard let first = points.first else {
      throw file.failure(root, found: "no data point", allowed: "at least two")
    }
    let known = ["Sum", "SampleCount"].filter { first[$0] != nil }
    guard let name = options.columns.first ?? (known.count == 1 ? known[0] : nil),
      options.columns.count < 2
    else {
      let found = first.members?.map(\.name).filter { !["Timestamp", "Unit"].contains($0) } ?? []
      throw file.failure(
        first, found: "the statistics " + found.joined(separator: ", "),
        allowed: "Sum or SampleCount, which count requests, or one named, such as column: Sum")
    }
    for point in points {
      guard let time = point["Timestamp"], let value = point[name] else {
        throw file.failure(
          point, found: "a data point without Timestamp or \(name)", allowed: "both")
      }
      if name == "Sum", let unit = point["Unit"]?.text, !["Count", "None"].contains(unit) {
        throw file.failure(
          point, found: "a sum of \(unit)",
          allowed: "a sum of Count, or the number of samples: column: SampleCount")
      }
      series.points.append((time, value))
    }
    if ["Sum", "SampleCount"].contains(name) { series.meaning = .count }
    return series
  }

  private static func metricData(
    _ result: JSONNode, _ file: JSONFile
  ) throws(TraceErrors) -> Series {
    guard let times = result["Timestamps"]?.items, let values = result["Values"]?.items,
      times.count == values.count
    else { throw file.failure(result, allowed: "an object with as many Timestamps as Values") }
    var series = Series(labels: [], points: [], meaning: nil)
    for name in ["Id", "Label"] {
      if let text = result[name]?.text { series.labels.append((name, text)) }
    }
    series.points = zip(times, values).map { ($0, $1) }
    return series
  }

  // MARK: Series

  /// The series, those with the same labels made one: an answer may come in pages.
  private static func joined(_ all: [Series]) -> [Series] {
    var joined: [Series] = []
    for series in all {
      if let same = joined.firstIndex(where: { $0.shown == series.shown }) {
        joined[same].points += series.points
      } else {
        joined.append(series)
      }
    }
    return joined
  }

  private static func select(
    _ all: [Series], _ file: JSONFile, _ options: RateSeries.Options
  ) throws(TraceErrors) -> [Series] {
    let chosen = all.filter { series in
      options.conditions.allSatisfy { condition in
        series.labels.contains { $0.name == condition.column && $0.value == condition.text }
      }
    }
    let root = file.roots[0]
    func listed(_ series: [Series]) -> String {
      let shown = series.prefix(6).map(\.shown).joined(separator: "; ")
      return series.count > 6 ? shown + "; and \(series.count - 6) more" : shown
    }
    guard !chosen.isEmpty else {
      throw file.failure(
        root,
        found: "no series with "
          + options.conditions.map { "\($0.column)=\($0.text)" }.joined(separator: ", "),
        allowed: "one of: " + listed(all))
    }
    guard chosen.count == 1 || options.isSum else {
      throw file.failure(
        root, found: "\(chosen.count) series: " + listed(chosen),
        allowed:
          "one, chosen by a label such as select: { \(chosen[0].labels.first?.name ?? "label"): "
          + "\(chosen[0].labels.first?.value ?? "value") }, or sum: on to add them up")
    }
    return chosen
  }

  private static func points(
    _ chosen: [Series], of count: Int, _ file: JSONFile, _ options: RateSeries.Options
  ) throws(TraceErrors) -> RateSeries.Gathered {
    guard let meaning = options.meaning ?? chosen[0].meaning else {
      throw file.failure(
        file.roots[0], found: "values that may be anything",
        allowed: "values: rate (requests a second) or values: count (requests in each step)")
    }
    if let own = chosen[0].meaning, own != meaning {
      throw file.failure(
        file.roots[0], found: "sums or numbers of samples", allowed: "values: \(own.rawValue)")
    }
    var clock = InputClock(zone: options.zone)
    var points: [RateSeries.Point] = []
    for series in chosen {
      var own: [RateSeries.Point] = []
      for point in series.points {
        own.append(
          RateSeries.Point(
            time: try time(point.time, &clock, file), value: try value(point.value, file),
            line: file.line(of: point.time)))
      }
      points += withoutRepeats(own)
    }
    var notes: [String] = []
    if chosen.count > 1 { notes.append("\(chosen.count) series added up") }
    if count > chosen.count && chosen.count == 1 {
      notes.append("of \(count) series \(chosen[0].shown)")
    }
    return RateSeries.Gathered(
      points: points, clock: clock, meaning: meaning, window: nil, notes: notes)
  }

  /// Pages of one series overlap at their ends: a value that repeats is one.
  private static func withoutRepeats(_ points: [RateSeries.Point]) -> [RateSeries.Point] {
    let sorted = points.sorted { ($0.time, $0.line) < ($1.time, $1.line) }
    var kept: [RateSeries.Point] = []
    for point in sorted {
      if let last = kept.last, last.time == point.time, last.value == point.value { continue }
      kept.append(point)
    }
    return kept
  }

  private static func time(
    _ node: JSONNode, _ clock: inout InputClock, _ file: JSONFile
  ) throws(TraceErrors) -> Int64 {
    guard let text = node.scalar else { throw file.failure(node, allowed: clock.allowed) }
    do {
      return try clock.read(Array(text.utf8).span)
    } catch {
      throw file.failure(node, allowed: error.allowed)
    }
  }

  private static func value(_ node: JSONNode, _ file: JSONFile) throws(TraceErrors) -> Int64 {
    let number = node.scalar.flatMap { try? DecimalText(parsingScientific: $0) }
    guard let value = RateValue.nano(number) else {
      throw file.failure(node, allowed: RateValue.allowed)
    }
    return value
  }
}
