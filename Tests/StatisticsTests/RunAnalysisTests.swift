// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import SimulationTesting
import Statistics
import Testing

@Suite("The analysis of a run")
struct RunAnalysisTests {
  private func uniforms(_ entity: UInt32) -> RandomStream {
    RandomStream(seed: 4, replication: 0, purpose: .serviceTime, entity: entity)
  }

  /// The series is a·exp(-i/τ) + ((7907·i) mod 103)/103.
  @Test("MSER-5 cuts where trying each cut by itself says")
  func warmUp() throws {
    let cases = try ClosedFormCase.all(of: "mser5")
    #expect(cases.count == 3)
    for known in cases {
      let (a, tau) = (try known.number("a"), try known.number("tau"))
      let series = (0..<(try known.count("n"))).map { i in
        a * Elementary.exp(-Double(i) / tau) + Double((7_907 * i) % 103) / 103
      }
      let cut = try #require(WarmUp(series))
      #expect(Double(cut.batches) == (try known.value("truncated_batches")), "\(known)")
      #expect(cut.values == 5 * cut.batches)
      #expect(abs(cut.mean / (try known.value("truncated_mean")) - 1) < 1e-11, "\(known)")
      #expect(abs(cut.statistic / (try known.value("statistic")) - 1) < 1e-9, "\(known)")
    }
  }

  @Test("MSER-5 believes no cut of a series that keeps growing, and cuts nothing of a level one")
  func warmUpExtremes() throws {
    #expect(try #require(WarmUp((0..<400).map(Double.init))).isCredible == false)
    let level = try #require(WarmUp((0..<400).map { Double($0 % 5) }))
    #expect(level.values == 0 && level.isCredible)
    #expect(WarmUp([Double](repeating: 1, count: 49)) == nil)
  }

  @Test("a queue that grows drifts, one that only varies does not")
  func drift() throws {
    let growing = (0..<200).map { Double($0) }
    #expect(try #require(Drift(Drift.halves(growing, pairs: 10))).isGrowing)
    var alarms = 0
    for run in 0..<1_000 {
      var draws = uniforms(UInt32(run))
      // An autoregressive backlog round 100: neighbours are alike, halves are not.
      var (value, series) = (0.0, [Double]())
      for _ in 0..<600 {
        value = 0.8 * value + draws.nextNormal() * 20
        series.append(100 + value)
      }
      if try #require(Drift(Drift.halves(series, pairs: 10))).isGrowing { alarms += 1 }
    }
    #expect(alarms <= 5)
  }

  @Test("independent exceedances count each, clustered ones by clusters")
  func tail() throws {
    // 40 sections of 1,000 requests, of which each is beyond with probability 0.01; then the same in
    // clusters of 20, which makes τ 20.
    for (cluster, expected) in [(1, 10.0 * 20), (20, 10.0)] {
      var sum = 0.0
      for run in 0..<200 {
        var draws = uniforms(UInt32(run * 2 + (cluster == 1 ? 0 : 1)))
        let replications = (0..<2).map { _ in
          (0..<20).map { _ -> TailDependence.Count in
            var beyond = 0
            for _ in 0..<(1_000 / cluster) where draws.nextUniform() < 0.01 { beyond += cluster }
            return TailDependence.Count(requests: 1_000, beyond: Double(beyond))
          }
        }
        sum += try #require(TailDependence(replications)).exceedances
      }
      // A replication has 20,000 requests: 200 beyond, or 10 clusters of them. The ratio has some bias.
      #expect(abs(sum / 200 / expected - 1) < 0.1)
    }
    #expect(TailDependence([[TailDependence.Count(requests: 10, beyond: 1)]]) == nil)
  }

  @Test("neighbours of an alternating series correlate by -1, of a rising one by nearly 1")
  func correlation() throws {
    let alternating = (0..<1_000).map { Double($0 % 2) }
    #expect(abs(try #require(BatchMeans.correlation(alternating)) + 1) < 0.01)
    let rising = (0..<1_000).map { Double($0) }
    #expect(try #require(BatchMeans.correlation(rising)) > 0.99)
    #expect(BatchMeans.correlation([1, 1, 1]) == nil)
  }

