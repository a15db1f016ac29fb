// SPDX-License-Identifier: GPL-3.0-or-later

/// What a histogram counted in one stretch of a run: only the buckets that hold something.
package struct SparseHistogram: Sendable, Equatable {
  /// Bucket and count in one word, the bucket in the low 16 bits, in order of buckets.
  package let cells: [UInt64]
  /// How many times lay above each exact edge.
  package let countsAboveEdges: [UInt64]
  /// How many times were recorded.
  package let count: UInt64
  /// The exact sum of these times, in nanoseconds.
  package let sum: Int128

  /// What `histogram` counted since it was `earlier`; everything when that is `nil`.
  ///
  /// - Precondition: `earlier` is an earlier state of the same histogram.
  /// - Complexity: O(buckets up to the longest time).
  package init(_ histogram: LatencyHistogram, since earlier: LatencyHistogram? = nil) {
    precondition(
      earlier.map { $0.edges == histogram.edges && $0.count <= histogram.count } ?? true,
      "a stretch of a histogram ends after it began")
    var cells: [UInt64] = []
    // Most stretches of a quiet stratum hold nothing.
    let isEmpty = histogram.count == earlier?.count ?? 0
    let end = isEmpty ? 0 : LatencyHistogram.bucket(of: histogram.maximum) + 1
    let (now, before) = (histogram.counts, earlier?.counts ?? [])
    for bucket in 0..<end {
      let added = now[bucket] - (bucket < before.count ? before[bucket] : 0)
      if added > 0 {
        precondition(added < 1 << 48, "a stretch of a run has fewer than 2^48 requests")
        cells.append(added << 16 | UInt64(bucket))
      }
    }
    self.cells = cells
    countsAboveEdges = histogram.countsAboveEdges.indices.map {
      histogram.countsAboveEdges[$0] - (earlier?.countsAboveEdges[$0] ?? 0)
    }
    count = histogram.count - (earlier?.count ?? 0)
    sum = histogram.sum - (earlier?.sum ?? 0)
  }

  /// The stretch that has these parts, which a shard of a sweep keeps.
  ///
  /// - Returns: `nil` where buckets are out of order or range, or the counts do not add up.
  package init?(cells: [UInt64], countsAboveEdges: [UInt64], sum: Int128) {
    var next: UInt64 = 0
    var count: UInt64 = 0
    for cell in cells {
      let (added, overflows) = count.addingReportingOverflow(cell >> 16)
      guard cell & 0xFFFF >= next, cell & 0xFFFF < UInt64(LatencyHistogram.bucketCount),
        !overflows
      else { return nil }
      count = added
      next = cell & 0xFFFF + 1
    }
    guard sum >= 0, countsAboveEdges.allSatisfy({ $0 <= count }) else { return nil }
    self.cells = cells
    self.countsAboveEdges = countsAboveEdges
    self.count = count
    self.sum = sum
  }

  /// How many of its times lie above `nanoseconds`, those in the same bucket taken as evenly spread.
  ///
  /// - Complexity: O(buckets that hold something).
  package func countAbove(_ nanoseconds: Double) -> Double {
    let edge = LatencyHistogram.bucket(of: Int64(nanoseconds))
    return cells.reversed().reduce(0) { sum, cell in
      let (bucket, count) = (Int(cell & 0xFFFF), Double(cell >> 16))
      guard bucket <= edge else { return sum + count }
      guard bucket == edge else { return sum }
      let (low, width) = LatencyHistogram.bounds(of: bucket)
      return sum + count * (1 - (nanoseconds - Double(low)) / Double(width))
    }
  }

  /// The counts of this stretch as a histogram of its own, each so many times.
  ///
  /// Its longest time is known to the bucket only.
  ///
  /// - Parameters:
  ///   - edges: those of the histogram that it was taken from.
  /// - Complexity: O(buckets).
  package func histogram(edges: [Int64], times weight: UInt64 = 1) -> LatencyHistogram {
    var histogram = LatencyHistogram(edges: edges)
    guard weight > 0, let last = cells.last else { return histogram }
    for cell in cells { histogram.counts[Int(cell & 0xFFFF)] = (cell >> 16) * weight }
    histogram.countsAboveEdges = countsAboveEdges.map { $0 * weight }
    histogram.count = count * weight
    histogram.sum = sum * Int128(weight)
    let (low, width) = LatencyHistogram.bounds(of: Int(last & 0xFFFF))
    histogram.maximum = low + width - 1
    return histogram
  }
}
