// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Quantities

extension Chart {
  private static var left: Double { 44 }
  private static var right: Double { 10 }
  private static var top: Double { 12 }
  private static var bottom: Double { 40 }

  /// A share of requests answered within a time.
  struct CurvePoint: Equatable {
    /// Seconds.
    let time: Double
    /// The share that took at most this long.
    let share: Double
  }

  /// A bound on a share of requests.
  struct Bound {
    /// Seconds.
    let time: Double
    /// The share that has to be quicker; `nil` where it is a bound on a mean.
    let share: Double?
    /// As it was written.
    let text: String
  }

  /// Which share of requests was answered within which time, with targets.
  static func distribution(
    _ points: [CurvePoint], quantiles: [(name: String, time: Double, share: Double)],
    bounds: [Bound], title: String
  ) -> Chart {
    let height = 230.0
    let times = points.map(\.time) + bounds.map(\.time)
    let low = max(1e-6, times.min() ?? 1e-3)
    let high = max(low * 1.5, times.max() ?? 1)
    let sentence = quantiles.map { "\($0.name) \(time($0.time))" }.joined(separator: ", ")
    var chart = Chart(
      title: title, description: "\(sentence). \(bounds.map(\.text).joined(separator: ", "))",
      height: height, header: ["share of requests", "at most>"],
      rows: quantiles.map { [$0.name, time($0.time)] } + bounds.map { ["target", $0.text] })
    func x(_ seconds: Double) -> Double {
      left + (log(max(seconds, low)) - log(low)) / (log(high) - log(low)) * (width - left - right)
    }
    func y(_ share: Double) -> Double { height - bottom - share * (height - top - bottom) }
    for share in [0, 0.25, 0.5, 0.75, 1.0] {
      chart.line(left, y(share), width - right, y(share), style: share == 0 ? "axis" : "grid")
      chart.text(
        formatted(share * 100, places: 0) + " %", x: left - 5, y: y(share) + 4, anchor: "end")
    }
    var last = -100.0
    for power in -6...4 {
      for factor in [1.0, 3] {
        let value = factor * pow(10, Double(power))
        guard value >= low * 0.999, value <= high * 1.001, x(value) - last > 48 else { continue }
        last = x(value)
        chart.line(x(value), height - bottom, x(value), height - bottom + 4)
        chart.text(
          time(value), x: min(x(value), width - 16), y: height - bottom + 18, anchor: "middle")
      }
    }
    chart.text("time, on a logarithmic scale", x: width - right, y: height - 4, anchor: "end")
    var line = [(x: x(points.first?.time ?? low), y: y(0))]
    for point in points { line.append((x(point.time), y(point.share))) }
    line.append((width - right, y(points.last?.share ?? 0)))
    chart.path(line, style: "line")
    for (number, bound) in bounds.enumerated() {
      chart.line(x(bound.time), top, x(bound.time), height - bottom, style: "target")
      let isLeft = x(bound.time) > width / 2
      chart.text(
        bound.text, x: x(bound.time) + (isLeft ? -5 : 5), y: y(0) - 8 - 16 * Double(number),
        anchor: isLeft ? "end" : "start", style: "t target-text")
    }
    for quantile in quantiles where quantile.time.isFinite {
      chart.dot(
        x(quantile.time), y(quantile.share), style: "a",
        says: "\(quantile.name): \(time(quantile.time))", radius: 4)
      let isLeft = x(quantile.time) > width * 0.62
      chart.text(
        "\(quantile.name) \(time(quantile.time))", x: x(quantile.time) + (isLeft ? -8 : 8),
        y: y(quantile.share) + (isLeft ? -6 : 14), anchor: isLeft ? "end" : "start", style: "t n")
    }
    return chart
  }

