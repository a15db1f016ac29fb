// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Testing

@Suite("A ratio")
struct RatioTests {
  private func ratio(_ above: Int128, _ below: Int128) throws -> Ratio {
    try #require(Ratio(above, over: below))
  }

  @Test("is compared without rounding, where binary numbers are wrong")
  func comparison() throws {
    // 1 - 0.9 is below 0.1 in binary.
    #expect(1 - 0.9 < 0.1)
    let tenth = Ratio(billionths: 100_000_000)
    #expect(try #require(Ratio.one.minus(Ratio(billionths: 900_000_000))) == tenth)
    #expect(try ratio(3, 30) == tenth && ratio(-3, -30) == tenth)
    #expect(try ratio(1, 3) < ratio(333_333_334, 1_000_000_000))
    #expect(try ratio(333_333_333, 1_000_000_000) < ratio(1, 3))
    #expect(try ratio(-1, 2) < ratio(1, -3))
  }

  @Test("is compared where the products need 256 bits")
  func wide() throws {
    let (large, next) = (Int128.max - 1, Int128.max)
    // (m - 1)/m is below m/(m + 1), here with m = 2^127 - 2.
    #expect(try ratio(large - 1, large) < ratio(large, next))
    #expect(try !(ratio(large, next) < ratio(large - 1, large)))
  }

  @Test("is nothing over zero, and where a result does not fit")
  func nothing() throws {
    #expect(Ratio(1, over: 0) == nil && Ratio(.min, over: 1) == nil)
    let large = try ratio(Int128.max, 1)
    #expect(large.plus(.one) == nil && large.times(large) == nil)
    #expect(try Ratio.one.over(ratio(0, 5)) == nil)
  }

  @Test("adds, multiplies, divides and comes back from its text")
  func arithmetic() throws {
    let (half, third) = (try ratio(1, 2), try ratio(1, 3))
    #expect(try half.plus(third) == ratio(5, 6) && half.minus(third) == ratio(1, 6))
    #expect(try half.times(third) == ratio(1, 6) && half.over(third) == ratio(3, 2))
    #expect(Ratio("-3/6")?.description == "-1/2" && Ratio("7") == Ratio(7, over: 1))
    for text in ["", "1/0", "1/-2", "1/2/3", "a"] { #expect(Ratio(text) == nil) }
  }
}
