// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

extension DecisionWriter {
  /// An estimate that is to be put aside.
  public mutating func write(
    reserve estimate: USD, for tenant: TenantID, deadline: Instant, at now: Instant,
    _ answer: ReserveAnswer
  ) {
    begin(LoggedEvent.Ledger.reserve, at: now)
    line.field("tenant", tenant.index)
    line.field("estimate_nanodollars", estimate.nanodollars)
    line.field("deadline", deadline)
    line.key("decision")
    line.begin()
    switch answer {
    case .reserved(let id):
      line.key("reserved")
      line.hex(id.rawValue)
    case .refused(let refusal): line.field("refused", refusal.logged)
    }
    line.end()
    line.endLine()
  }

  /// What a request cost; nil where that is not known.
  public mutating func write(
    settle id: ReservationID, actual: USD?, at now: Instant, _ answer: SettleAnswer,
    ledger: CostLedger
  ) {
    begin(LoggedEvent.Ledger.settle, at: now)
    line.key("reserved")
    line.hex(id.rawValue)
    line.field("actual_nanodollars", actual?.nanodollars)
    line.key("decision")
    line.begin()
    line.field("answer", answer.logged)
    line.field("spent_nanodollars", ledger.total.spent.nanodollars)
    line.end()
    line.endLine()
  }

  /// A new period of all budgets.
  public mutating func write(periodBeganAt now: Instant) {
    begin(LoggedEvent.Ledger.period, at: now)
    line.key("decision")
    line.begin()
    line.end()
    line.endLine()
  }
}
