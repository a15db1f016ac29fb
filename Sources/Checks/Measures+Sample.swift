// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Statistics

/// What it costs that requests ran in windows only.
///
/// Replications draw their windows apart, so how their values differ holds the spread of sampling too. Two things
/// it may miss: that few replications agree by chance, and hours that decide and were seen in a few windows or
/// in none.
extension Measures {
  /// What is added up over the windows: a count and the requests that it is of.
  typealias WindowValue = (WindowTotals) -> (value: Double, requests: Double)

  /// An interval of a share of requests, wide enough for the windows that it rests on.
  func forSampling(
    _ interval: Interval?, _ value: WindowValue, total: (ReplicationRecord) -> Double
  ) -> Interval? {
    guard let interval, !interval.isExact, interval.low.isFinite, interval.high.isFinite else {
      return interval
    }
    let half = samplingHalfWidth(value, total: total)
    var (low, high) = (
      min(interval.low, interval.estimate - half), max(interval.high, interval.estimate + half)
    )
    for band in rareBands(value) {
      low = min(low, interval.estimate - band.contribution)
      high = max(high, interval.estimate - band.contribution + band.most)
    }
    high += unseenShare
    return Interval(
      estimate: interval.estimate, low: max(0, low), high: min(1, high),
      samples: interval.samples)
  }

  /// An interval of a mean, wide enough for the windows that it rests on; without ends where there are hours of
  /// higher load than any window saw.
  func forSampling(
    mean interval: Interval?, _ value: WindowValue, total: (ReplicationRecord) -> Double
  ) -> Interval? {
    guard let interval, !interval.isExact, interval.low.isFinite, interval.high.isFinite else {
      return interval
    }
    guard unseenShare < 0.001 else {
      return Interval(
        estimate: interval.estimate, low: -.infinity, high: .infinity, samples: interval.samples)
    }
    let half = samplingHalfWidth(value, total: total)
    return Interval(
      estimate: interval.estimate, low: min(interval.low, interval.estimate - half),
      high: max(interval.high, interval.estimate + half), samples: interval.samples)
  }

  /// Half the width of the interval of the mean over replications, by sampling alone.
  ///
  /// Windows that are neighbours in the order of load make a stratum of two, whose difference estimates its
  /// variance: Σ (e₁ - e₂)²·(1 - f), with the residuals e of a ratio and the sampled part f. Source: Cochran,
  /// Sampling Techniques (1977), sections 5A.12 and 6.13, ISBN 0-471-16240-X.
  private func samplingHalfWidth(
    _ value: WindowValue, total: (ReplicationRecord) -> Double
  ) -> Double {
    var (variance, pairs) = (0.0, 0)
    for record in records {
      guard let sample = record.sample else { continue }
      let requests = total(record)
      guard requests > 0 else { continue }
      let ratio = estimate(of: record, value, requests)
      for group in sample.groups.indices {
        let windows = sample.windows.filter { $0.group == group }
        let part = sample.groups[group]
        let left = 1 - part.simulated.inSeconds / max(part.time.inSeconds, 1e-9)
        let residuals = windows.map { window in
          let own = value(window.totals)
          return Double(window.weight) * (own.value - ratio * own.requests) / requests
        }
        for first in stride(from: 0, to: residuals.count - 1, by: 2) {
          let difference = residuals[first] - residuals[first + 1]
          variance += difference * difference * max(0, left)
          pairs += 1
        }
      }
    }
    guard pairs > 0 else { return 0 }
    return Interval.halfWidth(
      error: variance.squareRoot() / Double(records.count), degreesOfFreedom: pairs,
      confidence: confidence)
  }

  /// The ratio over the windows of a replication that were drawn.
  private func estimate(
    of record: ReplicationRecord, _ value: WindowValue, _ requests: Double
  ) -> Double {
    var (sum, base) = (0.0, 0.0)
    for window in record.sample?.windows ?? [] {
      let own = value(window.totals)
      sum += Double(window.weight) * own.value
      base += Double(window.weight) * own.requests
    }
    return base > 0 ? sum / base : 0
  }

  // MARK: Hours that few windows saw

