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

  /// The stretch that has these parts, which a recorder counts and a shard of a sweep keeps.
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
    // Kept until a run ends: a copy without the room in which the cells grew.
    self.cells = cells.map { $0 }
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

  /// The counts of this stretch as a histogram of its own.
  ///
  /// Its longest time is known to the bucket only.
  ///
  /// - Parameters:
  ///   - edges: those of the histogram that it was taken from.
  /// - Complexity: O(buckets).
  package func histogram(edges: [Int64]) -> LatencyHistogram {
    var histogram = LatencyHistogram(edges: edges)
    guard let last = cells.last else { return histogram }
    for cell in cells { histogram.counts[Int(cell & 0xFFFF)] = cell >> 16 }
    histogram.countsAboveEdges = countsAboveEdges
    histogram.count = count
    histogram.sum = sum
    let (low, width) = LatencyHistogram.bounds(of: Int(last & 0xFFFF))
    histogram.maximum = low + width - 1
    return histogram
  }

  /// All that this stretch counted together with another of the same edges, each so many times.
  ///
  /// - Precondition: no bucket comes to 2^48.
  /// - Complexity: O(buckets that hold something).
  package func times(
    _ weight: UInt64, plus other: SparseHistogram, times otherWeight: UInt64
  ) -> SparseHistogram {
    var merged: [UInt64] = []
    var (mine, theirs) = (0, 0)
    while mine < cells.count || theirs < other.cells.count {
      let bucket = min(self.bucket(mine), other.bucket(theirs))
      var count: UInt64 = 0
      if self.bucket(mine) == bucket {
        count += (cells[mine] >> 16) * weight
        mine += 1
      }
      if other.bucket(theirs) == bucket {
        count += (other.cells[theirs] >> 16) * otherWeight
        theirs += 1
      }
      if count > 0 { merged.append(Self.cell(count, in: bucket)) }
    }
    let above = countsAboveEdges.indices.map {
      countsAboveEdges[$0] * weight + other.countsAboveEdges[$0] * otherWeight
    }
    let sum = sum * Int128(weight) + other.sum * Int128(otherWeight)
    guard let both = SparseHistogram(cells: merged, countsAboveEdges: above, sum: sum) else {
      preconditionFailure("two stretches make one")
    }
    return both
  }

  /// The bucket of a cell; behind all buckets where there is none.
  private func bucket(_ index: Int) -> Int {
    index < cells.count ? Int(cells[index] & 0xFFFF) : .max
  }

  /// A bucket and its count in one word.
  ///
  /// - Precondition: the count is less than 2^48.
  package static func cell(_ count: UInt64, in bucket: Int) -> UInt64 {
    precondition(count < 1 << 48, "a stretch of a run has fewer than 2^48 requests")
    return count << 16 | UInt64(bucket)
  }
}
