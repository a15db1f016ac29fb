// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

extension SparseHistogram {
  /// A stretch in which all was counted that a histogram counted.
  package init(_ histogram: LatencyHistogram) {
    let stretch = SparseHistogram(
      buckets: histogram.occupiedBuckets.map { UInt16($0.bucket) },
      counts: histogram.occupiedBuckets.map(\.count),
      countsAboveEdges: histogram.countsAboveEdges, sum: histogram.sum)
    guard let stretch else { preconditionFailure("a histogram is a stretch") }
    self = stretch
  }
}
