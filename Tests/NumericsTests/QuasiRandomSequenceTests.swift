// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("A Sobol sequence")
struct QuasiRandomSequenceTests {
  private func points(_ count: Int, dimension: Int, shift: [Double]? = nil) -> [[Double]] {
    var sequence = QuasiRandomSequence(dimension: dimension, shift: shift)
    return (0..<count).map { _ in sequence.next() }
  }

  private func shift(_ number: UInt32, dimension: Int) -> [Double] {
    var stream = RandomStream(seed: 11, replication: number, purpose: .testing, entity: 0)
    return (0..<dimension).map { _ in stream.nextUniform() }
  }

  /// Worked by hand in Gray code order. The first axis has the direction numbers 1/2, 1/4, 1/8; the
  /// second, of the polynomial x + 1, has 1/2, 3/4, 5/8. The numbers that change are the first, the
  /// second, the first, the third, the first, the second, the first.
  @Test("begins with the points worked by hand")
  func firstPoints() {
    let known = [
      [0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.375, 0.375], [0.875, 0.875], [0.625, 0.125],
      [0.125, 0.625],
    ]
    #expect(points(7, dimension: 2) == known)
    #expect(points(7, dimension: 1) == known.map { [$0[0]] })
  }

  @Test("has one point in each part of each axis, shifted or not", arguments: [false, true])
  func axes(isShifted: Bool) {
    let points =
      isShifted
      ? points(1_024, dimension: 40, shift: shift(0, dimension: 40))
      : [[Double](repeating: 0, count: 40)] + points(1_023, dimension: 40)
    for axis in 0..<40 {
      let parts = points.map { Int($0[axis] * 1_024) }
      #expect(parts.sorted() == Array(0..<1_024))
    }
  }

  @Test("has one point in each box of area 2^-8 of its first two axes, shifted or not")
  func boxes() {
    let plain = [[0, 0]] + points(255, dimension: 2)
    for points in [plain, points(256, dimension: 2, shift: [0.3, 0.7])] {
      for digits in 0...8 {
        let (width, height) = (1 << digits, 1 << (8 - digits))
        let boxes = points.map { Int($0[0] * Double(width)) * height + Int($0[1] * Double(height)) }
        #expect(boxes.sorted() == Array(0..<256))
      }
    }
  }

  @Test("stays inside the open cube, whatever the shift")
  func open() {
    for shift in [0, 0.5, 1 - 0x1p-53] {
      let points = points(512, dimension: 3, shift: [shift, shift, shift])
      #expect(points.allSatisfy { $0.allSatisfy { $0 > 0 && $0 < 1 } })
    }
    #expect(points(1, dimension: 1, shift: [0]) == [[0x1p-53]])
    #expect(points(1, dimension: 1, shift: [1 - 0x1p-53]) == [[1 - 0x1p-53]])
    #expect(points(5_000, dimension: 40).allSatisfy { $0.allSatisfy { $0 > 0 && $0 < 1 } })
  }

  @Test("comes again with the same shift, and is another with another")
  func replicable() {
    let shift = shift(1, dimension: 6)
    #expect(points(100, dimension: 6, shift: shift) == points(100, dimension: 6, shift: shift))
    #expect(
      points(100, dimension: 6, shift: shift)
        != points(100, dimension: 6, shift: self.shift(2, dimension: 6)))
  }

  /// The product of (1/2 + x) over five axes has the integral 1. Of 64 times as many random points
  /// the error falls by 8.
  @Test("integrates a smooth function with an error that falls faster than random points'")
  func convergence() {
    func error(_ count: Int) -> Double {
      let squares = (0..<16).map { number in
        let points = points(count, dimension: 5, shift: shift(UInt32(number), dimension: 5))
        let sum = points.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * (0.5 + $1) } }
        return (sum / Double(count) - 1) * (sum / Double(count) - 1)
      }
      return (squares.reduce(0, +) / 16).squareRoot()
    }
    let (few, many) = (error(256), error(16_384))
    #expect(many < few / 32, "errors \(few) and \(many)")
    // A random point's product has the variance (13/12)^5 - 1.
    #expect(many < 0.1 * (0.4921 / 16_384).squareRoot())
  }

  @Test("stops at once at a dimension or shift that it does not have")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = QuasiRandomSequence(dimension: 0) }
    await #expect(processExitsWith: .failure) { _ = QuasiRandomSequence(dimension: 41) }
    await #expect(processExitsWith: .failure) {
      _ = QuasiRandomSequence(dimension: 2, shift: [0.5])
    }
    await #expect(processExitsWith: .failure) {
      _ = QuasiRandomSequence(dimension: 1, shift: [1])
    }
  }
}
