// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A drawing as inline SVG, with the table of what it shows behind it.
package struct Chart {
  /// The width of all drawings, in the units of their own system: readable on a telephone as on a screen.
  static var width: Double { 400 }

  /// What it shows, in a few words.
  let title: String
  /// What there is to see, for those who do not see it.
  let description: String
  /// How high it is.
  let height: Double
  /// Its parts.
  package var body = ""
  /// What it shows, as a table.
  let header: [String]
  /// The rows of the table.
  package let rows: [[String]]

  /// The figure with its table.
  var figure: String {
    """
    <figure><figcaption>\(HTML.escaped(title))</figcaption>
    <svg viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" role="img" aria-label="\(HTML.escaped(
      title + ". " + description))">
    \(body)</svg>
    <details><summary>The numbers</summary>\(HTML.table(header, rows, caption: title))</details></figure>

    """
  }

  // MARK: Parts

  /// A coordinate with one decimal.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)"
      : "\(tenths / 10 == 0 && tenths < 0 ? "-" : "")\(tenths / 10).\(abs(tenths % 10))"
  }

  /// Adds a text; `anchor` is `start`, `middle` or `end`.
  mutating func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", style: String = "t"
  ) {
    body +=
      "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\">"
      + "\(HTML.escaped(text))</text>\n"
  }

  /// Adds a line.
  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String = "axis")
  {
    body +=
      "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
      + "y2=\"\(Self.number(y2))\"/>\n"
  }

  /// Adds a bar that says what it is where somebody points at it.
  mutating func bar(
    _ x: Double, _ y: Double, width: Double, height: Double, style: String, says: String
  ) {
    body +=
      "<rect class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(1, width)))\" "
      + "height=\"\(Self.number(height))\"><title>\(HTML.escaped(says))</title></rect>\n"
  }

  /// Adds a dot that says what it is.
  mutating func dot(_ x: Double, _ y: Double, style: String, says: String, radius: Double = 5) {
    body +=
      "<circle class=\"\(style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\">"
      + "<title>\(HTML.escaped(says))</title></circle>\n"
  }

  /// Adds a line through points.
  mutating func path(_ points: [(x: Double, y: Double)], style: String) {
    guard let first = points.first else { return }
    var text = "M\(Self.number(first.x)) \(Self.number(first.y))"
    for point in points.dropFirst() {
      text += "L\(Self.number(point.x)) \(Self.number(point.y))"
    }
    body += "<path class=\"\(style)\" d=\"\(text)\"/>\n"
  }

  /// A text cut to what fits a width at the size of labels.
  static func cut(_ text: String, to width: Double = width) -> String {
    let most = Int(width / 6.9)
    return text.count <= most ? text : text.prefix(max(1, most - 1)) + "…"
  }

  // MARK: Scales

  /// Round numbers from `low` to `high`, about so many.
  package static func ticks(_ low: Double, _ high: Double, about count: Int = 4) -> [Double] {
    guard low.isFinite, high.isFinite, high > low else { return [low] }
    let rough = (high - low) / Double(count)
    var unit = 1.0
    while unit > rough { unit /= 10 }
    while unit * 10 <= rough { unit *= 10 }
    let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 >= rough } ?? unit * 10
    var ticks: [Double] = []
    var value = (low / step).rounded(.up) * step
    while value <= high + step * 1e-9, ticks.count < 12 {
      ticks.append(abs(value) < step * 1e-9 ? 0 : value)
      value += step
    }
    return ticks
  }

  /// A time on an axis.
  package static func time(_ seconds: Double) -> String {
    let steps = [(1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3_600.0, "h")]
    let unit = steps.last { seconds >= $0.0 * 0.9995 } ?? steps[0]
    let value = seconds / unit.0
    return formatted(digits: Int64((value * 100).rounded()), places: 2, trimmingZeros: true)
      + " \(unit.1)"
  }

  /// An amount on an axis.
  static func dollars(_ value: Double) -> String {
    abs(value) >= 10_000
      ? formatted(value / 1_000, places: abs(value) >= 100_000 ? 0 : 1) + "k"
      : formatted(value, places: 0, groupSeparator: ",")
  }
}
