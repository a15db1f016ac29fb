// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// The bill of the horizon in which a month is 730 hours, to compare fleets.
extension Billing {
  /// The lines of the invoice.
  func invoice(
    of items: Items, answeredTokens: Int128
  ) throws(BillOutOfRange) -> [InvoiceLine] {
    var lines: [InvoiceLine] = []
    for number in columns.indices { lines += try machineLines(number, items.usage) }
    for pool in pools.indices {
      let time = items.free[pool].reduce(.zero, +)
      if time > .zero { lines.append(freeLine(for: pool, time)) }
    }
    for (commitment, covered) in zip(commitments.reservations, items.reservations) {
      lines += try self.lines(of: commitment, covered)
    }
    for (plan, covered) in zip(plans, items.plans) { lines += try self.lines(of: plan, covered) }
    for cost in fixedCosts { lines.append(try line(cost)) }
    for cost in egress {
      let amount = cost.nanodollars(ofTokens: answeredTokens) ?? .max
      lines.append(
        InvoiceLine(
          line: cost.name, pool: "", market: "egress", usage: nil, price: nil,
          amount: try USD(billed: amount, for: cost.name)))
    }
    return lines
  }

  // MARK: Machines

  private func machineLines(
    _ number: Int, _ usage: UsageTable
  ) throws(BillOutOfRange) -> [InvoiceLine] {
    let column = columns[number]
    var sums = [MachineTime](repeating: .zero, count: column.prices.changes.count)
    for cell in 0..<usage.count {
      sums[column.prices.position(at: usage.start(of: cell))] += usage[number, cell]
    }
    var lines: [InvoiceLine] = []
    for (change, sum) in zip(column.prices.changes, sums) where sum > .zero {
      lines.append(
        InvoiceLine(
          line: column.line, pool: column.name, market: column.market, usage: sum,
          price: change.price,
          amount: try USD(
            billed: change.price.nanodollars(for: sum), for: "\(column.line) \(column.name)")))
    }
    return lines
  }

  private func freeLine(for pool: Int, _ time: MachineTime) -> InvoiceLine {
    InvoiceLine(
      line: InvoiceLine.freeMachines, pool: pools[pool].name, market: pools[pool].market.rawValue,
      usage: time, price: HourlyPrice(nanodollarsPerHour: 0), amount: .zero)
  }

  // MARK: Commitments

  private func lines(
    of commitment: Commitment, _ covered: Coverage
  ) throws(BillOutOfRange) -> [InvoiceLine] {
    let promised = covered.promised.reduce(.zero, +)
    let used = covered.used
    let price = commitment.price
    let whole = try USD(billed: price.nanodollars(for: promised), for: commitment.name)
    let usedPart = try USD(billed: price.nanodollars(for: used), for: commitment.name)
    let lines = [
      InvoiceLine(
        line: "\(commitment.name), used", pool: "", market: "reserved", usage: used,
        price: price, amount: usedPart),
      InvoiceLine(
        line: "\(commitment.name), unused", pool: "", market: "reserved", usage: promised - used,
        price: price, amount: whole - usedPart),
    ].filter { $0.usage != .zero }
    guard let upfront = commitment.upfront, promised > .zero else { return lines }
    let from = max(commitment.runs.lowerBound, .start)
    let to = min(commitment.runs.upperBound, .start + horizon)
    return lines + [
      InvoiceLine(
        line: "\(commitment.name), upfront", pool: "", market: "reserved", usage: nil, price: nil,
        amount: upfront.share(from: from, to: to, boughtAt: commitment.runs.lowerBound))
    ]
  }

  private func lines(
    of plan: SavingsPlan, _ covered: Coverage
  ) throws(BillOutOfRange) -> [InvoiceLine] {
    var used = columns.map { _ in MachineTime.zero }
    for use in covered.uses { used[use.column] += use.time }
    var lines: [InvoiceLine] = []
    for (number, column) in columns.enumerated() where used[number] > .zero {
      guard let rate = plan.rate(of: column.type) else { continue }
      lines.append(
        InvoiceLine(
          line: "\(plan.name), used", pool: column.name, market: "savings", usage: used[number],
          price: rate,
          amount: try USD(billed: rate.nanodollars(for: used[number]), for: plan.name)))
    }
    let runs = months.reduce(MachineTime.zero) { sum, month in
      month.part(of: plan.runs).map { sum + MachineTime($0.upperBound - $0.lowerBound) } ?? sum
    }
    let whole = try USD(billed: plan.commitment.nanodollars(for: runs), for: plan.name)
    let unused = lines.reduce(whole) { $0 - $1.amount }
    if unused > .zero {
      lines.append(
        InvoiceLine(
          line: "\(plan.name), unused", pool: "", market: "savings", usage: nil, price: nil,
          amount: unused))
    }
    return lines
  }

  // MARK: Amounts

  private func line(_ cost: FixedCost) throws(BillOutOfRange) -> InvoiceLine {
    let amount = Int128(cost.monthly.nanodollars).scaled(
      by: Int128(horizon.nanoseconds), over: Int128(TimeSpan.billingMonth.nanoseconds))
    return InvoiceLine(
      line: cost.name, pool: "", market: "fixed", usage: nil, price: nil,
      amount: try USD(billed: amount, for: cost.name))
  }
}
