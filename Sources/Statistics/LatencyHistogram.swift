// SPDX-License-Identifier: GPL-3.0-or-later

/// Counts of times in buckets of at most 0.2 % width, with chosen times as exact edges.
///
/// Buckets are linear inside each power of two (512 of them), as in Gil Tene's HdrHistogram, so two
/// histograms merge exactly and nothing is ever lost. Of each edge it also counts, exactly, how many
/// times lay above it: a target is judged by that count and not by a bucket.
@usableFromInline
package struct LatencyHistogram: Sendable, Equatable {
  /// The share of the width of a power of two that a bucket covers, as a power of two.
  @usableFromInline static var precisionBits: Int { 9 }
  /// How many buckets there are.
  @inlinable package static var bucketCount: Int { 55 << precisionBits + 1 << precisionBits }

  /// Counts from the first to the last bucket that holds something: room for the others is kept by nobody.
  @usableFromInline var counts: [UInt64] = []
  /// The bucket of the first of these counts; 0 where there is none.
  @usableFromInline var firstBucket = 0
  /// The times above which is counted exactly, in nanoseconds.
  @usableFromInline package let edges: [Int64]
  /// How many recorded times lay above each edge.
  @usableFromInline package var countsAboveEdges: [UInt64]
  /// How many times were recorded.
  @usableFromInline package var count: UInt64 = 0
  /// The exact sum of all recorded times, in nanoseconds.
  @usableFromInline package var sum: Int128 = 0
  /// The longest recorded time, in nanoseconds; 0 when none was.
  @usableFromInline package var maximum: Int64 = 0

  /// An empty histogram with those exact edges, in nanoseconds.
  package init(edges: [Int64] = []) {
    self.edges = edges
    countsAboveEdges = edges.map { _ in 0 }
  }

  /// The bucket of a time.
  @inlinable
  @inline(__always)
  package static func bucket(of nanoseconds: Int64) -> Int {
    let exponent = 63 - nanoseconds.leadingZeroBitCount
    let shift = max(0, exponent - precisionBits)
    return shift << precisionBits + Int(nanoseconds >> Int64(shift))
  }

  /// Counts one time.
  ///
  /// - Precondition: it is not negative.
  @inlinable
  @inline(__always)
  package mutating func record(_ nanoseconds: Int64) {
    precondition(nanoseconds >= 0, "no request is answered before it came")
    let bucket = Self.bucket(of: nanoseconds)
    reach(bucket, bucket)
    counts[bucket - firstBucket] += 1
    count += 1
    sum += Int128(nanoseconds)
    maximum = max(maximum, nanoseconds)
    for index in edges.indices where nanoseconds > edges[index] { countsAboveEdges[index] += 1 }
  }

  /// Makes room for the counts of buckets, the first and the last of which will hold something.
  ///
  /// - Complexity: O(buckets between the first and the last that hold something) where there is no room yet.
  @usableFromInline
  mutating func reach(_ first: Int, _ last: Int) {
    if counts.isEmpty {
      firstBucket = first
      counts = [UInt64](repeating: 0, count: last - first + 1)
      return
    }
    let end = firstBucket + counts.count
    guard first < firstBucket || last >= end else { return }
    let low = min(first, firstBucket)
    var wider = [UInt64](repeating: 0, count: max(end, last + 1) - low)
    for (index, count) in counts.enumerated() { wider[firstBucket - low + index] = count }
    (counts, firstBucket) = (wider, low)
  }

  /// Adds all counts of another histogram with the same edges, each so many times.
  ///
  /// - Precondition: both have the same edges.
  /// - Complexity: O(buckets).
  package mutating func merge(_ other: LatencyHistogram, times weight: UInt64 = 1) {
    precondition(edges == other.edges, "histograms merge when they count above the same edges")
    guard weight > 0, other.count > 0 else { return }
    reach(other.firstBucket, other.firstBucket + other.counts.count - 1)
    let shift = other.firstBucket - firstBucket
    for index in other.counts.indices { counts[shift + index] += other.counts[index] * weight }
    for index in edges.indices { countsAboveEdges[index] += other.countsAboveEdges[index] * weight }
    count += other.count * weight
    sum += other.sum * Int128(weight)
    maximum = max(maximum, other.maximum)
  }

  /// The mean of all recorded times in nanoseconds; `nil` when none was.
  package var mean: Double? { count == 0 ? nil : Double(sum) / Double(count) }

  /// How many recorded times lay above an edge.
  ///
  /// - Precondition: it is one of the edges.
  package func countAbove(edge: Int64) -> UInt64 {
    guard let index = edges.firstIndex(of: edge) else {
      preconditionFailure("a histogram counts only above the edges that it was given")
    }
    return countsAboveEdges[index]
  }

  /// Where a bucket begins and how wide it is.
  static func bounds(of bucket: Int) -> (low: Int64, width: Int64) {
    let half = 1 << precisionBits
    guard bucket >= 2 * half else { return (Int64(bucket), 1) }
    let shift = bucket >> precisionBits - 1
    let position = bucket - shift << precisionBits
    return (Int64(position) << Int64(shift), 1 << Int64(shift))
  }
}

extension LatencyHistogram {
  /// The buckets that hold something, in order: what a results database keeps.
  package var occupiedBuckets: [(bucket: Int, count: UInt64)] {
    counts.indices.compactMap { counts[$0] > 0 ? (firstBucket + $0, counts[$0]) : nil }
  }

  /// The points of the cumulative distribution: each occupied bucket's end in nanoseconds, with how
  /// many recorded times lie up to it.
  package var cumulativePoints: [(nanoseconds: Int64, count: UInt64)] {
    var below: UInt64 = 0
    return occupiedBuckets.map { bucket, count in
      below += count
      let (low, width) = Self.bounds(of: bucket)
      return (min(low + width, maximum), below)
    }
  }
}
