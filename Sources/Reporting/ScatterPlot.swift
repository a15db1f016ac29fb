// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Points of a plane in the characters of a terminal, without colours.
struct ScatterPlot {
  /// A point and the character that stands for it; where two fall together the later one is seen.
  struct Mark {
    let x: Double
    let y: Double
    let character: Character
  }

  private let marks: [Mark]
  private let xTitle: String
  private let yTitle: String
  private let columns: Int
  private let rows: Int

  /// A plot of those marks, with its axes and titles at most `width` columns and `height` rows large.
  ///
  /// Marks that are not finite are left out.
  init(_ marks: [Mark], xTitle: String, yTitle: String, width: Int = 80, height: Int = 24) {
    self.marks = marks.filter { $0.x.isFinite && $0.y.isFinite }
    self.xTitle = xTitle
    self.yTitle = yTitle
    columns = width - Self.margin - 1
    rows = height - 4
  }

  /// The columns of the numbers of the vertical axis, with the blank after them.
  private static var margin: Int { 12 }

  /// The plot; nothing where there is no mark.
  var text: String {
    guard let x = Axis(marks.map(\.x), cells: columns), let y = Axis(marks.map(\.y), cells: rows)
    else { return "" }
    var cells = [[Character]](
      repeating: [Character](repeating: " ", count: columns), count: rows)
    for mark in marks { cells[rows - 1 - y.cell(of: mark.y)][x.cell(of: mark.x)] = mark.character }
    var text = "  \(yTitle)\n"
    for (number, line) in cells.enumerated() {
      let fromBottom = rows - 1 - number
      let isLabelled = fromBottom == 0 || fromBottom == rows - 1 || fromBottom == (rows - 1) / 2
      let label = isLabelled ? y.label(ofCell: fromBottom) : ""
      text += padded(label, to: Self.margin - 1, onLeft: true) + " |" + trimmed(line) + "\n"
    }
    text += String(repeating: " ", count: Self.margin) + "+"
    text += String(repeating: "-", count: columns - 1) + "\n"
    let (low, high) = (x.label(ofCell: 0), x.label(ofCell: columns - 1))
    text += String(repeating: " ", count: Self.margin + 1) + low
    text += padded(high, to: max(0, columns - low.count - 1), onLeft: true) + "\n"
    return text + padded(xTitle, to: Self.margin + columns, onLeft: true) + "\n"
  }

  private func trimmed(_ line: [Character]) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return String(line)
  }

  private func padded(_ text: String, to width: Int, onLeft: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return onLeft ? blanks + text : text + blanks
  }

  /// A range of numbers cut into cells.
  private struct Axis {
    let low: Double
    let high: Double
    let cells: Int

    init?(_ values: [Double], cells: Int) {
      guard let low = values.min(), let high = values.max() else { return nil }
      // A single value lies in the middle.
      let isSingle = low == high
      self.low = isSingle ? low - max(1, abs(low)) * 0.05 : low
      self.high = isSingle ? high + max(1, abs(high)) * 0.05 : high
      self.cells = cells
    }

    func cell(of value: Double) -> Int {
      min(cells - 1, max(0, Int((value - low) / (high - low) * Double(cells - 1) + 0.5)))
    }

    func label(ofCell cell: Int) -> String {
      let value = low + (high - low) * Double(cell) / Double(max(1, cells - 1))
      let width = high - low
      let places = width >= 100 ? 0 : width >= 1 ? 2 : 4
      return formatted(value, places: places, groupSeparator: ",")
    }
  }
}
