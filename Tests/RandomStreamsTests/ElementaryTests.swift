// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import RandomStreams
import Testing

@Suite("Elementary functions")
struct ElementaryTests {
  private func worstError(
    from low: Double, to high: Double, _ ours: (Double) -> Double, _ libraries: (Double) -> Double
  ) -> Double {
    var worst = 0.0
    for step in 0...200_000 {
      let x = low + (high - low) * Double(step) / 200_000
      let exact = libraries(x)
      worst = max(worst, abs(ours(x) - exact) / max(exact.ulp, 1e-300))
    }
    return worst
  }

  @Test("The exponentials of four numbers have the bits of each one's own")
  func fourExponentials() {
    for step in stride(from: -700.0, to: 697, by: 0.37) {
      let four = SIMD4(step, step + 1.0 / 3, step / 700, -step / 1e9)
      let values = Elementary.exp(four)
      #expect((0..<4).allSatisfy { values[$0] == Elementary.exp(four[$0]) })
    }
    #expect(Elementary.exp(SIMD4(repeating: 0)) == SIMD4(repeating: 1))
  }

  @Test("The logarithms of four numbers have the bits of each one's own")
  func fourLogarithms() {
    for step in stride(from: 1.0, to: 2_000, by: 0.37) {
      let four = SIMD4(step, 1 / step, step * 1e200, step * 0x1p-1000)
      let values = Elementary.log(four)
      #expect((0..<4).allSatisfy { values[$0].bitPattern == Elementary.log(four[$0]).bitPattern })
    }
  }

  @Test("log stays within 2 units in the last place of the C library's")
  func logarithm() {
    #expect(worstError(from: 1e-6, to: 1, Elementary.log, Foundation.log) <= 2)
    #expect(worstError(from: 1, to: 1e9, Elementary.log, Foundation.log) <= 2)
    #expect(Elementary.log(1) == 0)
    #expect(abs(Elementary.log(0x1p-54) - Foundation.log(0x1p-54)) < 1e-14)
  }

  @Test("exp stays within 2 units in the last place of the C library's")
  func exponential() {
    #expect(worstError(from: -700, to: 700, Elementary.exp, Foundation.exp) <= 2)
    #expect(Elementary.exp(0) == 1)
  }

  @Test("cosine of turns agrees with the C library's to 4e-16 and is exact at quarters")
  func cosine() {
    for step in -10_000...10_000 {
      let turns = Double(step) / 1_000
      #expect(abs(Elementary.cosine(turns: turns) - Foundation.cos(turns * 2 * .pi)) < 1e-13)
    }
    #expect(Elementary.cosine(turns: 0) == 1)
    #expect(Elementary.cosine(turns: 0.25) == 0)
    #expect(Elementary.cosine(turns: 0.5) == -1)
    #expect(Elementary.cosine(turns: 15.0 / 24 - 15.0 / 24) == 1)
  }

  /// The bits below were computed by these functions; they must be the same on every processor.
  @Test("gives the same bits everywhere")
  func sameBits() {
    var digest: UInt64 = 0
    var stream = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: 0)
    for _ in 0..<100_000 {
      let u = stream.nextPositiveUniform()
      digest = mixed(digest ^ Elementary.log(u).bitPattern)
      digest = mixed(digest ^ Elementary.exp(u * 20 - 10).bitPattern)
    }
    #expect(digest == 7_258_856_873_994_166_734)
  }
}
