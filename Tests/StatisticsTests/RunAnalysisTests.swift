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

  /// The series of White's example: a·exp(-i/τ) + ((7919·i) mod 101)/101. The cuts were worked out with
  /// forty digits outside this project.
  @Test(
    "MSER-5 cuts a fully specified series where it should",
    arguments: [
      (a: 10.0, n: 500, tau: 40.0, batches: 40, mean: 0.5019959555453, least: 5.582701824876e-05),
      (a: 4.0, n: 1_000, tau: 25.0, batches: 20, mean: 0.4964324793865, least: 1.873955389607e-05),
    ])
  func warmUp(
    example: (a: Double, n: Int, tau: Double, batches: Int, mean: Double, least: Double)
  ) throws {
    let series = (0..<example.n).map { i in
      example.a * Elementary.exp(-Double(i) / example.tau) + Double((7_919 * i) % 101) / 101
    }
    let cut = try #require(WarmUp(series))
    #expect(cut.batches == example.batches && cut.values == 5 * example.batches)
    #expect(abs(cut.mean / example.mean - 1) < 1e-11)
    #expect(abs(cut.statistic / example.least - 1) < 1e-9)
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

  /// The variances of batch means of x_i = φ·x_(i-1) + e_i by the formula of its autocovariance.
  @Test("batch means of an autoregressive series vary and correlate as its formula says")
  func batchMeans() throws {
    let phi = 0.9
    var draws = uniforms(7)
    var value = draws.nextNormal() / (1 - phi * phi).squareRoot()
    let means = (0..<20_000).map { _ -> Double in
      var sum = 0.0
      for _ in 0..<100 {
        sum += value
        value = phi * value + draws.nextNormal()
      }
      return sum / 100
    }
    let variance = means.reduce(0) { $0 + $1 * $1 } / 20_000
    // 0.905265674237789 and 0.0523226563106778; 20,000 of them are known to 1 % and 0.007.
    #expect(abs(variance / 0.905265674237789 - 1) < 0.04)
    #expect(abs(try #require(BatchMeans.correlation(means)) - 0.0523226563106778) < 0.03)
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

  @Test("Garwood's interval of 0 and 5 events, as tabled")
  func rates() throws {
    let none = try #require(Interval.rate(of: 0, over: 2, samples: 4, confidence: 0.95))
    #expect(none.low == 0 && abs(none.high - 3.688879 / 2) < 1e-6)
    let five = try #require(Interval.rate(of: 5, over: 1, samples: 4, confidence: 0.95))
    #expect(abs(five.low - 1.623486) < 1e-5 && abs(five.high - 11.668332) < 1e-5)
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
