// SPDX-License-Identifier: GPL-3.0-or-later

extension LatencyHistogram {
  /// The histogram of what somebody else counted by ``bucket(of:)``.
  ///
  /// - Precondition: there is a count for each bucket, and one for each edge.
  package init(
    edges: [Int64], countsAboveEdges: [UInt64], counts: [UInt64], sum: Int128, maximum: Int64
  ) {
    precondition(
      counts.count == Self.bucketCount && edges.count == countsAboveEdges.count,
      "a histogram has a count for each bucket and each edge")
    self.edges = edges
    self.countsAboveEdges = countsAboveEdges
    count = counts.reduce(0, +)
    if let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    {
      firstBucket = first
      self.counts = Array(counts[first...last])
    }
    self.sum = sum
    self.maximum = maximum
  }

  /// The histogram that has these parts, which a results database keeps.
  ///
  /// - Parameters:
  ///   - occupied: the buckets that hold something, in order, as ``occupiedBuckets`` gives them.
  /// - Returns: `nil` when no recorded times have these parts: buckets out of order or range, counts
  ///   that do not add up, a maximum outside the last occupied bucket, or a negative sum.
  package init?(
    edges: [Int64], countsAboveEdges: [UInt64], occupied: [(bucket: Int, count: UInt64)],
    count: UInt64, sum: Int128, maximum: Int64
  ) {
    guard edges.count == countsAboveEdges.count, countsAboveEdges.allSatisfy({ $0 <= count }),
      sum >= 0, maximum >= 0, occupied.last.map(\.bucket) ?? 0 == Self.bucket(of: maximum)
    else { return nil }
    self.init(edges: edges)
    var total: UInt64 = 0
    var next = 0
    if let first = occupied.first, let last = occupied.last {
      guard first.bucket >= 0, last.bucket >= first.bucket, last.bucket < Self.bucketCount else {
        return nil
      }
      reach(first.bucket, last.bucket)
    }
    for (bucket, inBucket) in occupied {
      let (added, overflows) = total.addingReportingOverflow(inBucket)
      guard bucket >= next, bucket - firstBucket < counts.count, inBucket > 0,
        !overflows
      else { return nil }
      counts[bucket - firstBucket] = inBucket
      total = added
      next = bucket + 1
    }
    guard total == count else { return nil }
    self.countsAboveEdges = countsAboveEdges
    self.count = count
    self.sum = sum
    self.maximum = maximum
  }
}
