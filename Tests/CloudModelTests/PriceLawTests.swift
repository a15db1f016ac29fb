// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import RandomStreams
import Testing

@Suite("A price that wanders")
struct PriceLawTests {
  private static func prices(_ law: PriceLaw) -> [Int64] {
    func stream(_ purpose: StreamPurpose) -> RandomStream {
      RandomStream(seed: 7, replication: 0, purpose: purpose, entity: 0)
    }
    return law.series(over: .hours(400), wander: stream(.price), shots: stream(.priceJumps))
      .changes.map(\.price.nanodollarsPerHour)
  }

  private static func law(
    reversion: TimeSpan, jumps: PriceLaw.Jumps? = nil, highest: HourlyPrice? = nil
  ) -> PriceLaw {
    PriceLaw(
      mean: HourlyPrice(nanodollarsPerHour: 10_000_000_000), deviation: 0.1, reversion: reversion,
      jumps: jumps, step: .hours(1), highest: highest)
  }

  @Test("forgets everything between two steps that are many times its reversion apart")
  func quickReversion() {
    let prices = Self.prices(Self.law(reversion: .seconds(5)))
    // Independent draws within five deviations of the median.
    #expect(prices.allSatisfy { (6_000_000_000...17_000_000_000).contains($0) })
    #expect(Set(prices).count > 390)
  }

  @Test("is never more than a hundred times its mean, however it jumps", arguments: [5, 20_000])
  func bounded(seconds: Int64) {
    let law = Self.law(
      reversion: .seconds(seconds), jumps: PriceLaw.Jumps(every: .seconds(600), factor: 100))
    #expect(Self.prices(law).allSatisfy { (0...1_000_000_000_000).contains($0) })
  }

  /// λτ(∫₀^Y (e^u − 1)/u du − Y) + σ²/2 with λτ = 6 h ÷ 1 min = 360 and Y = ln 2 = 0.693147: the series
  /// 0.693147 + 0.120113 + 0.018501 + 0.002404 + 0.000267 + 0.000026 + … = 0.834460 leaves 360 × 0.141313 = 50.87.
  @Test("tells how far its usual price lies below its mean")
  func meanAboveUsual() {
    let jumps = PriceLaw.Jumps(every: .minutes(1), factor: 2)
    let law = Self.law(reversion: .hours(6), jumps: jumps)
    #expect(abs(law.meanAboveUsual - (50.87 + 0.005)) < 0.02)
    #expect(Self.law(reversion: .hours(6)).meanAboveUsual == 0.1 * 0.1 / 2)
  }
}
