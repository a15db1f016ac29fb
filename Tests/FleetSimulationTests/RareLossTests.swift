// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Foundation
import Quantities
import Recording
import Scenario
import SimulationTesting
import Statistics
import Testing

/// Records made by hand: five replications of 600 minutes in 20 sections of 1,000 requests each.
@Suite("The interval of a share of lost requests")
struct RareLossTests {
  private static let minutes = 600.0

  private static func counts(lost: UInt64) -> RequestCounts {
    var counts = RequestCounts()
    counts.arrived = 1_000
    counts[.completed] = 1_000 - lost
    counts[.timedOut] = lost
    return counts
  }

  /// - Parameters:
  ///   - lost: by replication, how many requests each of the first sections lost.
  private static func lost(
    _ lost: [[UInt64]], timeout: TimeSpan?, measured: TimeSpan = .minutes(600),
    confidence: Double = 0.95
  ) throws -> Interval {
    var builder = ScenarioBuilder()
    builder.timeout = timeout
    let none = SparseHistogram(LatencyHistogram())
    let records = (0..<5).map { replication in
      var record = ReplicationRecord(replication: replication, edges: [])
      let sections = (0..<20).map { section in
        replication < lost.count && section < lost[replication].count
          ? lost[replication][section] : 0
      }
      record.sampledMinutes = UInt64(minutes)
      record.measuredTime = measured
      record.sections = sections.map {
        Section(counts: counts(lost: $0), times: PerTime(latency: none, wait: none))
      }
      for section in record.sections { record.weighted.add(section.counts, times: 1) }
      return record
    }
    let measures = Measures(try builder.build(), records: records).with(confidence: confidence)
    let availability = try #require(measures.availability)
    return Interval(
      estimate: 1 - availability.estimate, low: 1 - availability.high, high: 1 - availability.low,
      samples: availability.samples)
  }

  @Test(
    "without a loss reaches as far as one trial in each time-out, or in each minute without one")
  func never() throws {
    // Requests without times are as good as independent once a minute: a time-out of two minutes counts for a minute.
    for timeout in [TimeSpan.seconds(60), .seconds(120), nil] {
      let interval = try Self.lost([], timeout: timeout)
      #expect(interval.low <= 0)
      #expect(abs(interval.high - (1 - pow(0.05, 1 / (5 * Self.minutes)))) < 1e-9)
    }
  }

  @Test("without a loss is wide where less was measured than the minutes that it lies in")
  func short() throws {
    // Ten minutes in parts of 600: 50 time-outs of a minute in all.
    let parts = try Self.lost([], timeout: .seconds(60), measured: .seconds(600))
    #expect(abs(parts.high - (1 - pow(0.05, 1.0 / 50))) < 1e-9)
    let hardly = try Self.lost([], timeout: .seconds(60), measured: .seconds(1))
    #expect(hardly.high > 0.999)
  }

  @Test(
    "holds a Poisson count of clusters where few sections lost a request and one replication none")
  func few() throws {
    // Garwood for one at 95 %: 0.0253 and 5.5716. One of 100,000 requests is less than one of 3,000 trials.
    let one = try Self.lost([[1]], timeout: .seconds(60))
    #expect(abs(one.high - 5.571_643 / 3_000) < 1e-6)
    // Two clusters of 500, which are more than two trials: 0.2422 and 7.2247 of one, each 500 in 100,000.
    let two = try Self.lost([[500], [500]], timeout: .seconds(60))
    #expect(two.high >= 0.01 / 2 * 7.224_687 - 1e-6)
    #expect(two.low <= 0.01 / 2 * 0.242_209 + 1e-6)
  }

  @Test("is Student's where each replication lost some in the same section")
  func each() throws {
    let alike = try Self.lost([[10], [11], [9], [10], [10]], timeout: .seconds(60))
    // Shares of 20,000: 10, 11, 9, 10, 10; s = 0.70711; t(0.975, 4) = 2.77645.
    let half = 2.776_445 * 0.707_107 / 5.0.squareRoot() / 20_000
    #expect(abs(alike.high - (10.0 / 20_000 + half)) < 1e-9)
    #expect(abs(alike.low - (10.0 / 20_000 - half)) < 1e-9)
  }

  @Test("is no narrower than sections make it where replications agree by chance")
  func sections() throws {
    // Ten sections each: replications lose 100 in all, their sections between none and 20.
    let sections: [[UInt64]] = (0..<5).map { replication in
      (0..<10).map { section in (section + replication).isMultiple(of: 2) ? 20 : 0 }
    }
    let interval = try Self.lost(sections, timeout: .seconds(60))
    #expect(abs(interval.estimate - 0.005) < 1e-12)
    // Each section is 20 three times of five, or twice: vⱼ = 120 in requests of 20,000; √(10·120/5) = 15.5.
    let error = (10.0 * 120 / 5).squareRoot() / 20_000
    #expect(interval.high - interval.estimate > 1.96 * error)
    #expect(interval.high - interval.estimate < 2.1 * error)
  }
}
