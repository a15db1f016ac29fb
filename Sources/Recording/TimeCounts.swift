// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Statistics

/// What histograms of several strata count while a replication runs, in columns that nothing shares.
///
/// The counts of a ``LatencyHistogram``, which is made of them when somebody asks. An array would ask at
/// each request whether it is shared.
@usableFromInline
struct TimeCounts: ~Copyable {
  /// Of one stratum.
  @usableFromInline
  struct Total: BitwiseCopyable, Sendable {
    @usableFromInline var sum: Int128 = 0
    @usableFromInline var maximum: Int64 = 0
  }

  /// The sum and the longest of some times.
  @usableFromInline
  struct Sum: BitwiseCopyable, Sendable {
    @usableFromInline var nanoseconds: Int128 = 0
    @usableFromInline var longest: Int64 = 0

    @inlinable
    init() {}

    /// Adds one time.
    @inlinable
    @inline(__always)
    mutating func add(_ time: Int64) {
      nanoseconds += Int128(time)
      longest = max(longest, time)
    }
  }

  /// By stratum and bucket.
  @usableFromInline var counts: Column<UInt64>
  @usableFromInline var totals: Column<Total>
  @usableFromInline let edges: Column<Int64>
  /// The smallest edge; the longest time of all where there is none, and below any where all are collected.
  @usableFromInline let firstEdge: Int64
  /// Whether each time is kept, so that order statistics are known.
  @usableFromInline let collects: Bool
  /// Every time that was counted, where they are collected.
  @usableFromInline var collected: GrowingColumn<Int64>
  /// How many lay above each edge, by stratum and edge.
  @usableFromInline var above: Column<UInt64>
  // What had been counted when a stratum was cut last.
  private var countsBefore: Column<UInt64>
  private var aboveBefore: Column<UInt64>
  private var sumsBefore: Column<Int128>

  /// No counts of so many strata.
  init(edges: [Int64], strata: Int, collects: Bool) {
    counts = Column(repeating: 0, count: strata * LatencyHistogram.bucketCount)
    totals = Column(repeating: Total(), count: strata)
    self.edges = Column(edges)
    firstEdge = collects ? -1 : edges.min() ?? .max
    self.collects = collects
    collected = GrowingColumn(minimumCapacity: collects ? 1_024 : 1)
    above = Column(repeating: 0, count: strata * edges.count)
    countsBefore = Column(repeating: 0, count: strata * LatencyHistogram.bucketCount)
    aboveBefore = Column(repeating: 0, count: strata * edges.count)
    sumsBefore = Column(repeating: 0, count: strata)
  }

  /// Counts one time, and adds it to those of its stratum.
  ///
  /// - Precondition: it is not negative.
  @inlinable
  @inline(__always)
  mutating func record(_ nanoseconds: Int64, in stratum: Int) {
    count(nanoseconds, in: stratum)
    var one = Sum()
    one.add(nanoseconds)
    add(one, in: stratum)
  }

  /// Counts a time that was measured several times; it is not collected.
  ///
  /// - Precondition: it is not negative.
  mutating func record(_ nanoseconds: Int64, times number: UInt64, in stratum: Int) {
    precondition(nanoseconds >= 0, "no token comes before the one before it")
    counts[stratum * LatencyHistogram.bucketCount + LatencyHistogram.bucket(of: nanoseconds)] +=
      number
    totals[stratum].sum += Int128(nanoseconds) * Int128(number)
    totals[stratum].maximum = max(totals[stratum].maximum, nanoseconds)
    guard nanoseconds > firstEdge else { return }
    let first = stratum * edges.count
    for index in 0..<edges.count where nanoseconds > edges[index] {
      above[first + index] += number
    }
  }

  /// Counts one time, which is added to those of its stratum later, together with others.
  ///
  /// - Precondition: it is not negative.
  @inlinable
  @inline(__always)
  mutating func count(_ nanoseconds: Int64, in stratum: Int) {
    precondition(nanoseconds >= 0, "no request is answered before it came")
    counts[stratum * LatencyHistogram.bucketCount + LatencyHistogram.bucket(of: nanoseconds)] += 1
    // Most are below: one comparison, whose outcome is foreseen, instead of one for each edge.
    guard nanoseconds > firstEdge else { return }
    if collects { collected.append(nanoseconds) }
    let first = stratum * edges.count
    for index in 0..<edges.count { above[first + index] += nanoseconds > edges[index] ? 1 : 0 }
  }

  /// Adds times that were counted.
  @inlinable
  mutating func add(_ times: Sum, in stratum: Int) {
    totals[stratum].sum += times.nanoseconds
    totals[stratum].maximum = max(totals[stratum].maximum, times.longest)
  }

  /// The sum of the times of a stratum.
  func sum(of stratum: Int) -> Int128 { totals[stratum].sum }

  /// How many times of a stratum lay above each edge.
  func above(of stratum: Int) -> [UInt64] {
    above.values(stratum * edges.count..<(stratum + 1) * edges.count)
  }

  /// The histogram of a stratum.
  ///
  /// - Complexity: O(buckets).
  func histogram(of stratum: Int) -> LatencyHistogram {
    let buckets = LatencyHistogram.bucketCount
    return LatencyHistogram(
      edges: edges.values(0..<edges.count),
      countsAboveEdges: above.values(stratum * edges.count..<(stratum + 1) * edges.count),
      counts: counts.values(stratum * buckets..<(stratum + 1) * buckets),
      sum: totals[stratum].sum, maximum: totals[stratum].maximum)
  }

  /// All collected times in order, of whatever stratum.
  ///
  /// - Complexity: O(n log n) for n times.
  var inOrder: [Int64] { (0..<collected.count).map { collected[$0] }.sorted() }

  /// What was counted of a stratum since it was cut last.
  ///
  /// - Complexity: O(buckets up to the longest time).
  mutating func cut(_ stratum: Int) -> SparseHistogram {
    var (buckets, added): ([UInt16], [UInt64]) = ([], [])
    let first = stratum * LatencyHistogram.bucketCount
    for bucket in 0...LatencyHistogram.bucket(of: totals[stratum].maximum) {
      let counted = counts[first + bucket] - countsBefore[first + bucket]
      guard counted > 0 else { continue }
      buckets.append(UInt16(bucket))
      added.append(counted)
      countsBefore[first + bucket] = counts[first + bucket]
    }
    var aboveEdges: [UInt64] = []
    for edge in stratum * edges.count..<(stratum + 1) * edges.count {
      aboveEdges.append(above[edge] - aboveBefore[edge])
      aboveBefore[edge] = above[edge]
    }
    let sum = totals[stratum].sum - sumsBefore[stratum]
    sumsBefore[stratum] = totals[stratum].sum
    let cut = SparseHistogram(
      buckets: buckets, counts: added, countsAboveEdges: aboveEdges, sum: sum)
    guard let cut else { preconditionFailure("a stratum holds no less than when it was cut last") }
    return cut
  }
}
