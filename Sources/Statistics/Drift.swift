// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// Whether what should stay as it is grows, from pairs of an earlier and a later value.
package struct Drift: Sendable, Equatable {
  /// The mean growth from earlier to later, as a share of the mean of both, with its interval.
  package let growth: Interval
  /// Whether it grows, beyond chance and by so much that it matters.
  package let isGrowing: Bool

  /// A false alarm in at most one of a thousand systems that are in equilibrium.
  package static var confidence: Double { 0.998 }
  /// Growth that is certain and smaller than this is let pass: it is what is left of an empty start.
  private static var smallestShare: Double { 0.1 }
  /// Growth by less than one request is let pass, whatever its share.
  private static var smallestGrowth: Double { 1 }

  /// The drift in pairs that should not differ but by chance.
  ///
  /// - Returns: `nil` for fewer than five pairs.
  package init?(_ pairs: [(earlier: Double, later: Double)]) {
    let count = Double(pairs.count)
    let mean = pairs.reduce(0) { $0 + $1.earlier + $1.later } / (2 * count)
    let differences = pairs.map { $0.later - $0.earlier }
    guard pairs.count >= 5,
      let growth = Interval.mean(of: differences, confidence: Self.confidence)
    else { return nil }
    let scale = mean > 0 ? 1 / mean : 0
    self.growth = Interval(
      estimate: growth.estimate * scale, low: growth.low * scale, high: growth.high * scale,
      samples: growth.samples)
    isGrowing = self.growth.low > Self.smallestShare && growth.estimate > Self.smallestGrowth
  }

  /// The pairs of one series that should be level: each batch of its first half with the one as far into
  /// the second half.
  ///
  /// - Parameters:
  ///   - pairs: how many; one compares the halves as wholes.
  package static func halves(
    _ series: [Double], pairs: Int
  ) -> [(earlier: Double, later: Double)] {
    let length = series.count / (2 * pairs)
    guard length > 0 else { return [] }
    func mean(_ batch: Int) -> Double {
      series[batch * length..<(batch + 1) * length].reduce(0, +) / Double(length)
    }
    return (0..<pairs).map { (mean($0), mean($0 + pairs)) }
  }
}
