// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

extension Chart {
  /// A bar with its name above it and what it comes to behind it.
  struct Bar {
    let name: String
    let value: Double
    let text: String
    /// Where its interval begins and ends; `nil` where it has none.
    var range: ClosedRange<Double>?
    var style = "a"
  }

  /// Bars below each other, the longest over the whole width.
  static func bars(
    _ bars: [Bar], title: String, unit: String, description: String
  ) -> Chart {
    let row = 40.0
    var chart = Chart(
      title: title, description: description, height: row * Double(bars.count) + 6,
      header: ["", "\(unit)>"], rows: bars.map { [$0.name, $0.text] })
    let longest = bars.map { max($0.value, $0.range?.upperBound ?? $0.value) }.max() ?? 1
    let scale = (width - 8) / max(longest, .leastNormalMagnitude)
    for (number, bar) in bars.enumerated() {
      let top = Double(number) * row
      chart.text(cut(bar.name, to: width - 8 - Double(bar.text.count) * 7.4), x: 0, y: top + 14)
      chart.text(bar.text, x: width, y: top + 14, anchor: "end", style: "t n")
      chart.bar(
        0, top + 20, width: max(0, bar.value) * scale, height: 13, style: bar.style,
        says: "\(bar.name): \(bar.text)")
      guard let range = bar.range, range.upperBound > range.lowerBound else { continue }
      let middle = top + 26.5
      chart.line(
        range.lowerBound * scale, middle, range.upperBound * scale, middle, style: "range")
    }
    return chart
  }

  /// What each input does to a measure: a bar from its value at the lowest to that at the highest.
  struct Swing {
    let name: String
    let low: Double
    let high: Double
    let lowText: String
    let highText: String
    let inputs: String
  }

  /// A tornado: the widest bar first, and the scenario as it is as a line through all.
  static func tornado(
    _ swings: [Swing], base: Double, baseText: String, title: String
  ) -> Chart {
    let row = 40.0
    let height = row * Double(swings.count) + 40
    var chart = Chart(
      title: title,
      description: "The line is the scenario as it is, \(baseText); a bar is one input alone.",
      height: height, header: ["input", "from … to", "at the lowest>", "at the highest>"],
      rows: swings.map { [$0.name, $0.inputs, $0.lowText, $0.highText] })
    let all = swings.flatMap { [$0.low, $0.high] } + [base]
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    let scale = (width - 4) / max(high - low, .leastNormalMagnitude)
    func place(_ value: Double) -> Double { 2 + (value - low) * scale }
    for (number, swing) in swings.enumerated() {
      let top = Double(number) * row
      chart.text(cut("\(swing.name): \(swing.inputs)"), x: 0, y: top + 14)
      for (end, text, style) in [
        (swing.low, swing.lowText, "b"), (swing.high, swing.highText, "a"),
      ] {
        chart.bar(
          min(place(base), place(end)), top + 20, width: abs(place(end) - place(base)), height: 13,
          style: style, says: "\(swing.name): \(text)")
      }
      chart.line(place(base), top + 17, place(base), top + 36, style: "mark")
    }
    let anchor = place(base) > width * 0.6 ? "end" : "start"
    chart.text(
      "as it is: \(baseText)", x: place(base), y: height - 22, anchor: anchor, style: "t n")
    chart.bar(0, height - 12, width: 10, height: 10, style: "b", says: "lowest")
    chart.text("at the lowest value", x: 15, y: height - 3)
    chart.bar(150, height - 12, width: 10, height: 10, style: "a", says: "highest")
    chart.text("at the highest value", x: 165, y: height - 3)
    return chart
  }

  /// A waterfall: from a first amount by steps to a last one.
  package static func waterfall(
    from first: (name: String, value: Double),
    steps: [(name: String, saving: Double, text: String)],
    to last: (name: String, value: Double), title: String
  ) -> Chart {
    let row = 40.0
    let amount = { (value: Double) in formatted(value, places: 0, groupSeparator: ",") + " USD" }
    var chart = Chart(
      title: title,
      description: "From \(amount(first.value)) to \(amount(last.value)) a month.",
      height: row * Double(steps.count + 2) + 6, header: ["", "USD a month>"],
      rows: [[first.name, amount(first.value)]] + steps.map { [$0.name, $0.text] }
        + [[last.name, amount(last.value)]])
    var level = first.value
    var levels = [first.value, last.value]
    for step in steps {
      level -= step.saving
      levels.append(level)
    }
    let scale = (width - 8) / max(levels.max() ?? 1, .leastNormalMagnitude)
    level = first.value
    for number in 0..<(steps.count + 2) {
      let top = Double(number) * row
      var (name, text, from, to, style) = (first.name, amount(first.value), 0.0, first.value, "a")
      if number == steps.count + 1 {
        (name, text, from, to) = (last.name, amount(last.value), 0, last.value)
      } else if number > 0 {
        let step = steps[number - 1]
        (name, text) = (step.name, step.text)
        (from, to) = (level - step.saving, level)
        style = step.saving >= 0 ? "good" : "bad"
        level = from
      }
      chart.text(cut(name, to: width - 8 - Double(text.count) * 7.4), x: 0, y: top + 14)
      chart.text(text, x: width, y: top + 14, anchor: "end", style: "t n")
      chart.bar(
        max(0, min(from, to)) * scale, top + 20, width: abs(to - from) * scale, height: 13,
        style: style, says: "\(name): \(text)")
    }
    return chart
  }
}
