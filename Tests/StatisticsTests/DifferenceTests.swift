// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Testing

@Suite("The difference of two samples")
struct DifferenceTests {
  private let first = Sample(estimate: 2, values: [1, 2, 3])
  private let second = Sample(estimate: 4, values: [2, 4, 6])

  /// Differences 1, 2, 3: mean 2, variance 1, so 2 ± 4.302653·√(1/3) with two degrees of freedom.
  @Test("paired is that of the differences")
  func paired() throws {
    let interval = try #require(Interval.paired(first, second, confidence: 0.95))
    #expect(interval.estimate == 2)
    #expect(abs(interval.high - (2 + 2.484138)) < 1e-5)
    #expect(abs(interval.low - (2 - 2.484138)) < 1e-5)
  }

  /// Variances 1/3 and 4/3 of the means; (5/3)²/((1/3)²/2 + (4/3)²/2) = 2.94 degrees of freedom, so two:
  /// 2 ± 4.302653·√(5/3).
  @Test("of independent samples is Welch's, with degrees of freedom rounded down")
  func welch() throws {
    let interval = try #require(Interval.welch(first, second, confidence: 0.95))
    #expect(interval.estimate == 2)
    #expect(abs(interval.high - (2 + 5.554702)) < 1e-5)
    #expect(abs(interval.low - (2 - 5.554702)) < 1e-5)
  }

  @Test("of samples that do not vary is known exactly")
  func constant() throws {
    let same = Sample(estimate: 5, values: [5, 5])
    let welch = try #require(
      Interval.welch(same, Sample(estimate: 7, values: [7, 7, 7]), confidence: 0.95))
    #expect(welch.low == 2 && welch.high == 2)
    let paired = try #require(Interval.paired(same, same, confidence: 0.95))
    #expect(paired.low == 0 && paired.high == 0)
  }

  @Test("of one replication, or with an infinite one, has no bounds, and of none there is nothing")
  func unknown() throws {
    let one = Sample(estimate: 1, values: [1])
    #expect(Interval.paired(one, one, confidence: 0.95)?.high == .infinity)
    #expect(Interval.welch(first, one, confidence: 0.95)?.low == -.infinity)
    let lost = Sample(estimate: .infinity, values: [1, .infinity, 2])
    #expect(Interval.welch(first, lost, confidence: 0.95)?.low == -.infinity)
    #expect(Interval.welch(first, Sample(estimate: 0, values: []), confidence: 0.95) == nil)
    #expect(Interval.paired(first, one, confidence: 0.95) == nil)
  }
}
