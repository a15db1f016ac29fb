// SPDX-License-Identifier: GPL-3.0-or-later

extension LatencyHistogram {
  /// A quantile as far as buckets and edges tell it, in nanoseconds.
  package struct Quantile: Sendable, Equatable {
    /// The times of its bucket taken as evenly spread; infinite among requests without an answer.
    package let estimate: Double
    /// The least that the request of its rank can have taken.
    package let low: Double
    /// The most that it can have taken.
    package let high: Double
  }

  /// The rank of a share, in billionths, among so many in order: ⌈p·n⌉ in whole numbers, at least 1.
  package static func rank(billionths: Int64, among population: UInt64) -> UInt64 {
    let scaled = Int128(billionths) * Int128(population)
    return UInt64(max(1, (scaled + 999_999_999) / 1_000_000_000))
  }

  /// The time that the share of a population does not exceed.
  ///
  /// Those of the population that were never recorded, because they got no answer, count as longer than
  /// any time. What is counted above the edges narrows the bucket, so that the quantile lies on the side of
  /// an edge on which the counts say that it does.
  ///
  /// - Parameters:
  ///   - billionths: the share.
  ///   - population: how many belong to the population, at least ``count``.
  /// - Returns: `nil` when the population is empty.
  /// - Complexity: O(buckets).
  package func quantile(billionths: Int64, population: UInt64) -> Quantile? {
    precondition(population >= count, "the recorded times are part of the population")
    precondition((0...1_000_000_000).contains(billionths), "a quantile is asked for a share")
    guard population > 0 else { return nil }
    let rank = Self.rank(billionths: billionths, among: population)
    guard rank <= count else {
      return Quantile(estimate: .infinity, low: .infinity, high: .infinity)
    }
    var below: UInt64 = 0
    for bucket in counts.indices where counts[bucket] > 0 {
      let upTo = below + counts[bucket]
      if upTo >= rank {
        let (start, width) = Self.bounds(of: firstBucket + bucket)
        let (low, high) = narrowed(start, min(start + (width - 1), maximum), rank)
        let exactRank = Double(billionths) / 1e9 * Double(population)
        let inside = max(0, exactRank - Double(below)) / Double(counts[bucket])
        let spread = Double(start) + inside * Double(width)
        return Quantile(
          estimate: min(max(spread, Double(low)), Double(high)), low: Double(low),
          high: Double(high))
      }
      below = upTo
    }
    return Quantile(
      estimate: Double(maximum), low: Double(maximum), high: Double(maximum))
  }

  /// The part of a bucket in which the time of a rank lies by the counts above the edges.
  private func narrowed(_ low: Int64, _ high: Int64, _ rank: UInt64) -> (low: Int64, high: Int64) {
    var (low, high) = (low, high)
    for (edge, above) in zip(edges, countsAboveEdges) {
      if count - above >= rank {
        high = max(low, min(high, edge))
      } else if edge < high {
        low = max(low, edge + 1)
      }
    }
    return (low, high)
  }
}
