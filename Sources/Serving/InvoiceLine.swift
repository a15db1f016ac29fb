// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One line of an invoice: so much of one thing at one price.
public struct InvoiceLine: Sendable, Equatable {
  /// What is charged, such as `machines` or `commitment ri, used`.
  public let line: String
  /// The pool that it is for; empty when it is for none.
  public let pool: String
  /// `onDemand`, `spot`, `reserved` or `fixed`.
  public let market: String
  /// For how long something was held, all units added up; `nil` for what is not held.
  public let usage: TimeSpan?
  /// What an hour of it costs; `nil` where there is no hourly price.
  public let price: HourlyPrice?
  /// What is charged for it.
  public let amount: USD

  /// A line of those values.
  public init(
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
