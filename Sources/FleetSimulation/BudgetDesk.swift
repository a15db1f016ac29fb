// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Scenario
import Serving

/// The cost ledger at work: every request puts its estimate aside and is charged what it cost.
struct BudgetDesk: Sendable {
  var ledger: CostLedger
  /// How many requests no budget held.
  private(set) var refusals: Int64 = 0
  /// What was charged in periods that are over.
  private var chargedBefore = USD.zero
  private let policy: RequestPolicies.Budget
  private var periodEnd: Instant?

  init(_ policy: RequestPolicies.Budget) {
    self.policy = policy
    ledger = CostLedger(policy.ledger)
  }

  /// What is put aside for a request before it runs.
  var estimate: USD { policy.estimate }

  /// Begins a new period if the last one is over, and says whether it did.
  mutating func beginPeriodIfDue(at now: Instant) -> Bool {
    guard let end = periodEnd else {
      periodEnd = now + policy.period
      return false
    }
    guard now >= end else { return false }
    chargedBefore += ledger.total.spent
    ledger.beginPeriod()
    let periods = (now - end).nanoseconds / policy.period.nanoseconds + 1
    periodEnd = end + policy.period * periods
    return true
  }

  /// What was charged in all periods.
  var charged: USD { chargedBefore + ledger.total.spent }

  mutating func countRefusal() { refusals += 1 }

  /// What a request cost that a batch answered.
  ///
  /// By engine work it is a part of the machine for as long as the batch ran, shared by the batch. The
  /// reference design charges the whole machine, at spot's price, for as long as the request was there.
  func cost(
    of request: TimeSpan, batch: TimeSpan, shared: Int, lanes: Int64, at price: HourlyPrice
  ) -> USD {
    switch policy.charge {
    case .engineWork:
      USD(nanodollars: price.cost(of: batch).nanodollars / (lanes * Int64(max(1, shared))))
    case .wholeMachine:
      CostSplit.naiveRequestCost(of: request, node: policy.spotPrice)
    }
  }
}