  /// x_i = φ·x_(i-1) + e_i; the table adds up the covariances of all pairs of values.
  @Test("batch means of an autoregressive series vary and correlate as its covariances say")
  func batchMeans() throws {
    let cases = try ClosedFormCase.all(of: "ar1_batch_means")
    #expect(cases.count == 3)
    for (number, known) in cases.enumerated() {
      let (phi, size) = (try known.number("phi"), try known.count("batch"))
      var draws = uniforms(UInt32(7 + number))
      var value = draws.nextNormal() / (1 - phi * phi).squareRoot()
      let means = (0..<20_000).map { _ -> Double in
        var sum = 0.0
        for _ in 0..<size {
          sum += value
          value = phi * value + draws.nextNormal()
        }
        return sum / Double(size)
      }
      let variance = means.reduce(0) { $0 + $1 * $1 } / 20_000
      // 20,000 of them are known to 1 % and 0.007.
      #expect(abs(variance / (try known.value("variance_of_batch_mean")) - 1) < 0.04, "\(known)")
      let correlation = try #require(BatchMeans.correlation(means))
      #expect(abs(correlation - (try known.value("lag1_correlation"))) < 0.03, "\(known)")
    }
  }

  @Test("a stretch holds what was counted in it, and two make one of what both stand for")
  func stretch() throws {
    var (one, other) = (LatencyHistogram(edges: [500_000]), LatencyHistogram(edges: [500_000]))
    for time in Int64(400)..<700 { one.record(time * 997) }
    for time in Int64(600)..<1_000 { other.record(time * 997) }
    let stretch = SparseHistogram(one)
    #expect(stretch.count == 300 && stretch.sum == one.sum)
    let back = stretch.histogram(edges: [500_000])
    #expect(back.count == 300 && back.countAbove(edge: 500_000) == one.countAbove(edge: 500_000))
    for billionths: Int64 in [100_000_000, 500_000_000, 900_000_000] {
      #expect(
        back.quantile(billionths: billionths, population: 300)
          == one.quantile(billionths: billionths, population: 300))
    }
    #expect(stretch.countAbove(0) == 300 && stretch.countAbove(1e9) == 0)
    #expect(abs(stretch.countAbove(550 * 997) - 150) < 1.5)

    let both = stretch.times(3, plus: SparseHistogram(other), times: 2)
    var sum = LatencyHistogram(edges: [500_000])
    sum.merge(one, times: 3)
    sum.merge(other, times: 2)
    #expect(both == SparseHistogram(sum))
    let empty = SparseHistogram(LatencyHistogram(edges: [500_000]))
    #expect(empty.count == 0 && empty.buckets.isEmpty)
    #expect(stretch.times(1, plus: empty, times: 7) == stretch)
    #expect(stretch.times(0, plus: empty, times: 7) == empty)
    // One window stands for years.
    #expect(stretch.times(1 << 50, plus: empty, times: 1).count == 300 << 50)
  }

  @Test("Garwood's interval ends at the rates at which what was seen is as rare as allowed")
  func rates() throws {
    let cases = try ClosedFormCase.all(of: "poisson_rate_interval")
    #expect(cases.count == 4)
    for known in cases {
      let interval = try #require(
        try Interval.rate(
          of: known.count("events"), over: known.number("exposure"), samples: 4,
          confidence: known.number("confidence")))
      #expect(abs(interval.low - (try known.value("low"))) < 1e-10, "\(known)")
      #expect(abs(interval.high / (try known.value("high")) - 1) < 1e-10, "\(known)")
    }
  }

  @Test("a control takes out of a mean what it has in common with it, by hand")
  func control() throws {
    // y = 3 + 2·c exactly, and c should be 1 on average: so y should be 5, whatever was drawn.
    let controls = [0.5, 1.5, 2, 4]
    let exact = try #require(
      Interval.mean(
        of: controls.map { 3 + 2 * $0 }, controlledBy: controls, expected: 1, confidence: 0.95))
    #expect(abs(exact.estimate - 5) < 1e-12 && exact.halfWidth < 1e-6)
    // Residuals 1, -1, -1, 1 round a slope of zero: s² = 4/2, error² = 2·(1/4 + 1.25/5), t(0.975, 2) = 4.3027.
    let level = try #require(
      Interval.mean(
        of: [1, -1, -1, 1], controlledBy: [0, 1, 2, 3], expected: 1.5 - 1.25.squareRoot(),
        confidence: 0.95))
    #expect(abs(level.estimate) < 1e-12 && abs(level.halfWidth - 4.30265) < 1e-4)
  }
}
