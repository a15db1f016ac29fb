// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One charge of the bill by the calendar month: what is invoiced, and what it costs once purchases are spread out.
///
/// An ``InvoiceLine`` is scaled to months of 730 hours, to compare fleets. A charge is what the account pays for a
/// month of the calendar, or for the part of it that a run covers.
public struct Charge: Sendable, Equatable {
  /// What is charged.
  public enum Kind: String, Sendable, CaseIterable {
    /// Machines and bytes, as they are used.
    case usage
    /// An amount for the month whatever happens, or for the part of it that is covered.
    case fixed
    /// What a commitment costs at its purchase.
    case upfront
    /// What a commitment costs by the hour, used or not.
    case recurring
    /// What a commitment paid for.
    case used
    /// What of a commitment nobody used.
    case unused
  }

  /// What is charged.
  public let kind: Kind
  /// The line of the invoice that it belongs to, such as `machines`; the name of the commitment where there is one.
  public let line: String
  /// The pool that it is for; empty when it is for none.
  public let pool: String
  /// The market, as that of an ``InvoiceLine``.
  public let market: String
  /// From when it is charged; it ends inside the same calendar month.
  public let from: Instant
  /// Until when.
  public let to: Instant
  /// For how long something was held, all units added up; of what is paid beforehand, for how long it is promised; `nil`
  /// for what is not held.
  public let usage: MachineTime?
  /// The list price of an hour of it; `nil` where there is none, or where there were many.
  public let price: HourlyPrice?
  /// What is invoiced for it in its month.
  public let billed: USD
  /// What it costs once purchases are spread over what they paid for.
  public let effective: USD
  /// What it would cost at its list price.
  public let list: USD

  /// A charge of those values.
  public init(
    _ kind: Kind, line: String, pool: String = "", market: String, from: Instant, to: Instant,
    usage: MachineTime? = nil, price: HourlyPrice? = nil, billed: USD, effective: USD, list: USD
  ) {
    self.kind = kind
    self.line = line
    self.pool = pool
    self.market = market
    self.from = from
    self.to = to
    self.usage = usage
    self.price = price
    self.billed = billed
    self.effective = effective
    self.list = list
  }

  /// Whether it belongs to a commitment, whose name is then its line.
  public var isOfCommitment: Bool {
    switch kind {
    case .upfront, .recurring, .used, .unused: true
    case .usage, .fixed: false
    }
  }
}
