// SPDX-License-Identifier: Apache-2.0

import Quantities

extension CostLedger {
  /// One budget: its limit, what is spent of it and what is put aside.
  public struct Account: Equatable, Sendable {
    /// What may be spent.
    public let limit: USD
    /// What has been charged in this period.
    public private(set) var spent = USD.zero
    /// What is put aside for requests under way.
    public private(set) var reserved = USD.zero

    /// What can still be put aside; never negative.
    public var remaining: USD { max(limit - taken, .zero) }

    init(limit: USD) {
      precondition(limit >= .zero, "a limit is not negative")
      self.limit = limit
    }

    func canReserve(_ amount: USD) -> Bool { amount <= limit - taken }

    private var taken: USD { spent.addingUpToTheMost(reserved) }

    mutating func reserve(_ amount: USD) { reserved = reserved + amount }

    mutating func release(_ amount: USD) { reserved = reserved - amount }

    /// What is spent may be more than the limit, but never more than an amount can be.
    mutating func charge(_ amount: USD) { spent = spent.addingUpToTheMost(amount) }

    mutating func beginPeriod() { spent = .zero }
  }
}
