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
    windows = Self.windows(of: times)
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

  /// The most windows that times are counted in; longer records have longer windows.
  private static var mostWindows: Double { 1_000_000 }

  /// Ten minutes each, or a minute in records below two hours, or halves of one below two minutes.
  private static func windows(of times: [Double]) -> [Window] {
    guard let first = times.first, let last = times.last else { return [] }
    let length = last - first
    let step = length > 7_200 ? max(600, length / mostWindows) : min(60, length / 2)
    var counts = [Double](repeating: 0, count: Int((length / step).rounded(.down)))
    for time in times {
      let index = Int(((time - first) / step).rounded(.down))
      if index < counts.count { counts[index] += 1 }
    }
    return counts.enumerated().map {
      Window(start: first + Double($0) * step, length: step, count: $1)
    }
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
      index(inWindowsOf: step).map { Dispersion(window: step, index: $0) }
    }
  }

  /// Variance ÷ mean, the variance with n as its divisor: the windows are all that there are.
  private static func index(_ counts: [Double]) -> Double {
    let mean = counts.reduce(0, +) / Double(counts.count)
    let squares = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return squares / Double(counts.count) / mean
  }

  /// The same of the whole windows of a length; nil below ten of them.
  ///
  /// - Complexity: O(arrivals), however many windows are empty.
  private func index(inWindowsOf step: Double) -> Double? {
    guard let first = times.first, let last = times.last else { return nil }
    let number = ((last - first) / step).rounded(.down)
    guard number > 9 else { return nil }
    var (sum, squares) = (0.0, 0.0)
    var (window, count) = (0.0, 0.0)
    func close() {
      sum += count
      squares += count * count
      count = 0
    }
    for time in times {
      let own = ((time - first) / step).rounded(.down)
      guard own < number else { break }
      if own != window { close() }
      window = own
      count += 1
    }
    close()
    let mean = sum / number
    return (squares / number - mean * mean) / mean
  }

  /// The standard deviation ÷ mean of the gaps, over all and within minutes whose rate is taken as
  /// constant.
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
      let mean = part.reduce(0, +) / Double(part.count)
      if part.count > 9, mean > 0 {
        sum += part.reduce(0) { $0 + ($1 / mean - 1) * ($1 / mean - 1) }
        degrees += Double(part.count - 1)
      }
      start = max(end, start + 1)
    }
    return (all, degrees > 0 ? (sum / degrees).squareRoot() : .nan)
  }

  /// The probability of counts within minutes that scatter at least so much, if arrivals were a
  /// Poisson
  /// process whose rate changes only from minute to minute; nil without times.
  ///
  /// The dispersion test by pieces: Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao,
  /// "Statistical
  /// analysis of a telephone call center", Journal of the American Statistical Association 100
  /// (2005)
  /// 36–50, DOI 10.1198/016214504000001808, section 4.
  package var poissonProbability: Double? {
    guard !times.isEmpty else { return nil }
    // Parts of about five arrivals each, as the chi-square law wants.
    let part = max(1, min(30, 5 / max(rate, 1e-9)))
    let parts = max(2, Int(60 / part))
    let (first, last) = (times[0], times[times.count - 1])
    var counts = [Double](repeating: 0, count: parts)
    var (sum, degrees) = (0.0, 0)
    var index = 0
    while index < times.count {
      let minute = ((times[index] - first) / 60).rounded(.down)
      guard first + (minute + 1) * 60 <= last else { break }
      for part in counts.indices { counts[part] = 0 }
      while index < times.count {
        let place = (times[index] - first) / 60 - minute
        guard place < 1 else { break }
        counts[min(parts - 1, max(0, Int(place * Double(parts))))] += 1
        index += 1
      }
      let mean = counts.reduce(0, +) / Double(parts)
      guard mean > 0 else { break }
      sum += counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
      degrees += parts - 1
    }
    return degrees > 0 ? ChiSquare.survival(sum, degreesOfFreedom: degrees) : nil
  }

  /// The correlation of the rate with itself so many seconds later; nil where the record is too
  /// short.
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
}