  /// Steps over time with marks where something happened.
  static func steps(
    _ lines: [(name: String, points: [(hour: Double, value: Double)])],
    marks: [Double], hours: Double, title: String, note: String
  ) -> Chart {
    let height = 190.0 + 16 * Double(lines.count)
    let values = lines.flatMap { $0.points.map(\.value) }
    let most = max(1, values.max() ?? 1)
    var rows: [[String]] = []
    for line in lines {
      let all = line.points.map(\.value)
      let mean = all.reduce(0, +) / Double(max(1, all.count))
      rows.append([
        line.name, formatted(all.min() ?? 0, places: 0), formatted(mean, places: 2),
        formatted(all.max() ?? 0, places: 0),
      ])
    }
    var chart = Chart(
      title: title, description: note, height: height,
      header: ["", "fewest>", "mean>", "most>"], rows: rows)
    let floor = height - bottom - 16 * Double(lines.count)
    func x(_ hour: Double) -> Double { left + hour / max(hours, 1e-9) * (width - left - right) }
    func y(_ value: Double) -> Double { floor - value / most * (floor - top) }
    for tick in ticks(0, most) where tick == tick.rounded() {
      chart.line(left, y(tick), width - right, y(tick), style: tick == 0 ? "axis" : "grid")
      chart.text(formatted(tick, places: 0), x: left - 5, y: y(tick) + 4, anchor: "end")
    }
    let isDays = hours > 48
    for tick in ticks(0, isDays ? hours / 24 : hours, about: 6) {
      let hour = isDays ? tick * 24 : tick
      guard isDays == false || tick == tick.rounded() else { continue }
      chart.line(x(hour), floor, x(hour), floor + 4)
      chart.text(
        formatted(tick, places: tick == tick.rounded() ? 0 : 1), x: x(hour), y: floor + 18,
        anchor: "middle")
    }
    chart.text(isDays ? "days" : "hours", x: width - right, y: floor + 34, anchor: "end")
    for mark in marks {
      chart.line(x(mark), top, x(mark), floor, style: "event")
    }
    for (number, line) in lines.enumerated() {
      var points: [(x: Double, y: Double)] = []
      for point in line.points {
        if let last = points.last { points.append((x(point.hour), last.y)) }
        points.append((x(point.hour), y(point.value)))
      }
      if let last = points.last { points.append((x(hours), last.y)) }
      let style = ["line", "line second", "line third"][min(number, 2)]
      chart.path(points, style: style)
      let at = floor + 34 + 16 * Double(number)
      chart.line(left, at - 4, left + 22, at - 4, style: style)
      chart.text(line.name, x: left + 28, y: at)
    }
    return chart
  }

  /// A point of a plane, with its interval in both directions.
  struct PlanePoint {
    let x: Double
    let y: Double
    let name: String
    let says: String
    let style: String
    let isNamed: Bool
  }

  /// Points of cost and latency, the front joined by a line.
  static func plane(
    _ points: [PlanePoint], front: [PlanePoint], title: String, x xName: String, y yName: String,
    header: [String], rows: [[String]]
  ) -> Chart {
    let height = 280.0
    var chart = Chart(
      title: title, description: "\(points.count) points; the front has \(front.count).",
      height: height, header: header, rows: rows)
    let xs = points.map(\.x)
    let ys = points.map(\.y)
    func widened(_ values: [Double]) -> (low: Double, high: Double) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      let margin = high > low ? (high - low) * 0.08 : max(abs(low) * 0.05, 1e-9)
      return (low - margin, high + margin)
    }
    let (xLow, xHigh) = widened(xs)
    let (yLow, yHigh) = widened(ys)
    func x(_ value: Double) -> Double {
      left + (value - xLow) / (xHigh - xLow) * (width - left - right)
    }
    func y(_ value: Double) -> Double {
      height - bottom - (value - yLow) / (yHigh - yLow) * (height - top - bottom)
    }
    chart.line(left, height - bottom, width - right, height - bottom)
    for tick in ticks(yLow, yHigh) {
      chart.line(left, y(tick), width - right, y(tick), style: "grid")
      chart.text(time(tick), x: left - 4, y: y(tick) + 4, anchor: "end", style: "t small")
    }
    for tick in ticks(xLow, xHigh) {
      chart.line(x(tick), height - bottom, x(tick), height - bottom + 4)
      chart.text(dollars(tick), x: x(tick), y: height - bottom + 18, anchor: "middle")
    }
    chart.text(xName, x: width - right, y: height - 4, anchor: "end")
    chart.text(yName, x: left + 4, y: top + 2)
    chart.path(
      front.sorted { $0.x < $1.x }.map { (x($0.x), y($0.y)) }, style: "front")
    var taken: [(x: Double, y: Double)] = []
    for point in points {
      chart.dot(x(point.x), y(point.y), style: point.style, says: point.says)
    }
    for point in points where point.isNamed {
      let room = (left: x(point.x) - 10, right: width - x(point.x) - 10)
      let isLeft = room.left > room.right && Double(point.name.count) * 6.9 > room.right
      var at = y(point.y) - 8
      // A name that would lie over another is moved down.
      while taken.contains(where: { abs($0.y - at) < 13 && abs($0.x - x(point.x)) < 140 }),
        at < height - bottom
      { at += 13 }
      taken.append((x(point.x), at))
      chart.text(
        cut(point.name, to: isLeft ? room.left : room.right), x: x(point.x) + (isLeft ? -8 : 8),
        y: at,
        anchor: isLeft ? "end" : "start", style: "t n")
    }
    return chart
  }
}