  /// Windows of about the same load of which few saw what is counted.
  struct RareBand {
    /// The lowest and the highest load of these windows.
    let loads: ClosedRange<Double>
    /// How many windows there were, and how many of them saw it.
    let windows: Int
    let seen: Int
    /// What they add to the estimate, and what they may add at most.
    let contribution: Double
    let most: Double
  }

  /// Bands of load end at these.
  private static var bandEnds: [Double] { [0.5, 0.65, 0.8, 0.9, 1, 1.1, 1.5, .infinity] }
  /// Fewer windows than this say too little of how often there are more like them.
  private static var fewestSeen: Int { 8 }

  /// The bands of load in which what is counted was seen in some windows, but in few.
  ///
  /// The number of such windows among all is bounded as a Poisson count (Garwood), and each taken to be as bad as
  /// the worst one.
  func rareBands(_ value: WindowValue) -> [RareBand] {
    var bands = Self.bandEnds.map { _ in Band() }
    var requests = 0.0
    for record in records {
      requests += Double(record.weighted.arrived)
      for window in record.sample?.windows ?? [] {
        let number = Self.bandEnds.firstIndex { window.load <= $0 } ?? 0
        bands[number].add(window, value(window.totals))
      }
    }
    guard requests > 0 else { return [] }
    return bands.compactMap { $0.rare(below: Self.fewestSeen, of: requests, confidence) }
  }

  private struct Band {
    var (windows, seen) = (0, 0)
    var (value, requests, worst) = (0.0, 0.0, 0.0)
    var (lowest, highest) = (Double.infinity, 0.0)

    mutating func add(
      _ window: SampledWindow, _ own: (value: Double, requests: Double)
    ) {
      windows += 1
      requests += Double(window.weight) * own.requests
      (lowest, highest) = (min(lowest, window.load), max(highest, window.load))
      guard own.value > 0 else { return }
      seen += 1
      value += Double(window.weight) * own.value
      worst = max(worst, own.value / max(1, own.requests))
    }

    func rare(below fewest: Int, of all: Double, _ confidence: Double) -> RareBand? {
      guard seen > 0, seen < fewest, seen < windows,
        let often = Interval.rate(
          of: seen, over: Double(windows), samples: windows, confidence: confidence)
      else { return nil }
      return RareBand(
        loads: lowest...max(lowest, highest), windows: windows, seen: seen,
        contribution: value / all, most: min(1, often.high) * worst * requests / all)
    }
  }

  /// The share of the horizon whose known load is above that of everything that was simulated.
  var unseenShare: Double {
    let samples = records.compactMap { record in
      record.sample.map { $0.unseen.inSeconds / max(record.measuredTime.inSeconds, 1e-9) }
    }
    return samples.isEmpty ? 0 : samples.reduce(0, +) / Double(samples.count)
  }

  /// Whether a replication drew no window of the highest load that it drew windows of, so that others may
  /// leave such hours unseen.
  ///
  /// That nothing is unseen in it may be luck: hours round an interruption are simulated whole.
  var mayMissHighestLoad: Bool {
    // Loads are told apart by two hundredths (`WindowPlan`).
    func place(_ load: Double) -> Int { Int(min(load, 1_000) * 50) }
    return records.compactMap(\.sample).contains { sample in
      guard let highest = sample.groups.map(\.highest).max() else { return false }
      return !sample.windows.contains { place($0.load) == place(highest) }
    }
  }

  /// Which hours decide though few windows or none saw them; `nil` where none do.
  func unseenHours(_ value: WindowValue?) -> String? {
    let samples = records.compactMap(\.sample)
    let blind = samples.filter { $0.unseen > .zero }
    if let sample = blind.first {
      // On average over more replications the share that is not seen stays as it is.
      return "in \(blind.count) of \(samples.count) replications no window saw the highest load "
        + "(in the first \(sample.unseen) from \(sample.unseenFrom) on): draw more windows; more "
        + "replications alone may not tell"
    }
    guard let value, let band = rareBands(value).max(by: { $0.most < $1.most }) else { return nil }
    func percent(_ load: Double) -> String { formatted(load * 100, places: 0) }
    return "it rests on hours at \(percent(band.loads.lowerBound)) to "
      + "\(percent(band.loads.upperBound)) % load, of which \(band.seen) of \(band.windows) windows "
      + "saw it: draw more windows, or raise requests.certain"
  }
}
