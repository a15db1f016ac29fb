// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// The bill by the calendar month, as it is paid.
extension Billing {
  /// The charges of all months, in order of the months and in each in that of the invoice.
  func charges(of items: Items, tokensByMonth: [Int128]) throws(BillOutOfRange) -> [Charge] {
    var charges: [Charge] = []
    for number in months.indices {
      charges += try machineCharges(items, month: number)
      for (position, commitment) in commitments.reservations.enumerated() {
        charges += try self.charges(of: commitment, items.reservations[position], month: number)
      }
      for (position, plan) in plans.enumerated() {
        charges += try self.charges(of: plan, items.plans[position], month: number)
      }
      let month = months[number]
      for cost in fixedCosts {
        charges.append(plain(.fixed, cost.name, "fixed", month, cost.amount(for: month)))
      }
      for cost in egress {
        let amount = cost.nanodollars(ofTokens: tokensByMonth[number]) ?? .max
        charges.append(
          plain(.usage, cost.name, "egress", month, try USD(billed: amount, for: cost.name)))
      }
    }
    let sum = charges.reduce(Int128(0)) { $0 + Int128($1.billed.nanodollars) }
    _ = try USD(billed: sum, for: nil)
    return charges
  }

  private func plain(
    _ kind: Charge.Kind, _ line: String, _ market: String, _ month: BillingMonth, _ amount: USD
  ) -> Charge {
    Charge(
      kind, line: line, market: market, from: month.from, to: month.to, billed: amount,
      effective: amount, list: amount)
  }

  // MARK: Machines

  private func machineCharges(
    _ items: Items, month number: Int
  ) throws(BillOutOfRange) -> [Charge] {
    let month = months[number]
    var charges: [Charge] = []
    for (position, column) in columns.enumerated() {
      var parts: [PricedTime.Part] = []
      for cell in items.cellsOfMonth[number] where items.usage[position, cell] > .zero {
        let price = column.prices.position(at: items.usage.start(of: cell))
        parts.append((column.prices.changes[price].price, items.usage[position, cell]))
      }
      for priced in try PricedTime.all(parts, of: column.name) {
        charges.append(
          Charge(
            .usage, line: column.line, pool: column.name, market: column.market, from: month.from,
            to: month.to, usage: priced.time, price: priced.price, billed: priced.cost,
            effective: priced.cost, list: priced.cost))
      }
    }
    for (pool, free) in zip(pools, items.free) where free[number] > .zero {
      charges.append(
        Charge(
          .usage, line: InvoiceLine.freeMachines, pool: pool.name, market: pool.market.rawValue,
          from: month.from, to: month.to, usage: free[number],
          price: HourlyPrice(nanodollarsPerHour: 0), billed: .zero, effective: .zero, list: .zero))
    }
    return charges
  }

  // MARK: Commitments

  private func charges(
    of commitment: Commitment, _ covered: Coverage, month number: Int
  ) throws(BillOutOfRange) -> [Charge] {
    let (month, name) = (months[number], commitment.name)
    guard let runs = month.part(of: commitment.runs) else { return [] }
    var charges: [Charge] = []
    let promised = covered.promised[number]
    let fee = try USD(billed: commitment.price.nanodollars(for: promised), for: name)
    var whole = fee
    if let upfront = commitment.upfront {
      let bought = commitment.runs.lowerBound
      whole += upfront.share(from: runs.lowerBound, to: runs.upperBound, boughtAt: bought)
      if bought >= month.from {
        charges.append(
          Charge(
            .upfront, line: name, market: "reserved", from: bought, to: runs.upperBound,
            usage: MachineTime(upfront.term, times: commitment.machines), billed: upfront.amount,
            effective: .zero, list: upfront.amount))
      }
    }
    if fee > .zero {
      charges.append(
        Charge(
          .recurring, line: name, market: "reserved", from: runs.lowerBound, to: runs.upperBound,
          usage: promised, price: commitment.price, billed: fee, effective: .zero, list: fee))
    }
    let used = try self.used(covered, month: number, of: name)
    let unused = used.reduce(promised) { $0 - $1.priced.time }
    let weights = used.map(\.priced.time.nanoseconds) + [unused.nanoseconds]
    let shares = Apportionment.split(whole, over: weights)
    for (use, share) in zip(used, shares) {
      charges.append(usedCharge(use, name, "reserved", runs, share))
    }
    if unused > .zero {
      let list = try USD(billed: commitment.price.nanodollars(for: unused), for: name)
      charges.append(
        Charge(
          .unused, line: name, market: "reserved", from: runs.lowerBound, to: runs.upperBound,
          usage: unused, price: commitment.price, billed: .zero,
          effective: shares[shares.count - 1], list: list))
    }
    return charges
  }

  private func charges(
    of plan: SavingsPlan, _ covered: Coverage, month number: Int
  ) throws(BillOutOfRange) -> [Charge] {
    guard let runs = months[number].part(of: plan.runs) else { return [] }
    let time = MachineTime(runs.upperBound - runs.lowerBound)
    let fee = try USD(billed: plan.commitment.nanodollars(for: time), for: plan.name)
    guard fee > .zero else { return [] }
    var charges = [
      Charge(
        .recurring, line: plan.name, market: "savings", from: runs.lowerBound, to: runs.upperBound,
        usage: nil, price: nil, billed: fee, effective: .zero, list: fee)
    ]
    let used = try self.used(covered, month: number, of: plan.name)
    // In nanodollars times nanoseconds, as prices are by the hour.
    let weights = used.map { use in
      Int128(plan.rate(of: columns[use.column].type)?.nanodollarsPerHour ?? 0)
        * use.priced.time.nanoseconds
    }
    let left = weights.reduce(Int128(plan.commitment.nanodollarsPerHour) * time.nanoseconds, -)
    let shares = Apportionment.split(fee, over: weights + [max(0, left)])
    for (use, share) in zip(used, shares) {
      charges.append(usedCharge(use, plan.name, "savings", runs, share))
    }
    let unused = shares[shares.count - 1]
    if unused > .zero {
      charges.append(
        Charge(
          .unused, line: plan.name, market: "savings", from: runs.lowerBound, to: runs.upperBound,
          billed: .zero, effective: unused, list: unused))
    }
    return charges
  }

  private func usedCharge(
    _ use: (column: Int, priced: PricedTime), _ name: String, _ market: String,
    _ runs: Range<Instant>, _ effective: USD
  ) -> Charge {
    Charge(
      .used, line: name, pool: columns[use.column].name, market: market, from: runs.lowerBound,
      to: runs.upperBound, usage: use.priced.time, price: use.priced.price, billed: .zero,
      effective: effective, list: use.priced.cost)
  }

  /// What a commitment paid for in a month, by column and list price.
  private func used(
    _ covered: Coverage, month: Int, of name: String
  ) throws(BillOutOfRange) -> [(column: Int, priced: PricedTime)] {
    let own = covered.uses.filter { $0.month == month }
    var used: [(column: Int, priced: PricedTime)] = []
    for (number, column) in columns.enumerated() {
      let parts = own.filter { $0.column == number }.map {
        (column.prices.changes[$0.price].price, $0.time)
      }
      used += try PricedTime.all(parts, of: name).map { (number, $0) }
    }
    return used
  }
}

extension FixedCost {
  /// What of it falls to a month, by the part of the month that is covered.
  fileprivate func amount(for month: BillingMonth) -> USD {
    USD(
      nanodollars: Int64(
        Int128(monthly.nanodollars).scaled(
          by: Int128(month.covered.nanoseconds), over: Int128(month.whole.nanoseconds))))
  }
}
