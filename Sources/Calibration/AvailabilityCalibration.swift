// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Numerics
import Quantities
import Statistics

/// What measured availability of several zones says: how long they are up and down, and how far
/// together.
package struct AvailabilityCalibration: Sendable {
  /// A zone as it was measured.
  package struct Zone: Sendable {
    /// Its name, such as `us-west-2a`.
    package let name: String
    /// Whether a machine could be had, over time.
    package let trace: AvailabilityTrace

    /// A zone of those values.
    package init(name: String, trace: AvailabilityTrace) {
      self.name = name
      self.trace = trace
    }

    /// What a scenario calls it: what comes before the first `_`.
    package var key: String {
      name.split(separator: "_").first.map(String.init) ?? name
    }

    /// The name of its region: without the letter behind the number.
    package var region: String {
      let name = key
      guard let last = name.last, last.isLetter, name.dropLast().last?.isNumber == true else {
        return name
      }
      return String(name.dropLast())
    }
  }

  /// The zones of a region as a process of the region AND one of each zone.
  package struct RegionFit: Sendable {
    /// The region.
    package let name: String
    /// The numbers of its zones.
    package let zones: [Int]
    /// The share of time in which the region's process is up.
    package let share: Double
    /// The mean time for which it is up, in seconds.
    package let up: Double
    /// The mean time for which it is down, in seconds.
    package let down: Double
    /// The laws of each zone's own process.
    package let own: [(up: Distribution, down: Distribution)]
  }

  /// The runs of one state of a zone.
  package struct Runs: Sendable {
    /// Their lengths in seconds; the first and the last were cut short.
    package let lifetimes: [Lifetime]
    /// The most likely law.
    package let fit: LifetimeFit?

    /// The lengths of those that were seen whole.
    package var whole: [Double] { lifetimes.filter { !$0.isCensored }.map(\.seconds) }
    /// Their mean, with those that were cut short as exposure.
    package var mean: Double {
      let whole = whole.count
      return whole > 0 ? lifetimes.reduce(0) { $0 + $1.seconds } / Double(whole) : .nan
    }
    /// The time that half of them outlast, by Kaplan and Meier; nil where more than half outlast
    /// every end.
    package var median: Double? { KaplanMeier(lifetimes).median }

    /// An interval of that mean; nil below two ends.
    ///
    /// The mean is a ratio of sums over runs, of lengths and of ends, whose variance comes of the
    /// residuals
    /// x - mean·e of each run, with e = 1 where its end was seen and 0 where it was cut short; the
    /// interval is
    /// symmetric in the logarithm, so it lies above 0. Source: Cochran, Sampling Techniques, 3rd
    /// ed. (1977),
    /// ISBN 978-0-471-16240-7, section 6.3.
    package func interval(confidence: Double) -> (low: Double, high: Double)? {
      let ends = Double(whole.count)
      guard ends > 1 else { return nil }
      let (mean, runs) = (self.mean, Double(lifetimes.count))
      let squares = lifetimes.reduce(0.0) { sum, run in
        let residual = run.seconds - (run.isCensored ? 0 : mean)
        return sum + residual * residual
      }
      let deviation = (runs / (runs - 1) * squares).squareRoot() / ends / mean
      let t = StudentT.quantile(0.5 + confidence / 2, degreesOfFreedom: lifetimes.count - 1)
      let factor = ElementaryFunctions.exp(min(600, t * deviation))
      return (mean / factor, mean * factor)
    }
  }

  /// The zones.
  package let zones: [Zone]
  /// The runs of each zone in which it was up.
  package let up: [Runs]
  /// The runs of each zone in which it was down.
  package let down: [Runs]
  /// When the shortest of the traces ends.
  let end: TimeSpan
  private let spans: [(length: Double, states: [Bool])]

  /// What is seen in zones that were measured side by side from the same time on.
  ///
  /// - Precondition: there is a zone.
  /// - Complexity: O(changes × zones), and some hundred likelihoods for each zone.
  package init(_ zones: [Zone]) {
    precondition(!zones.isEmpty, "availability is that of a zone")
    self.zones = zones
    var cuts = zones.flatMap { $0.trace.changes.map(\.at) }
    let end = zones.map(\.trace.length).min() ?? .zero
    cuts = cuts.filter { $0 < end }.sorted()
    var spans: [(length: Double, states: [Bool])] = []
    self.end = end
    for (index, cut) in cuts.enumerated() {
      let next = index + 1 < cuts.count ? cuts[index + 1] : end
      guard next > cut else { continue }
      spans.append(((next - cut).inSeconds, zones.map { $0.trace.count(at: cut) > 0 }))
    }
    self.spans = spans
    let found = spans
    func runs(_ zone: Int, _ state: Bool) -> Runs {
      var lifetimes: [Lifetime] = []
      var (length, isFirst) = (0.0, true)
      for span in found {
        if span.states[zone] == state {
          length += span.length
        } else if length > 0 {
          lifetimes.append(Lifetime(seconds: length, isCensored: isFirst))
          length = 0
        }
        if span.states[zone] != state { isFirst = false }
      }
      if length > 0 { lifetimes.append(Lifetime(seconds: length, isCensored: true)) }
      let sample = LifetimeSample(lifetimes)
      let fits = [LifetimeFamily.exponential, .weibull, .gamma, .lognormal].compactMap {
        LifetimeFit($0, to: sample)
      }
      return Runs(
        lifetimes: lifetimes, fit: fits.min { $0.criterion < $1.criterion })
    }
    up = zones.indices.map { runs($0, true) }
    down = zones.indices.map { runs($0, false) }
  }

  // MARK: Shares

  /// The share of time in which a condition on the states of all zones holds.
  package func share(where holds: ([Bool]) -> Bool) -> Double {
    let total = spans.reduce(0) { $0 + $1.length }
    return spans.reduce(0) { holds($1.states) ? $0 + $1.length : $0 } / total
  }

  /// The correlation of the states of two zones; NaN where one of them never changes.
  package func correlation(_ first: Int, _ second: Int) -> Double {
    let (p, q) = (share { $0[first] }, share { $0[second] })
    let both = share { $0[first] && $0[second] }
    return (both - p * q) / (p * (1 - p) * q * (1 - q)).squareRoot()
  }

  /// The regions that have several zones, each as a process of its own AND one of each zone.
  ///
  /// Matched are the share of time in which each zone is up, the mean probability of two being up
  /// together,
  /// the mean time for which each is up, and how often all zones that are up go together. As P(i)
  /// = r·z(i)
  /// and P(i and j) = r·z(i)·z(j), r is P(i)·P(j) ÷ P(i and j). Not matched is the shape of runs:
  /// zones
  /// keep the shape of theirs, and the region's times are exponential.
  package var regions: [RegionFit] {
    var names: [String] = []
    for zone in zones where !names.contains(zone.region) { names.append(zone.region) }
    return names.compactMap { name in
      let members = zones.indices.filter { zones[$0].region == name }
      return members.count > 1 ? fit(name, members) : nil
    }
  }

  private func fit(_ name: String, _ members: [Int]) -> RegionFit? {
    let shares = members.map { member in share { $0[member] } }
    var ratios: [Double] = []
    for (i, first) in members.enumerated() {
      for (j, second) in members.enumerated() where j > i {
        let both = share { $0[first] && $0[second] }
        if both > 0 { ratios.append(shares[i] * shares[j] / both) }
      }
    }
    guard !ratios.isEmpty, let most = shares.max(), most < 1,
      members.allSatisfy({ up[$0].mean > 0 })
    else { return nil }
    let mean = ratios.reduce(0, +) / Double(ratios.count)
    // A region is up at least as often as its best zone.
    let r = min(1 - 1e-6, max(mean, most + (1 - most) * 1e-3))
    let together = jointDrops(of: members)
    guard together.exposure > 0 else { return nil }
    let regionRate = max(0.5, Double(together.all)) / together.exposure
    let regionUp = 1 / regionRate
    let own = zip(members, shares).compactMap { zone, share -> (Distribution, Distribution)? in
      let z = share / r
      let leaving = 1 / up[zone].mean - regionRate
      // A zone that never goes but with its region would have no process of its own.
      let ownUp = 1 / max(leaving, 0.02 / up[zone].mean)
      let ownDown = ownUp * (1 - z) / z
      guard let rising = Self.shaped(like: up[zone].fit, mean: ownUp),
        let falling = Self.shaped(like: down[zone].fit, mean: max(1, ownDown))
      else { return nil }
      return (rising, falling)
    }
    guard own.count == members.count else { return nil }
    return RegionFit(
      name: name, zones: members, share: r, up: regionUp, down: regionUp * (1 - r) / r,
      own: own.map { (up: $0.0, down: $0.1) })
  }

  private static func shaped(like fit: LifetimeFit?, mean: Double) -> Distribution? {
    guard let fit, fit.law.mean > 0, fit.law.mean.isFinite else {
      return try? Distribution(.exponential(mean: mean))
    }
    return fit.law.scaled(by: mean / fit.law.mean)
  }

  /// How often zones went down while at least two were up, how often all that were up went at
  /// once, and for
  /// how many seconds at least two were up.
  package func jointDrops(of members: [Int]) -> (any: Int, all: Int, exposure: Double) {
    var (any, all, exposure) = (0, 0, 0.0)
    for (span, next) in zip(spans, spans.dropFirst()) {
      let before = members.filter { span.states[$0] }
      guard before.count > 1 else { continue }
      exposure += span.length
      let gone = before.filter { !next.states[$0] }
      if !gone.isEmpty { any += 1 }
      if gone.count == before.count { all += 1 }
    }
    return (any, all, exposure)
  }
}
