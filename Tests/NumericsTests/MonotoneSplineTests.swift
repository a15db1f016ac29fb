// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Testing

@Suite("A monotone spline")
struct MonotoneSplineTests {
  @Test("goes through its points")
  func points() throws {
    let spline = try MonotoneSpline(x: [0, 1, 3, 4, 8], y: [2, 5, 5, 9, 10])
    #expect([0, 1, 3, 4, 8].map { spline($0) } == [2, 5, 5, 9, 10])
  }

  @Test("rises wherever its points rise")
  func monotone() throws {
    let spline = try MonotoneSpline(x: [0, 1, 2, 3, 4], y: [0, 0.01, 0.02, 10, 10.01])
    let values = (0...400).map { spline(Double($0) / 100) }
    #expect(zip(values, values.dropFirst()).allSatisfy(<))
  }

  /// Segments of length 1 and slopes 1 and 3 meet at the middle point, where the parabola's slope
  /// is (1·1 + 3·1)/2 = 2, not above twice the smaller. At the first point it is the segment's, 1.
  /// So y(½) = ½ from the points plus (1 - 2)/8 from the slopes = 0.375.
  @Test("has the slopes of Steffen's rule")
  func steffen() throws {
    let spline = try MonotoneSpline(x: [0, 1, 2], y: [0, 1, 4])
    #expect(abs(spline(0.5) - 0.375) < 1e-15)
  }

  @Test("through two points is the straight line")
  func line() throws {
    let spline = try MonotoneSpline(x: [1, 3], y: [10, 30])
    #expect(spline(2) == 20)
  }

  @Test("through one point is that value, on that place only")
  func constant() throws {
    let spline = try MonotoneSpline(x: [4], y: [9])
    #expect(spline(4) == 9 && spline.range == 4...4)
  }

  @Test("knows its range")
  func range() throws {
    let spline = try MonotoneSpline(x: [1, 2, 5], y: [0, 1, 2])
    #expect(spline.range == 1...5)
  }

  @Test("is refused for points out of order, missing or not finite")
  func refuses() {
    let faulty: [(x: [Double], y: [Double])] = [
      ([], []), ([1, 2], [1]), ([1, 1], [1, 2]), ([2, 1], [1, 2]), ([1, .nan], [1, 2]),
      ([1, 2], [1, .infinity]),
    ]
    for points in faulty {
      #expect(throws: MonotoneSpline.InvalidPoints.self) {
        _ = try MonotoneSpline(x: points.x, y: points.y)
      }
    }
  }
}
