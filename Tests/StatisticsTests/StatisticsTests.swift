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
    for share in [0.01, 0.5, 0.9, 0.99, 0.999] {
      let quantile = try #require(histogram.quantile(share, population: 1_000_000))
      #expect(abs(quantile / (share * 1e9) - 1) < 0.002)
    }
  }

  @Test("counts the unanswered as longer than any time")
  func unanswered() {
    var histogram = LatencyHistogram()
    for _ in 0..<98 { histogram.record(10) }
    #expect(histogram.quantile(0.99, population: 100) == .infinity)
    #expect(histogram.quantile(0.5, population: 100).map { $0 <= 10 } == true)
    #expect(histogram.quantile(0.5, population: 98) != nil)
    #expect(LatencyHistogram().quantile(0.5, population: 0) == nil)
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

  @Test("of one value has no bounds, and of none does not exist")
  func fewValues() throws {
    #expect(Interval.mean(of: [], confidence: 0.95) == nil)
    #expect(try #require(Interval.mean(of: [7], confidence: 0.95)).high == .infinity)
  }

  /// 2,000 intervals of five exponential values each; Student's interval covers a little less on
  /// skewed values, about 0.88 by simulation in the literature; of normal values it covers 0.95.
  @Test("of normal means covers the truth in 930 to 970 of 1,000 experiments")
  func coverage() {
    var covered = 0
    for experiment in UInt32(0)..<1_000 {
      var stream = RandomStream(
        seed: 6, replication: experiment, purpose: .testing, entity: 0)
      // Sums of twelve uniforms are normal enough: their kurtosis differs by 0.1.
      let values = (0..<8).map { _ in
        (0..<12).reduce(0.0) { sum, _ in sum + stream.nextUniform() } - 6
      }
      guard let interval = Interval.mean(of: values, confidence: 0.95) else { continue }
      if interval.low <= 0 && 0 <= interval.high { covered += 1 }
    }
    #expect((930...970).contains(covered))
  }
}
