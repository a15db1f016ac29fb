// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// One line of an invoice: so much of one thing at one price.
package struct InvoiceLine: Sendable, Equatable {
  /// What is charged, such as `machines` or `commitment ri, used`.
  package let line: String
  /// The pool that it is for; empty when it is for none.
  package let pool: String
  /// `onDemand`, `spot`, `reserved` or `fixed`.
  package let market: String
  /// For how long something was held, all units added up; `nil` for what is not held.
  package let usage: TimeSpan?
  /// What an hour of it costs; `nil` where there is no hourly price.
  package let price: HourlyPrice?
  /// What is charged for it.
  package let amount: USD

  /// A line of those values.
  package init(
    line: String, pool: String, market: String, usage: TimeSpan?, price: HourlyPrice?, amount: USD
  ) {
    self.line = line
    self.pool = pool
    self.market = market
    self.usage = usage
    self.price = price
    self.amount = amount
  }
}
