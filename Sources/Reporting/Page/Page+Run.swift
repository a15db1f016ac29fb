// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Statistics

extension Page {
  /// A number with as many digits as its interval supports.
  static func figure(_ row: PageDocument, unit: String) -> String {
    guard let value = row.number("estimate") else {
      let state = row.text("state")
      return state.isEmpty || state == "estimated" ? "none" : state
    }
    let unit = unit == "share" ? "" : unit
    guard let low = row.number("low"), let high = row.number("high") else {
      return FigureTextOf.exact(value, unit: unit)
    }
    return FigureTextOf.estimate(value, low, high, unit: unit)
  }

  /// The interval of a row; nothing where it is exact or there is none.
  static func range(_ row: PageDocument, unit: String) -> String {
    guard let value = row.number("estimate"), let low = row.number("low"),
      let high = row.number("high")
    else { return "" }
    if row.flag("exact") || row.flag("isExact") { return "exact" }
    return FigureTextOf.range(value, low, high, unit: unit == "share" ? "" : unit)
  }

  /// A run, or what a check says of one.
  func run(_ document: PageDocument, _ curves: RunCurves?) -> Part {
    let scenario = document.text("scenario")
    let measures = document.items("measures")
    let verdicts = document.items("verdicts")
    let cost = measures.first { $0.text("name") == "monthly_cost" }
    let lead = RunReport.answer(
      cost: cost.map { Self.figure($0, unit: "USD") } ?? "",
      range: cost.map { Self.range($0, unit: "USD") } ?? "",
      verdicts: verdicts.map { ($0.text("target"), $0.text("verdict")) })
    var body = Self.verdictList(verdicts)
    body += "<div class=figures>\n"
    body += bill(document)
    for distribution in curves?.distributions ?? [] {
      body += Self.curve(distribution, verdicts, measures).figure
    }
    if let curves, !curves.machines.isEmpty, curves.hours > 0 {
      body += Self.machines(curves).figure
    }
    body += "</div>\n<h3>Measures</h3>\n"
    let confidence = measures.first?.number("confidence") ?? 0.95
    body += HTML.table(
      ["measure", "estimate>", "\(formatted(confidence * 100, places: 0)) % interval>", "note"],
      measures.map { row in
        [
          row.text("name"), Self.figure(row, unit: row.text("unit")),
          Self.range(row, unit: row.text("unit")), row.text("note"),
        ]
      }, caption: "Measures")
    if let regression = document.part("regressions") { body += Self.regressions(regression) }
    body += HTML.list("Assumed, and open", document.texts("assumptions"))
    body += HTML.list(
      "Notes", document.items("notes").map { "\($0.text("topic")): \($0.text("text"))" })
    body += "<h3>How to make it again</h3>\n"
    body += HTML.commands([
      "plimsoll run \(scenario) --seed \(document.text("seed")) --replications \(document.text("replications"))"
    ])
    body += HTML.paragraph(
      "Price book \(document.text("priceBook")); digest \(document.text("digest").prefix(16)).")
    return Part(heading: scenario, lead: lead, body: body)
  }

  static func verdictList(_ verdicts: [PageDocument]) -> String {
    guard !verdicts.isEmpty else { return "" }
    return "<ul class=verdicts>"
      + verdicts.map { row in
        let kind = row.text("verdict")
        let style = kind == "assumed" ? "holds" : kind
        return "<li class=\(HTML.escaped(style))><b>\(HTML.escaped(kind))</b>"
          + "\(HTML.escaped(row.text("target")))<small>\(HTML.escaped(row.text("reason")))</small></li>"
      }.joined(separator: "\n") + "</ul>\n"
  }

  private func bill(_ document: PageDocument) -> String {
    let bars = document.items("invoice").compactMap { row -> Chart.Bar? in
      guard let value = row.number("usd") else { return nil }
      let names = [row.text("line"), row.text("pool"), row.text("market")].filter { !$0.isEmpty }
      return Chart.Bar(
        name: names.joined(separator: ", "), value: value,
        text: FigureTextOf.exact(value, unit: "USD"))
    }.sorted { $0.value > $1.value }
    guard !bars.isEmpty else { return "" }
    return Chart.bars(
      bars, title: "The bill, a month of 730 hours", unit: "USD a month",
      description: "\(bars.count) lines."
    ).figure
  }

  private static func curve(
    _ distribution: RunCurves.Distribution, _ verdicts: [PageDocument], _ measures: [PageDocument]
  ) -> Chart {
    let name = distribution.time.rawValue
    var bounds: [Chart.Bound] = []
    for row in verdicts where row.text("target").contains("(\(name))") {
      let target = row.text("target")
      guard let parsed = try? Target(parsing: target), row.text("unit") == "s" else { continue }
      bounds.append(
        Chart.Bound(time: parsed.bound.value, share: nil, text: target))
    }
    let points = distribution.points.map { Chart.CurvePoint(time: $0.seconds, share: $0.share) }
    // The same numbers as in the table of measures; what is not known well enough has no dot.
    let quantiles = [("half", "p50", 0.5), ("90 %", "p90", 0.9), ("99 %", "p99", 0.99)].compactMap {
      said, quantile, share -> (name: String, time: Double, share: Double)? in
      let row = measures.first { $0.text("name") == "\(quantile)(\(name))" }
      guard let row, row.text("state") == "estimated" else { return nil }
      return row.number("estimate").map { (said, $0, share) }
    }
    let said =
      distribution.time == .ttft ? "time to the first token" : "latency, arrival to whole answer"
    return Chart.distribution(
      points, quantiles: quantiles, bounds: bounds, title: "Requests by \(said)")
  }

  private static func machines(_ curves: RunCurves) -> Chart {
    var lines = curves.machines.map { ($0.pool, $0.points) }
    if lines.count > 3 {
      let rest = lines[2...].flatMap(\.1)
      var sums: [(hour: Double, value: Double)] = []
      for point in rest {
        if let index = sums.firstIndex(where: { $0.hour == point.hour }) {
          sums[index].value += point.value
        } else {
          sums.append(point)
        }
      }
      lines = Array(lines[..<2]) + [("\(lines.count - 2) other pools", sums)]
    }
    let count = curves.interruptions.count
    return Chart.steps(
      lines.map { (name: $0.0, points: $0.1) }, marks: curves.interruptions, hours: curves.hours,
      title: "Machines that serve, first replication",
      note: count == 0
        ? "No machine was interrupted."
        : "\(count) \(count == 1 ? "interruption" : "interruptions"), each a red line.")
  }

  private static func regressions(_ regression: PageDocument) -> String {
    let rows = regression.items("measures").map { row -> [String] in
      let unit = row.text("unit") == "share" ? "" : row.text("unit")
      let values = ["before", "after"].map { name in
        row.number(name).map { FigureTextOf.exact($0, unit: unit) } ?? "none"
      }
      return [row.text("measure"), row.text("tolerance")] + values
        + [row.part("verdict")?.text("verdict") ?? ""]
    }
    return "<h3>Against \(HTML.escaped(regression.text("baseline")))</h3>\n"
      + HTML.table(
        ["measure", "allowed", "before>", "after>", "verdict"], rows, caption: "Regressions")
  }
}
