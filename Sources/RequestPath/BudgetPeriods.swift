// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// The cost ledger, period after period: a request puts its estimate aside and is charged what it cost.
public struct BudgetPeriods: Sendable {
  /// What may be spent in a period, and what requests are taken to cost.
  public struct Configuration: Sendable {
    /// The limits of one period.
    public let ledger: CostLedger.Configuration
    /// How long a period is; the first begins with the first request.
    public let period: TimeSpan
    /// What is put aside for a request before it runs.
    public let estimate: USD
    /// How a request's cost is worked out.
    public let charge: ChargeRule

    /// Budgets of those values.
    ///
    /// - Precondition: `period` is positive.
    public init(
      ledger: CostLedger.Configuration, period: TimeSpan, estimate: USD, charge: ChargeRule
    ) {
      precondition(period > .zero, "a period of a budget has a length")
      self.ledger = ledger
      self.period = period
      self.estimate = estimate
      self.charge = charge
    }
  }

  /// What it was told at its start.
  public let configuration: Configuration
  /// The money of the period that runs.
  public private(set) var ledger: CostLedger
  /// How many requests no budget held.
  public private(set) var refusals: Int64 = 0
  /// What was charged in periods that are over.
  private var chargedBefore = USD.zero
  private var periodEnd: Instant?

  /// Budgets of which nothing is spent.
  public init(_ configuration: Configuration) {
    self.configuration = configuration
    ledger = CostLedger(configuration.ledger)
  }

  /// Begins a new period if the last one is over, and says whether it did.
  public mutating func beginPeriodIfDue(at now: Instant) -> Bool {
    guard let end = periodEnd else {
      periodEnd = now + configuration.period
      return false
    }
    guard now >= end else { return false }
    chargedBefore += ledger.total.spent
    ledger.beginPeriod()
    let periods = (now - end).nanoseconds / configuration.period.nanoseconds + 1
    periodEnd = end + configuration.period * periods
    return true
  }

  /// Puts a request's estimate aside, or refuses the request and counts it.
  ///
  /// - Complexity: O(log n) for n reservations, and as much for each that has expired.
  public mutating func reserve(
    for tenant: TenantID, deadline: Instant, at now: Instant
  ) -> ReserveAnswer {
    let answer = ledger.reserve(
      configuration.estimate, for: tenant, deadline: deadline, at: now)
    if case .refused = answer { refusals += 1 }
    return answer
  }

  /// Charges what a request cost; its estimate where that is not known.
  ///
  /// - Complexity: O(log n) for each reservation that has expired.
  public mutating func settle(
    _ reservation: ReservationID, cost: USD?, at now: Instant
  ) -> SettleAnswer {
    ledger.settle(reservation, actual: cost, at: now)
  }

  /// What was charged in all periods.
  public var charged: USD { chargedBefore + ledger.total.spent }
}
