// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Comparisons, sweeps, searches, levers and uncertain inputs.
extension Page {
  private static func dollars(_ value: Double?) -> String {
    value.map { FigureTextOf.exact($0.rounded(), unit: "USD").replacing(".00", with: "") } ?? "none"
  }

  func comparison(_ document: PageDocument) -> Part {
    func rows(_ name: String) -> [[String]] {
      document.items(name).map { row in
        let unit = row.text("unit") == "share" ? "" : row.text("unit")
        func value(_ key: String) -> String {
          row.number(key).map { FigureTextOf.exact($0, unit: unit) } ?? "?"
        }
        let interval =
          row.number("low").flatMap { low in
            row.number("high").map { (low, $0) }
          }
        let sure =
          interval.map { low, high in
            FigureTextOf.range(row.number("difference") ?? 0, low, high, unit: unit)
          } ?? ""
        return [
          row.text("name"), value("first"), value("second"), value("difference"), sure,
          row.text("change"),
        ]
      }
    }
    let lines = document.items("bill").filter { row in
      (row.number("first") ?? 0) != 0 || (row.number("second") ?? 0) != 0
    }
    let bars = lines.flatMap { row -> [Chart.Bar] in
      [("first", "c", document.text("first")), ("second", "a", document.text("second"))].compactMap
      {
        key, style, name in
        row.number(key).map { value in
          Chart.Bar(
            name: "\(row.text("name")), \(Self.name(of: name))", value: value,
            text: Self.dollars(value), style: style)
        }
      }
    }
    let header = [
      "", "\(Self.name(of: document.text("first")))>", "\(Self.name(of: document.text("second")))>",
      "difference>", "interval>", "",
    ]
    var body = "<div class=figures>\n"
    if !bars.isEmpty {
      body +=
        Chart.bars(
          bars, title: "The bills, a month of 730 hours", unit: "USD a month",
          description: document.text("sentence")
        ).figure
    }
    body += "</div>\n<h3>Bill</h3>\n" + HTML.table(header, rows("bill"), caption: "Bill")
    body += "<h3>Measures</h3>\n" + HTML.table(header, rows("measures"), caption: "Measures")
    body += HTML.paragraph(
      "~ within chance, ≈ differs by less than 1 %, ? not known well enough. The same requests in "
        + "\(document.text("equalRequests")) of \(document.text("replications")) replications.")
    body += HTML.commands(["plimsoll compare \(document.text("first")) \(document.text("second"))"])
    return Part(
      heading:
        "\(Self.name(of: document.text("second"))) against \(Self.name(of: document.text("first")))",
      lead: document.text("sentence"), body: body)
  }

