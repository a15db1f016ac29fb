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
      ("p99(latency) <= 200ms", .time(.latency, .quantile(Share(billionths: 990_000_000))), 0.2),
      ("p99.9(wait) < 2s", .time(.wait, .quantile(Share(billionths: 999_000_000))), 2),
      ("mean(latency) <= 90ms", .time(.latency, .mean), 0.09),
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

  @Test(
    "is refused where its measure never comes to the bound, with what was probably meant",
    arguments: [
      ("availability >= 99.9", "did you mean 99.9%?"),
      ("savings(b.yaml) >= 65", "did you mean 65%?"),
      ("goodput(b.yaml) >= 99", "did you mean 99%?"), ("availability >= 100.1%", "at most 100%"),
      ("hit_ratio >= -0.1", "at least 0%"), ("mean(wait) <= -1ms", "at least 0s"),
      ("monthly_cost <= -1 USD", "at least 0 USD"), ("mean(machines_ready) >= -1", "at least 0"),
    ])
  func range(text: String, message: String) {
    let error = #expect(throws: UnreadableQuantity.self) { try Target(parsing: text) }
    #expect(error?.allowed.contains(message) == true)
  }

  @Test("may lie below zero or above one where its measure may")
  func wideRange() throws {
    for text in ["savings(b.yaml) >= -5%", "goodput(b.yaml) >= 110%", "quality_loss(m) <= -1%"] {
      _ = try Target(parsing: text)
    }
  }

  @Test("counts requests that took exactly the bound as beyond it where that is strict")
  func edges() throws {
    for (text, nanoseconds) in [
      ("p99(latency) <= 1s", 1_000_000_000), ("p99(latency) > 1s", 1_000_000_000),
      ("p99(latency) < 1s", 999_999_999), ("p99(latency) >= 1s", 999_999_999),
      ("mean(latency) < 1s", 1_000_000_000),
    ] {
      #expect(try Target(parsing: text).edge?.nanoseconds == Int64(nanoseconds))
    }
    #expect(try Target(parsing: "monthly_cost < 5 USD").edge == nil)
  }
}
