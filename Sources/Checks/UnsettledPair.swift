// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// Two points of a sweep whose order in one measure chance may have made.
package struct UnsettledPair: Sendable, Equatable {
  /// The measure: `monthly_cost` or `p99(latency)`.
  package let measure: String
  /// Its unit.
  package let unit: String
  /// The point with the smaller estimate.
  package let first: Int
  /// The other point.
  package let second: Int
  /// The second less the first, paired; `nil` where it could not be had.
  package let difference: Interval?
}

/// Looks at neighbours in cost and on the front by paired differences under common random numbers.
///
/// Each pair gets so much confidence that all statements are true together with that of the sweep, whatever
/// depends on what: Bonferroni's inequality, as in Law, Simulation Modeling and Analysis, 5th ed. (2015),
/// ISBN 978-0-07-340132-4, section 10.3.
struct NeighbourOrder {
  /// How many pairs were looked at.
  let comparisons: Int
  /// The pairs whose interval does not say which is smaller.
  let unsettled: [UnsettledPair]

  private struct Candidate: Equatable {
    let isCost: Bool
    let first: Int
    let second: Int
  }

  init(points: [SweepAnswer.Point], front: [Int], confidence: Double) {
    let byCost = points.filter { $0.finished?.cost.isFinite == true }.sorted { one, other in
      (one.finished?.cost ?? 0, one.number) < (other.finished?.cost ?? 0, other.number)
    }.map(\.number)
    var candidates = zip(byCost, byCost.dropFirst()).map {
      Candidate(isCost: true, first: $0, second: $1)
    }
    for (cheaper, dearer) in zip(front, front.dropFirst()) {
      let cost = Candidate(isCost: true, first: cheaper, second: dearer)
      if !candidates.contains(cost) { candidates.append(cost) }
      candidates.append(Candidate(isCost: false, first: dearer, second: cheaper))
    }
    comparisons = candidates.count
    let each = 1 - (1 - confidence) / Double(max(1, candidates.count))
    unsettled = candidates.compactMap { candidate in
      guard let one = points[candidate.first].finished,
        let other = points[candidate.second].finished
      else { return nil }
      let difference =
        candidate.isCost
        ? Self.costs(one, other, confidence: each) : Self.latencies(one, other, confidence: each)
      // What is alike in every replication has no order that chance could have made.
      if let difference, difference.low > 0 || difference.low == 0 && difference.high == 0 {
        return nil
      }
      return UnsettledPair(
        measure: candidate.isCost ? "monthly_cost" : "p99(latency)",
        unit: candidate.isCost ? "USD" : "s", first: candidate.first, second: candidate.second,
        difference: difference)
    }
  }

  private static func costs(
    _ one: SweepAnswer.Finished, _ other: SweepAnswer.Finished, confidence: Double
  ) -> Interval? {
    guard one.results.replications > 0 else { return nil }
    if let first = one.measure("monthly_cost")?.interval,
      let second = other.measure("monthly_cost")?.interval, first.isExact, second.isExact
    {
      return .exact(second.estimate - first.estimate, samples: first.samples)
    }
    return .mean(of: zip(one.costs, other.costs).map { $1 - $0 }, confidence: confidence)
  }

  private static func latencies(
    _ one: SweepAnswer.Finished, _ other: SweepAnswer.Finished, confidence: Double
  ) -> Interval? {
    guard let first = one.latency, let second = other.latency else { return nil }
    let sections = zip(one.latencies, other.latencies).compactMap { pair in
      pair.0.flatMap { first in pair.1.map { $0 - first } }
    }
    return .sectioning(pooled: second - first, sections: sections, confidence: confidence)
  }
}
