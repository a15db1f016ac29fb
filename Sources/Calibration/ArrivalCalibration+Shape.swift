// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

extension ArrivalCalibration {
  /// The rate of each hour of a week, as it was seen.
  package struct Hours: Sendable, Equatable {
    /// Arrivals a second in each hour, from Monday's first on, UTC.
    package let rates: [Double]
    /// How many hours were never seen, and have the mean of that hour on the other days.
    package let unseen: Int

    /// The highest rate.
    package var peak: Double { rates.max() ?? 0 }
  }

  /// The hour of the week of a time in seconds since 1970, from 0 for Monday's first, UTC.
  static func hourOfWeek(_ time: Double) -> Int {
    // 1970-01-01 was a Thursday, three days after a Monday.
    let hours = (time / 3_600).rounded(.down) + 3 * 24
    return Int(hours - (hours / 168).rounded(.down) * 168)
  }

  /// The shape of days and weeks; nil below two days or without dates.
  package var shape: Shape? {
    guard isDated, let first = windows.first, let last = windows.last,
      last.start + last.length - first.start >= 2 * 86_400
    else { return nil }
    let weekdays = windows.filter { Self.hourOfWeek($0.start) < 5 * 24 }
    let weekends = windows.filter { Self.hourOfWeek($0.start) >= 5 * 24 }
    func mean(_ windows: [Window]) -> Double {
      windows.reduce(0) { $0 + $1.count } / windows.reduce(0) { $0 + $1.length }
    }
    func turn(_ window: Window) -> Double {
      let middle = window.start + window.length / 2
      return middle / 86_400
    }
    let rows = weekdays.map { window -> [Double] in
      [
        1, ElementaryFunctions.cosine(turns: turn(window)),
        ElementaryFunctions.cosine(turns: turn(window) - 0.25),
      ]
    }
    let values = weekdays.map { $0.count / $0.length }
    guard let fit = LinearFit(rows: rows, values: values), fit.coefficients[0] > 0,
      mean(weekdays) > 0
    else { return nil }
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
      mean: level, swing: (a * a + b * b).squareRoot() / level,
      peak: Double(peak ?? 0) * 60,
      weekend: long && !weekends.isEmpty ? mean(weekends) / mean(weekdays) : nil,
      explained: spread > 0 ? 1 - fit.residualSumOfSquares / spread : 0)
  }

  /// The rate by hour of the week; nil below two days, without dates, where windows are longer
  /// than an hour, or
  /// where some hour of the day was seen on no day.
  ///
  /// - Complexity: O(windows).
  package var hours: Hours? {
    guard isDated, let first = windows.first, let last = windows.last,
      last.start + last.length - first.start >= 2 * 86_400,
      windows.allSatisfy({ $0.length <= 3_600 })
    else { return nil }
    var counts = [Double](repeating: 0, count: 168)
    var times = counts
    for window in windows {
      let hour = Self.hourOfWeek(window.start + window.length / 2)
      counts[hour] += window.count
      times[hour] += window.length
    }
    var rates: [Double] = []
    for hour in counts.indices {
      if times[hour] > 0 {
        rates.append(counts[hour] / times[hour])
        continue
      }
      let others = stride(from: hour % 24, to: 168, by: 24)
      let time = others.reduce(0) { $0 + times[$1] }
      guard time > 0 else { return nil }
      rates.append(others.reduce(0) { $0 + counts[$1] } / time)
    }
    return rates.contains { $0 > 0 } ? Hours(rates: rates, unseen: times.count { $0 == 0 }) : nil
  }
}
