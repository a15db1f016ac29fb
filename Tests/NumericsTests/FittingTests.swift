// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("What fits are made of")
struct FittingTests {
  private static let lives = [
    ConstrainedLife(share: 0.45, early: 1, late: 0.8, onset: 24, limit: 24),
    ConstrainedLife(share: 0.25, early: 1.2, late: 34, onset: 24, limit: 24),
    ConstrainedLife(share: 0.6, early: 3, late: 2, onset: 30, limit: 25),
  ]

  @Test("A constrained life has the moments that its survival says", arguments: 0..<3)
  func moments(number: Int) throws {
    let law = try Distribution(.bathtub(Self.lives[number]))
    let limit = Self.lives[number].limit
    for order in 1...3 {
      // ∫ n t^(n-1) P(X > t) dt by Gauss's rule of two points.
      let parts = 20_000
      let width = limit / Double(parts)
      func value(_ t: Double) -> Double {
        Double(order) * (order == 1 ? 1 : order == 2 ? t : t * t) * law.survival(t)
      }
      var sum = 0.0
      for part in 0..<parts {
        let middle = (Double(part) + 0.5) * width
        let offset = 0.28867513459481287 * width
        sum += width / 2 * (value(middle - offset) + value(middle + offset))
      }
      #expect(abs(law.moment(order) / sum - 1) < 1e-6)
    }
    #expect(abs(law.mean(cutAt: limit) / law.mean - 1) < 1e-4)
  }

  @Test(
    "Draws of a constrained life follow it, and what is left of one its equilibrium",
    arguments: 0..<3)
  func draws(number: Int) throws {
    let law = try Distribution(.bathtub(Self.lives[number]))
    let stream = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: UInt32(number))
    let count = 20_000
    var lives: [Double] = []
    var (left, cut) = (0.0, 0.0)
    for index in 0..<count {
      var draws = stream.draws(of: UInt64(index))
      lives.append(law.sample(from: &draws))
      left += law.sampleEquilibriumResidual(from: &draws)
      cut += law.sampleEquilibriumResidual(cutAt: Self.lives[number].limit, from: &draws)
    }
    lives.sort()
    // Kolmogorov's distance at one in a thousand is 1.95/√n.
    var distance = 0.0
    for (index, life) in lives.enumerated() where life < Self.lives[number].limit {
      distance = max(distance, abs(law.cumulative(life) - (Double(index) + 0.5) / Double(count)))
    }
    #expect(distance < 1.95 / Double(count).squareRoot())
    let mean = law.secondMoment / (2 * law.mean)
    #expect(abs(left / Double(count) / mean - 1) < 0.03)
    #expect(abs(cut / Double(count) / mean - 1) < 0.03)
    #expect(abs(law.cumulative(law.quantile(0.1)) - 0.1) < 1e-9)
  }

  @Test("A life of impossible parameters is refused")
  func refusals() {
    for life in [
      ConstrainedLife(share: 0, early: 1, late: 1, onset: 24, limit: 24),
      ConstrainedLife(share: 0.9, early: 1, late: 1, onset: 24, limit: 24),
      ConstrainedLife(share: 0.4, early: -1, late: 1, onset: 24, limit: 24),
      ConstrainedLife(share: 0.4, early: 1, late: 0.01, onset: 24, limit: 24),
    ] {
      #expect(throws: InvalidDistribution.self) { try Distribution(.bathtub(life)) }
    }
  }

  /// Rosenbrock's valley, whose minimum of 0 lies at (1, 1): Computer Journal 3 (1960) 175–184.
  @Test("A simplex goes down a curved valley, and stays where a function is not defined beyond")
  func minimum() {
    let valley = Minimum.of(
      { (1 - $0[0]) * (1 - $0[0]) + 100 * ($0[1] - $0[0] * $0[0]) * ($0[1] - $0[0] * $0[0]) },
      from: [-1.2, 1], tolerance: 1e-9)
    #expect(valley.hasConverged && abs(valley.place[0] - 1) < 1e-5 && valley.value < 1e-10)
    let wall = Minimum.of({ $0[0] < 2 ? .nan : $0[0] }, from: [5])
    #expect(abs(wall.place[0] - 2) < 1e-4)
  }

  /// Longley's classic is too stiff for a few digits; a line through five points is worked by hand:
  /// y = 1 + 2x with residuals 1, -2, 2, -2, 1, which are orthogonal to both columns: s² = 14/3, and the
  /// slope's error √(s²/10).
  @Test("Least squares are those worked by hand")
  func leastSquares() throws {
    let rows: [[Double]] = [[1, -2], [1, -1], [1, 0], [1, 1], [1, 2]]
    let values: [Double] = [-2, -3, 3, 1, 6]
    let found = LinearFit(rows: rows, values: values)
    let fit = try #require(found)
    #expect(abs(fit.coefficients[0] - 1) < 1e-12 && abs(fit.coefficients[1] - 2) < 1e-12)
    #expect(abs(fit.residualSumOfSquares - 14) < 1e-12)
    #expect(abs(fit.standardErrors[1] - (14.0 / 30).squareRoot()) < 1e-12)
    #expect(LinearFit(rows: [[1, 2]], values: [3]) == nil)
  }
}
