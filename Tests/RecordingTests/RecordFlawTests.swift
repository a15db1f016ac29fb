// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Statistics
import Testing

@Suite("What cannot be in a record")
struct RecordFlawTests {
  private static func record(_ counts: RequestCounts) -> ReplicationRecord {
    let none = SparseHistogram(LatencyHistogram())
    var record = ReplicationRecord(replication: 0, edges: [])
    record.billedTime = .hours(1)
    record.sections = [Section(counts: counts, times: PerTime(latency: none, wait: none))]
    return record
  }

  @Test("is no section in which requests end that arrived in one before")
  func earlier() {
    var counts = RequestCounts()
    counts.arrived = 3
    counts[.completed] = 5
    #expect([Self.record(counts)].flaw == nil)
  }

  @Test("is a section whose requests add up to more than a number holds")
  func tooMany() {
    var counts = RequestCounts()
    counts[.completed] = .max - 1
    counts[.hit] = 7
    #expect([Self.record(counts)].flaw == "replication 0: its sections do not add up")
  }

  @Test("is a section with more waits than requests that can wait")
  func waits() {
    var counts = RequestCounts()
    counts[.hit] = 5
    var times = LatencyHistogram()
    times.record(1_000)
    var record = Self.record(counts)
    record.sections = [
      Section(
        counts: counts,
        times: PerTime(latency: SparseHistogram(LatencyHistogram()), wait: SparseHistogram(times)))
    ]
    #expect([record].flaw == "replication 0: its sections do not add up")
  }

  @Test("is a cost that no amount holds once it is scaled to a month")
  func costs() {
    var record = Self.record(RequestCounts())
    record.tallies = [Tally(.costWorkload, value: 2_000_000_000_000_000_000)]
    // 730 times as much.
    #expect([record].flaw == "replication 0: its amounts are out of range for a month")
    record.billedTime = .hours(730)
    #expect([record].flaw == nil)
  }
}
