// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// What ended in one of some equal stretches of a replication: of one stratum, or of all by weight.
///
/// From how sections differ follows how much requests that are close in time depend on each other.
package struct Section: Sendable, Equatable {
  /// How requests ended.
  package let counts: RequestCounts
  /// The times of answered requests.
  package let times: PerTime<SparseHistogram>

  /// A section of those counts.
  package init(counts: RequestCounts, times: PerTime<SparseHistogram>) {
    self.counts = counts
    self.times = times
  }

  /// Requests that ended, in whatever way.
  package var ended: UInt64 { counts.ended.reduce(0, +) }

  /// How requests ended, of those that did.
  package var allEnded: RequestCounts {
    var all = counts
    all.arrived = ended
    return all
  }
}

/// Cuts what a recorder counts into sections while a replication runs.
package struct SectionCutter: Sendable {
  private let sections: Int
  private let minutes: Int
  private var number = 0
  /// By section and stratum.
  private var parts: [[Section]] = []

  /// At most `sections` sections of whole minutes.
  ///
  /// - Parameters:
  ///   - minutes: how many may be measured.
  package init(sections: Int, minutes: Int) {
    self.sections = max(1, min(sections, minutes))
    self.minutes = max(1, minutes)
  }

  /// Whether a minute belongs to a later section than the one that is open.
  package func begins(at minute: Int) -> Bool { minute * sections / minutes > number }

  /// Ends the open section with what has been counted; the next is that of a minute.
  ///
  /// - Complexity: O(buckets).
  package mutating func cut(_ recorder: inout RequestRecorder, before minute: Int) {
    number = minute * sections / minutes
    parts.append(recorder.cut())
  }

  /// All sections, the open one included, with what the requests of each stratum stand for.
  ///
  /// - Complexity: O(sections × buckets).
  package consuming func sections(
    _ recorder: inout RequestRecorder, weights: [UInt64]
  ) -> [Section] {
    parts.append(recorder.cut())
    return parts.map { part in
      var counts = RequestCounts()
      for (stratum, weight) in zip(part, weights) { counts.add(stratum.counts, times: weight) }
      let weighted = zip(part, weights).filter { $0.0.ended > 0 }
      guard let first = weighted.first else {
        return Section(counts: counts, times: part[0].times.map { $0.times(1) })
      }
      let times = weighted.dropFirst().reduce(first.0.times.map { $0.times(first.1) }) {
        sum, next in
        sum.joined(next.0.times) { $0.times(1, plus: $1, times: next.1) }
      }
      return Section(counts: counts, times: times)
    }
  }
}
