// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Testing

@Suite("How much worse than before a measure may be")
struct ToleranceTests {
  @Test(
    "is a share of what it was, dollars or a time",
    arguments: [
      ("monthly_cost: +2%", 50_000.0, 1_000.0), ("monthly_cost: +500 USD", 50_000, 500),
      ("p99(latency): +5%", 0.2, 0.01), ("p99.9(wait): +10ms", 0.2, 0.01),
      ("availability: -0.1%", 0.999, 0.000_999), ("availability(time):-0%", 0.5, 0),
    ])
  func amounts(text: String, before: Double, allowed: Double) throws {
    let tolerance = try Tolerance(parsing: text)
    #expect(abs(tolerance.allowed(from: before) - allowed) < 1e-12)
    #expect(tolerance.worsens == (text.contains("avail") ? .falling : .rising))
  }

  @Test(
    "is refused where the sign points the better way, or is missing, or the unit is another's",
    arguments: [
      "monthly_cost: -2%", "monthly_cost: 2%", "monthly_cost: +2ms", "monthly_cost: +",
      "monthly_cost",
      "p99(latency): +2 USD", "p99(latency): +-2%", "availability: +1%", "availability: -1ms",
      "p98(latency): +1%", "latency: +1%",
    ])
  func refused(text: String) {
    #expect(throws: UnreadableQuantity.self) { try Tolerance(parsing: text) }
  }
}