  /// The name of a scenario's file, without folder and ending.
  static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
  }

  func sweep(_ document: PageDocument) -> Part {
    let keys = document.texts("keys")
    let front = document.texts("front")
    var points: [Chart.PlanePoint] = []
    var rows: [[String]] = []
    for point in document.items("points") {
      let values = point.texts("values")
      func measure(_ name: String) -> PageDocument? {
        point.items("measures").first { $0.text("name") == name }
      }
      let (cost, latency) = (measure("monthly_cost"), measure("p99(latency)"))
      let failing = point.items("verdicts").filter { $0.text("verdict") == "fails" }
      let open = point.items("verdicts").filter { $0.text("verdict") == "undecided" }
      let standing =
        point.text("state") == "failed"
        ? "refused" : !failing.isEmpty ? "fails" : !open.isEmpty ? "undecided" : "holds"
      rows.append(
        [point.text("point")] + values + [
          cost.map { Self.figure($0, unit: "USD") } ?? "none",
          latency.map { Self.figure($0, unit: "s") } ?? "none", standing,
        ])
      guard let x = cost?.number("estimate"), let y = latency?.number("estimate") else { continue }
      let isFront = front.contains(point.text("point"))
      let name = zip(Self.short(keys), values).map { "\($0)=\($1)" }.joined(separator: ", ")
      points.append(
        Chart.PlanePoint(
          x: x, y: y, name: name,
          says: "\(name): \(Self.dollars(x)), \(Chart.time(y)), \(standing)",
          style: standing == "holds" ? "good" : standing == "fails" ? "bad" : "doubt",
          isNamed: isFront))
    }
    let onFront = points.filter(\.isNamed)
    let header = ["point>"] + keys + ["a month>", "p99 latency>", "targets"]
    var body = "<div class=figures>\n"
    if !points.isEmpty {
      body +=
        Chart.plane(
          points, front: onFront, title: "Cost against latency", x: "USD a month", y: "p99 latency",
          header: header, rows: rows
        ).figure
    }
    body += "</div>\n<h3>Points</h3>\n" + HTML.table(header, rows, caption: "Points")
    body += HTML.paragraph(
      "Green points hold all targets, red ones fail one, brown ones are undecided. The dashed line joins the front: "
        + "no other point is both cheaper and quicker.")
    let cheapest = onFront.min { $0.x < $1.x }
    let lead =
      "\(rows.count) points of \(keys.joined(separator: ", ")); \(onFront.count) on the front of cost against p99 "
      + "latency."
      + (cheapest.map { " The cheapest: \($0.says)." } ?? "")
    return Part(
      heading: "Sweep of \(Self.name(of: document.text("scenario")))", lead: lead, body: body)
  }

  /// The keys by as many of their last names as tell them apart.
  private static func short(_ keys: [String]) -> [String] {
    for count in 1...8 {
      let names = keys.map { $0.split(separator: ".").suffix(count).joined(separator: ".") }
      let isClear = names.allSatisfy { name in
        names.count { $0 == name } == 1 && !["max", "min"].contains(name)
      }
      if isClear { return names }
    }
    return keys
  }

  /// How a standing is drawn.
  private static func style(_ standing: String) -> String {
    switch standing {
    case "fails", "refused": "bad"
    case "holds": "a"
    case "dearer": "c"
    default: "doubt"
    }
  }

  func optimum(_ document: PageDocument) -> Part {
    let keys = document.texts("keys")
    let chosen = document.texts("chosen")
    var rows: [[String]] = []
    var bars: [Chart.Bar] = []
    for point in document.items("points") {
      let cost = point.part("monthlyCost")
      let values = point.texts("values")
      let isChosen = chosen.contains(point.text("point"))
      let failing = point.items("verdicts").filter { $0.text("verdict") != "holds" }
        .map { "\($0.text("target")): \($0.text("verdict"))" }
      rows.append(
        [point.text("point")] + values + [
          cost.map { Self.figure($0, unit: "USD") } ?? "none",
          cost.map { Self.range($0, unit: "USD") } ?? "",
          point.text("standing") + (isChosen ? ", chosen" : ""),
          point.has("reason") ? point.text("reason") : failing.joined(separator: "; "),
        ])
      guard let value = cost?.number("estimate") else { continue }
      let standing = point.text("standing")
      let name = zip(Self.short(keys), values).map { "\($0)=\($1)" }.joined(separator: ", ")
      let low = cost?.number("low")
      let high = cost?.number("high")
      bars.append(
        Chart.Bar(
          name: name + (isChosen ? ": chosen" : standing == "holds" ? ": holds" : ": \(standing)"),
          value: value, text: Self.dollars(value),
          range: low.flatMap { low in high.flatMap { low <= $0 ? low...$0 : nil } },
          style: isChosen ? "good" : Self.style(standing)))
    }
    let shown = Array(bars.sorted { $0.value < $1.value }.prefix(24))
    var body = "<div class=figures>\n"
    if !shown.isEmpty {
      body +=
        Chart.bars(
          shown, title: "What each fleet costs", unit: "USD a month",
          description: document.texts("summary").first ?? ""
        ).figure
    }
    body += "</div>\n" + HTML.list("In words", document.texts("summary"))
    body += "<h3>Fleets that were tried</h3>\n"
    body += HTML.table(
      ["point>"] + keys + ["a month>", "interval>", "standing", "what does not hold"], rows,
      caption: "Fleets")
    let lead = document.texts("summary").first ?? "No fleet was found."
    return Part(
      heading: "The cheapest fleet of \(Self.name(of: document.text("scenario")))", lead: lead,
      body: body)
  }

  func levers(_ document: PageDocument) -> Part {
    let first = document.part("baseline")?.number("estimate") ?? 0
    let last = document.part("optimised")?.number("estimate") ?? 0
    func worth(_ lever: PageDocument, _ key: String) -> String {
      guard let part = lever.part(key), let saving = part.part("saving") else { return "" }
      return Self.figure(saving, unit: "USD")
        + (part.flag("restsOnFleetsThatDoNotHold") || part.flag("restsOnUndecidedFleets")
          ? " ?" : "")
    }
    let steps = document.items("levers").map { lever in
      (
        name: lever.text("name"),
        saving: lever.part("share")?.part("saving")?.number("estimate") ?? 0,
        text: worth(lever, "share")
      )
    }
    let rows = document.items("levers").map { lever in
      [
        lever.text("name"), worth(lever, "alone"), worth(lever, "removed"), worth(lever, "share"),
      ]
    }
    var body = "<div class=figures>\n"
    body +=
      Chart.waterfall(
        from: ("no lever", first), steps: steps, to: ("all levers", last),
        title: "What each lever saves, by its Shapley share"
      ).figure
    body += "</div>\n<h3>Levers</h3>\n"
    body += HTML.table(
      ["lever", "alone>", "taken from all>", "Shapley share>"], rows, caption: "Levers")
    body += HTML.paragraph("? rests on fleets that do not hold, or are undecided.")
    body += HTML.list("Contradictions", document.texts("contradictions"))
    let best = steps.max { $0.saving < $1.saving }
    let lead =
      "All levers together bring the bill from \(Self.dollars(first)) to \(Self.dollars(last)) a month."
      + (best.map { " The largest share has \($0.name): \($0.text)." } ?? "")
    return Part(
      heading: "What levers are worth: \(Self.name(of: document.text("scenario")))", lead: lead,
      body: HTML.paragraph(document.text("about")) + body)
  }

  func sensitivity(_ document: PageDocument) -> Part {
    var body = "<div class=figures>\n"
    var leads: [String] = []
    for measure in document.items("measures") {
      let unit = measure.text("unit") == "share" ? "" : measure.text("unit")
      guard let base = measure.number("base") else { continue }
      func text(_ value: Double) -> String {
        FigureTextOf.estimate(value, value - abs(value) / 200, value + abs(value) / 200, unit: unit)
      }
      let swings = measure.items("inputs").compactMap { input -> Chart.Swing? in
        guard let low = input.number("atLow"), let high = input.number("atHigh") else { return nil }
        let ends = "\(input.text("from")) … \(input.text("to")) \(input.text("unit"))"
        return Chart.Swing(
          name: input.text("name"), low: low, high: high, lowText: text(low), highText: text(high),
          inputs: ends)
      }.sorted { abs($0.high - $0.low) > abs($1.high - $1.low) }
      guard !swings.isEmpty else { continue }
      if let first = swings.first {
        leads.append("\(measure.text("name")) is moved most by \(first.name)")
      }
      body +=
        Chart.tornado(
          swings, base: base, baseText: text(base), title: measure.text("name")
        ).figure
    }
    body += "</div>\n"
    return Part(
      heading: "Which input matters: \(Self.name(of: document.text("scenario")))",
      lead: leads.isEmpty ? "No measure was moved." : leads.joined(separator: "; ") + ".",
      body: body)
  }
}
