// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Testing

@Suite("A target")
struct TargetTests {
  @Test(
    "is read with its measure, comparison and bound",
    arguments: [
      ("monthly_cost <= 50_000 USD", Target.Measure.monthlyCost, 50_000.0),
      ("p99(latency) <= 200ms", .latency(.quantile(Share(billionths: 990_000_000))), 0.2),
      ("p99.9(wait) < 2s", .wait(.quantile(Share(billionths: 999_000_000))), 2),
      ("mean(latency) <= 90ms", .latency(.mean), 0.09),
      ("availability >= 99.9%", .availability, 0.999),
      ("availability(time) > 99%", .availabilityByTime, 0.99),
      ("savings(b.yaml) >= 65%", .savings(against: "b.yaml"), 0.65),
    ])
  func reads(text: String, measure: Target.Measure, bound: Double) throws {
    let target = try Target(parsing: text)
    #expect(target.measure == measure)
    #expect(abs(target.bound.value - bound) < 1e-12)
  }

  @Test(
    "is refused without a bound, a unit, or a known measure",
    arguments: [
      "p99(latency) <=", "p99(latency) <= 200", "p101(latency) <= 2s", "cost <= 5 USD",
      "p99(latency) == 2s", "availability >= 99.9 percent", "savings() >= 5%", "",
    ])
  func refuses(text: String) {
    #expect(throws: UnreadableQuantity.self) { try Target(parsing: text) }
  }
}
