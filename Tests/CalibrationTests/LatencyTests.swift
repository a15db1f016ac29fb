// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import Numerics
import RandomStreams
import Testing

@Suite("Times of batches")
struct LatencyTests {
  @Test("that fall are pooled with their neighbours, as by hand")
  func pooling() {
    let third = 7.0 / 3
    let pooled = LatencyCalibration.rising([1, 3, 2, 2, 5], weights: [1, 1, 1, 1, 1])
    #expect(pooled == [1, third, third, third, 5])
    #expect(LatencyCalibration.rising([4, 1], weights: [3, 1]) == [3.25, 3.25])
    #expect(LatencyCalibration.rising([1, 2, 2], weights: [1, 1, 1]) == [1, 2, 2])
  }

  @Test("of an affine law are found again within their standard errors")
  func affine() throws {
    let stream = RandomStream(seed: 9, replication: 0, purpose: .testing, entity: 0)
    var within = 0
    for trial in 0..<60 {
      var points: [LatencyCalibration.Point] = []
      for (index, batch) in [1, 2, 4, 8, 16, 32, 64].enumerated() {
        for context in [128.0, 1_024, 4_096] {
          var draws = stream.draws(of: UInt64(trial * 100 + index * 10) + UInt64(context / 128))
          let time = 0.04 + 0.0004 * Double(batch) + 2e-6 * context + 0.001 * draws.nextNormal()
          points.append(.init(batch: batch, seconds: time, others: [context]))
        }
      }
      let law = try #require(LatencyCalibration(points).affine)
      #expect(law.columns == [0, 1])
      let errors = zip(zip(law.coefficients, [0.04, 0.0004, 2e-6]), law.standardErrors)
      if errors.allSatisfy({ abs($0.0.0 - $0.0.1) < 3 * $0.1 }) { within += 1 }
    }
    // 99 % or so of three dependent statements at three standard errors.
    #expect(within >= 55, "\(within)")
  }

  @Test("that a column seems to shorten leave it out")
  func negative() throws {
    let points = [1, 2, 4, 8, 16].flatMap { batch in
      [0.0, 10, 20].map {
        LatencyCalibration.Point(
          batch: batch, seconds: 0.1 + 0.01 * Double(batch) - 0.0001 * $0, others: [$0])
      }
    }
    #expect(try #require(LatencyCalibration(points).affine).columns == [0])
  }

  @Test("give a fragment of points that a scenario reads, by curve or by law")
  func fragment() throws {
    let points = [(1, 0.0449), (1, 0.0451), (8, 0.0465), (32, 0.053)].map {
      LatencyCalibration.Point(batch: $0.0, seconds: $0.1)
    }
    let calibration = LatencyCalibration(points)
    let curve = try #require(calibration.report(affine: false, largest: 64, others: []))
    #expect(curve.fragment == ["latency: { 1: 45.00ms, 8: 46.50ms, 32: 53.00ms }"])
    #expect(curve.doubts.contains { $0.contains("Beyond 32 nothing was measured") })
    let law = try #require(calibration.report(affine: true, largest: 4, others: []))
    #expect(law.fragment[1].hasPrefix("latency: { 1: 44.") && law.fragment[1].contains("4: 45."))
  }
}
