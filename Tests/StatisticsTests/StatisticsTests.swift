// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Statistics
import Testing

@Suite("The latency histogram")
struct LatencyHistogramTests {
  @Test("counts exactly above its edges, however near a time lies")
  func edges() {
    var histogram = LatencyHistogram(edges: [200_000_000])
    for time: Int64 in [199_999_999, 200_000_000, 200_000_001, 5] { histogram.record(time) }
    #expect(histogram.countAbove(edge: 200_000_000) == 1)
  }

  @Test("gives quantiles within 0.2 % of the exact ones")
  func quantiles() throws {
    var histogram = LatencyHistogram()
    for time in Int64(1)...1_000_000 { histogram.record(time * 1_000) }
    for billionths: Int64 in [10_000_000, 500_000_000, 990_000_000, 999_000_000] {
      let quantile = try #require(
        histogram.quantile(billionths: billionths, population: 1_000_000))
      // The request of that rank took as many nanoseconds as the share has billionths.
      let truth = Double(billionths)
      #expect(abs(quantile.estimate / truth - 1) < 0.002)
      #expect(quantile.low <= truth && truth <= quantile.high)
    }
  }

  @Test("counts the unanswered as longer than any time")
  func unanswered() {
    var histogram = LatencyHistogram()
    for _ in 0..<98 { histogram.record(10) }
    func quantile(_ percent: Int64, of population: UInt64) -> Double? {
      histogram.quantile(billionths: percent * 10_000_000, population: population)?.estimate
    }
    #expect(quantile(99, of: 100) == .infinity && quantile(98, of: 100) == 10)
    #expect(quantile(50, of: 98) == 10)
    #expect(LatencyHistogram().quantile(billionths: 500_000_000, population: 0) == nil)
  }

  @Test("counts the rank of a percentile in whole numbers, where binary would be one too high")
  func rank() {
    // 0.07 · 100 is 7.000000000000001 in binary.
    #expect(LatencyHistogram.rank(billionths: 70_000_000, among: 100) == 7)
    #expect(LatencyHistogram.rank(billionths: 70_000_001, among: 100) == 8)
    #expect(
      LatencyHistogram.rank(billionths: 999_999_999, among: .max) == 18_446_744_055_262_807_542)
    #expect(LatencyHistogram.rank(billionths: 1, among: 5) == 1)
  }

  @Test("puts a quantile on the side of an edge on which its counts say that it is")
  func sideOfAnEdge() throws {
    // One bucket holds 1,000,000 to 1,001,999 ns or so; all took exactly the edge, or a nanosecond more.
    for (time, low, high) in [(1_000_000, 999_424, 1_000_000), (1_000_001, 1_000_001, 1_000_001)] {
      var histogram = LatencyHistogram(edges: [1_000_000])
      for _ in 0..<10 { histogram.record(Int64(time)) }
      let found = try #require(histogram.quantile(billionths: 990_000_000, population: 10))
      #expect(found.low == Double(low) && found.high == Double(high))
      #expect(found.low <= found.estimate && found.estimate <= found.high)
    }
  }

  @Test("merges to the histogram of both")
  func merging() {
    var (one, two, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
    for time in Int64(0)..<5_000 {
      if time % 3 == 0 { one.record(time * time) } else { two.record(time * time) }
      both.record(time * time)
    }
    one.merge(two)
    #expect(one == both)
  }
}

@Suite("An interval")
struct IntervalTests {
  /// Values 1 to 5: mean 3, standard deviation 1.5811, t(0.975, 4) = 2.7764, half width 1.9632.
  @Test("of a mean is Student's, as worked by hand")
  func student() throws {
    let interval = try #require(Interval.mean(of: [1, 2, 3, 4, 5], confidence: 0.95))
    #expect(interval.estimate == 3)
    #expect(abs(interval.halfWidth - 1.9632) < 1e-4)
  }

  @Test("of a mean is as wide as an incomplete beta integral says")
  func quantiles() throws {
    let cases = try ClosedFormCase.all(of: "student_t")
    #expect(cases.count == 15)
    for known in cases {
      let count = try known.count("df") + 1
      // Half at 0 and half at 2 where the count is even, else one more at 1: deviations of 1 or 0.
      let values = (0..<count).map { $0 == 0 && count % 2 == 1 ? 1.0 : Double($0 % 2 * 2) }
      let squares = values.reduce(0) { $0 + ($1 - 1) * ($1 - 1) }
      let error = (squares / Double(count - 1) / Double(count)).squareRoot()
      let interval = try #require(
        Interval.mean(of: values, confidence: known.number("confidence")))
      let width = try known.value("t") * error
      #expect(abs(interval.halfWidth / width - 1) < 1e-9, "\(known)")
    }
  }

  @Test("of one value has no bounds, and of none does not exist")
  func fewValues() throws {
    #expect(Interval.mean(of: [], confidence: 0.95) == nil)
    #expect(try #require(Interval.mean(of: [7], confidence: 0.95)).high == .infinity)
  }

  /// Intervals of eight values each.
  @Test("of normal means covers the truth in 930 to 970 of 1,000 experiments")
  func coverage() throws {
    var covered = 0
    for experiment in UInt32(0)..<1_000 {
      var stream = RandomStream(
        seed: 6, replication: experiment, purpose: .testing, entity: 0)
      // Sums of twelve uniforms are normal enough: their kurtosis differs by 0.1.
      let values = (0..<8).map { _ in
        (0..<12).reduce(0.0) { sum, _ in sum + stream.nextUniform() } - 6
      }
      let interval = try #require(Interval.mean(of: values, confidence: 0.95))
      if interval.low <= 0 && 0 <= interval.high { covered += 1 }
    }
    #expect((930...970).contains(covered))
  }
}
