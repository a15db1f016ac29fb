// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

extension SparseHistogram {
  /// A stretch in which all was counted that a histogram counted.
  package init(_ histogram: LatencyHistogram) {
    let stretch = SparseHistogram(
      cells: histogram.occupiedBuckets.map { Self.cell($0.count, in: $0.bucket) },
      countsAboveEdges: histogram.countsAboveEdges, sum: histogram.sum)
    guard let stretch else { preconditionFailure("a histogram is a stretch") }
    self = stretch
  }
}
