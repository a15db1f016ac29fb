// SPDX-License-Identifier: GPL-3.0-or-later

/// What a histogram counted in one stretch of a run: only the buckets that hold something.
package struct SparseHistogram: Sendable, Equatable {
  /// The buckets that hold something, in order.
  package let buckets: [UInt16]
  /// How many times each of them holds.
  package let counts: [UInt64]
  /// How many times lay above each exact edge.
  package let countsAboveEdges: [UInt64]
  /// How many times were recorded.
  package let count: UInt64
  /// The exact sum of these times, in nanoseconds.
  package let sum: Int128

  /// The stretch that has these parts, which a recorder counts and a shard of a sweep keeps.
  ///
  /// - Returns: `nil` where buckets are out of order or range, or the counts do not add up.
  package init?(buckets: [UInt16], counts: [UInt64], countsAboveEdges: [UInt64], sum: Int128) {
    guard buckets.count == counts.count else { return nil }
    var next = 0
    var count: UInt64 = 0
    for (bucket, inBucket) in zip(buckets, counts) {
      let (added, overflows) = count.addingReportingOverflow(inBucket)
      guard bucket >= next, bucket < LatencyHistogram.bucketCount, !overflows else { return nil }
      count = added
      next = Int(bucket) + 1
    }
    guard sum >= 0, countsAboveEdges.allSatisfy({ $0 <= count }) else { return nil }
    // Kept until a run ends: copies without the room in which they grew.
    self.buckets = buckets.map { $0 }
    self.counts = counts.map { $0 }
    self.countsAboveEdges = countsAboveEdges
    self.count = count
    self.sum = sum
  }

  /// How many of its times lie above `nanoseconds`, those in the same bucket taken as evenly spread.
  ///
  /// - Complexity: O(buckets that hold something).
  package func countAbove(_ nanoseconds: Double) -> Double {
    let edge = LatencyHistogram.bucket(of: Int64(nanoseconds))
    return zip(buckets, counts).reversed().reduce(0) { sum, cell in
      let (bucket, count) = (Int(cell.0), Double(cell.1))
      guard bucket <= edge else { return sum + count }
      guard bucket == edge else { return sum }
      let (low, width) = LatencyHistogram.bounds(of: bucket)
      return sum + count * (1 - (nanoseconds - Double(low)) / Double(width))
    }
  }

  /// The counts of this stretch as a histogram of its own.
  ///
  /// Its longest time is known to the bucket only.
  ///
  /// - Parameters:
  ///   - edges: those of the histogram that it was taken from.
  /// - Complexity: O(buckets).
  package func histogram(edges: [Int64]) -> LatencyHistogram {
    var histogram = LatencyHistogram(edges: edges)
    guard let first = buckets.first, let last = buckets.last else { return histogram }
    histogram.reach(Int(first), Int(last))
    for (bucket, count) in zip(buckets, counts) {
      histogram.counts[Int(bucket - first)] = count
    }
    histogram.countsAboveEdges = countsAboveEdges
    histogram.count = count
    histogram.sum = sum
    let (low, width) = LatencyHistogram.bounds(of: Int(last))
    histogram.maximum = low + width - 1
    return histogram
  }

  /// All that this stretch counted, so many times.
  ///
  /// - Complexity: O(buckets that hold something).
  package func times(_ weight: UInt64) -> SparseHistogram {
    guard weight != 1 else { return self }
    let many = SparseHistogram(
      buckets: buckets, counts: counts.map { $0 * weight },
      countsAboveEdges: countsAboveEdges.map { $0 * weight }, sum: sum * Int128(weight))
    guard let many else { preconditionFailure("a stretch stays one however often it counts") }
    return many
  }

  /// All that this stretch counted together with another of the same edges, each so many times.
  ///
  /// - Precondition: no more than 2^64 - 1 times come together.
  /// - Complexity: O(buckets that hold something).
  package func times(
    _ weight: UInt64, plus other: SparseHistogram, times otherWeight: UInt64
  ) -> SparseHistogram {
    var (buckets, counts): ([UInt16], [UInt64]) = ([], [])
    var (mine, theirs) = (0, 0)
    while mine < self.buckets.count || theirs < other.buckets.count {
      let bucket = min(bucket(at: mine) ?? .max, other.bucket(at: theirs) ?? .max)
      var count: UInt64 = 0
      if self.bucket(at: mine) == bucket {
        count += self.counts[mine] * weight
        mine += 1
      }
      if other.bucket(at: theirs) == bucket {
        count += other.counts[theirs] * otherWeight
        theirs += 1
      }
      guard count > 0 else { continue }
      buckets.append(bucket)
      counts.append(count)
    }
    let above = countsAboveEdges.indices.map {
      countsAboveEdges[$0] * weight + other.countsAboveEdges[$0] * otherWeight
    }
    let both = SparseHistogram(
      buckets: buckets, counts: counts, countsAboveEdges: above,
      sum: sum * Int128(weight) + other.sum * Int128(otherWeight))
    guard let both else { preconditionFailure("two stretches make one") }
    return both
  }

  /// The bucket in that place; `nil` behind all of them.
  private func bucket(at place: Int) -> UInt16? { place < buckets.count ? buckets[place] : nil }
}
