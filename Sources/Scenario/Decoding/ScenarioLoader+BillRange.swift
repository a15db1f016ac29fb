// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

/// What may be billed at most, as far as it can be known before a run.
struct BillBound {
  let pools: [DecodedPool]
  let commitments: Commitments
  let costs: [FixedCost]
  let horizon: TimeSpan

  /// What all machines and promises may cost an hour, in nanodollars: every pool full, at its highest price, and at the
  /// mean of one that is drawn.
  private var hourly: Int128 {
    var rate = Int128(0)
    for pool in pools { rate += Self.highest(pool.pool.cloud.prices) * Int128(pool.maximum) }
    for kept in commitments.capacity { rate += Self.highest(kept.prices) * Int128(kept.machines) }
    for promise in commitments.reservations {
      rate += Int128(promise.price.nanodollarsPerHour) * Int128(promise.machines)
    }
    for plan in commitments.savingsPlans { rate += Int128(plan.commitment.nanodollarsPerHour) }
    return rate
  }

  private static func highest(_ prices: PriceSeries) -> Int128 {
    Int128(prices.changes.map(\.price.nanodollarsPerHour).max() ?? 0)
  }

  /// The most that the horizon, or a month of 730 h where that is longer, may be billed for, in nanodollars.
  var nanodollars: Int128 {
    let span = Int128(max(horizon, .billingMonth).nanoseconds)
    let monthly = costs.reduce(Int128(0)) { $0 + Int128($1.monthly.nanodollars) }
    let upfront = commitments.reservations.reduce(Int128(0)) {
      $0 + Int128($1.upfront?.amount.nanodollars ?? 0)
    }
    // A month of February is billed whole for 672 hours.
    return hourly.scaled(by: span, over: Int128(TimeSpan.hours(1).nanoseconds))
      + monthly.scaled(by: span, over: Int128(TimeSpan.hours(672).nanoseconds)) + upfront
  }
}

extension ScenarioLoader {
  /// Whether a bill fits into amounts of money; an error where it does not.
  func checkBill(
    _ bound: BillBound, _ root: MappingReader, into diagnostics: inout Diagnostics
  ) -> Bool {
    let most = Int128(USD.largestBill.nanodollars)
    guard bound.nanodollars > most else { return true }
    let dollars = formatted(Double(bound.nanodollars) / 1e9, places: 0, groupSeparator: ",")
    root.report(
      .beyond(
        .limit,
        found:
          "\(bound.horizon), in which, or in a month of 730 h, the fleet and its promises may cost "
          + "\(dollars) USD",
        allowed: "what costs at most \(USD.largestBill.rounded(places: 0, groupSeparator: ",")) USD"
      ),
      of: "horizon", into: &diagnostics)
    return false
  }
}
