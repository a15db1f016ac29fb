// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// What ended in one of some equal stretches of a replication, by weight.
///
/// From how sections differ follows how much requests that are close in time depend on each other.
package struct Section: Sendable, Equatable {
  /// How requests ended.
  package let counts: RequestCounts
  /// End-to-end latency of answered requests.
  package let latency: SparseHistogram
  /// Time from arrival to the start of the batch, of requests that a replica answered.
  package let wait: SparseHistogram

  /// A section of those counts.
  package init(counts: RequestCounts, latency: SparseHistogram, wait: SparseHistogram) {
    self.counts = counts
    self.latency = latency
    self.wait = wait
  }

  /// Requests that ended, in whatever way.
  package var ended: UInt64 { counts.ended.reduce(0, +) }
}

/// Cuts what a recorder counts into sections while a replication runs.
package struct SectionCutter: Sendable {
  private struct Part: Sendable {
    let counts: RequestCounts
    let latency: SparseHistogram
    let wait: SparseHistogram
  }

  private let sections: Int
  private let minutes: Int
  private var number = 0
  private var before: (calm: RequestRecorder.Stratum, eventful: RequestRecorder.Stratum)?
  private var parts: [(calm: Part, eventful: Part)] = []

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
    close(&recorder)
  }

  private mutating func close(_ recorder: inout RequestRecorder) {
    let (calm, eventful) = (recorder.calm, recorder.eventful)
    parts.append(
      (Self.part(calm, since: before?.calm), Self.part(eventful, since: before?.eventful)))
    before = (calm, eventful)
  }

  /// All sections, the open one included, with what the requests of each stratum stand for.
  ///
  /// - Complexity: O(sections × buckets).
  package consuming func sections(
    _ recorder: inout RequestRecorder, calm: UInt64, eventful: UInt64
  ) -> [Section] {
    close(&recorder)
    let edges = recorder.calm.latency.edges
    return parts.map { part in
      var counts = RequestCounts()
      counts.add(part.calm.counts, times: calm)
      counts.add(part.eventful.counts, times: eventful)
      func weighed(_ first: SparseHistogram, _ second: SparseHistogram) -> SparseHistogram {
        if second.count == 0 && calm == 1 { return first }
        var sum = first.histogram(edges: edges, times: calm)
        sum.merge(second.histogram(edges: edges, times: eventful))
        return SparseHistogram(sum)
      }
      return Section(
        counts: counts, latency: weighed(part.calm.latency, part.eventful.latency),
        wait: weighed(part.calm.wait, part.eventful.wait))
    }
  }

  private static func part(
    _ stratum: RequestRecorder.Stratum, since earlier: RequestRecorder.Stratum?
  ) -> Part {
    var counts = stratum.counts
    if let earlier { counts.subtract(earlier.counts) }
    return Part(
      counts: counts, latency: SparseHistogram(stratum.latency, since: earlier?.latency),
      wait: SparseHistogram(stratum.wait, since: earlier?.wait))
  }
}
