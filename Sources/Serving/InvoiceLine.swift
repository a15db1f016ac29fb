// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One line of an invoice: so much of one thing at one price.
public struct InvoiceLine: Sendable, Equatable {
  /// What is charged, such as `machines` or `commitment ri, used`.
  public let line: String
  /// The pool that it is for; empty when it is for none.
  public let pool: String
  /// `onDemand`, `spot`, `reserved`, `savings`, `capacity`, `egress` or `fixed`.
  public let market: String
  /// For how long something was held, all units added up; `nil` for what is not held.
  public let usage: MachineTime?
  /// What an hour of it costs; `nil` where there is no hourly price.
  public let price: HourlyPrice?
  /// What is charged for it.
  public let amount: USD

  /// A line of those values.
  public init(
    line: String, pool: String, market: String, usage: MachineTime?, price: HourlyPrice?,
    amount: USD
  ) {
    self.line = line
    self.pool = pool
    self.market = market
    self.usage = usage
    self.price = price
    self.amount = amount
  }
}

extension InvoiceLine {
  /// What is charged with a line.
  public enum Kind: Sendable, Equatable {
    /// Machines at their own price, or for nothing.
    case machines
    /// Machine time that a commitment paid for.
    case commitmentUsed
    /// What was promised and not used.
    case commitmentUnused
    /// What was paid for a commitment beforehand.
    case commitmentUpfront
    /// What is no machine: bytes, storage, fixed amounts.
    case other
  }

  /// The line of machines that cost nothing, as the provider took them back so soon.
  public static let freeMachines = "machines, taken back and free"

  /// Whether its usage is the time of machines, rented or kept, and not of promises that nobody used.
  public var isMachineTime: Bool { kind != .commitmentUnused || market == "capacity" }

  /// What is charged with it, as its market and name tell.
  public var kind: Kind {
    switch market {
    case Market.onDemand.rawValue, Market.spot.rawValue: .machines
    case "capacity": .commitmentUnused
    case "reserved", "savings":
      line.hasSuffix(", used")
        ? .commitmentUsed : line.hasSuffix(", unused") ? .commitmentUnused : .commitmentUpfront
    default: .other
    }
  }
}
