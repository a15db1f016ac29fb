// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// Makes a bill of what was rented, by a provider's rules.
///
/// Machines are billed by the second, each rental rounded up to a whole second. A line is the price times
/// the sum of its seconds, rounded once. An ideal cloud takes machines back by its timetable, which is no
/// interruption, so that there nothing is free. Left out: taxes, and what the rules name themselves.
package struct Billing: Sendable {
  let rules: BillingRules
  private let frees: Bool
  let pools: [PoolModel]
  let commitments: Commitments
  let fixedCosts: [FixedCost]
  let egress: [EgressCost]
  let start: UTCDate
  let horizon: TimeSpan
  let months: [BillingMonth]
  let columns: [Column]

  /// The billing of those pools from the scenario's start to its horizon.
  package init(
    rules: BillingRules = .aws, pools: [PoolModel], commitments: Commitments,
    fixedCosts: [FixedCost], egress: [EgressCost] = [], start: UTCDate, horizon: TimeSpan
  ) {
    self.rules = rules
    frees = !pools.allSatisfy { $0.launch == .ideal }
    self.pools = pools
    self.commitments = commitments
    self.fixedCosts = fixedCosts
    self.egress = egress
    self.start = start
    self.horizon = horizon
    months = BillingMonth.all(from: start, for: horizon)
    columns = Column.all(pools, commitments.capacity)
  }

  /// What is billed of a rental: rounded up, and cut to the time that the invoice covers.
  package func billed(_ rental: Rental) -> (from: Instant, to: Instant)? {
    let end = Instant.start + horizon
    guard Instant.start < rental.to, rental.from < min(end, rental.to) else { return nil }
    var to = min(rental.to, end)
    if rental.to <= end {
      let second = Int128(TimeSpan.seconds(1).nanoseconds)
      let length = Int128((rental.to - rental.from).nanoseconds)
      let seconds = Int64(length.dividedRoundingUp(by: second))
      to = min(end, rental.from + max(rules.minimum, .seconds(seconds)))
    }
    return (max(rental.from, .start), to)
  }

  /// The bill; the order of its lines is that of pools, commitments, fixed costs and egress.
  ///
  /// - Parameters:
  ///   - answeredTokens: the tokens of all answers that left the cloud before the horizon.
  ///   - expectedRequests: how many requests are expected in a stretch of time, by which those tokens are shared
  ///     among the months.
  /// - Throws: ``BillOutOfRange`` when an amount is more than bills may have.
  /// - Complexity: O(rentals × the cells that each spans + cells × pools × commitments), where a cell is
  ///   a stretch of time inside one clock hour and one price.
  package func bill(
    for rentals: [Rental], answeredTokens: Int128 = 0,
    expectedRequests: (Range<Instant>) -> Int64 = { ($0.upperBound - $0.lowerBound).nanoseconds }
  ) throws(BillOutOfRange) -> Bill {
    let items = items(rentals)
    let tokens = egress.isEmpty ? [] : shares(of: answeredTokens, by: expectedRequests)
    let invoice = try invoice(of: items, answeredTokens: answeredTokens)
    let sum = invoice.reduce(Int128(0)) { $0 + Int128($1.amount.nanodollars) }
    let month = Int128(TimeSpan.billingMonth.nanoseconds)
    _ = try USD(billed: sum, for: nil)
    _ = try USD(billed: sum.scaled(by: month, over: Int128(horizon.nanoseconds)), for: nil)
    return Bill(invoice: invoice, charges: try charges(of: items, tokensByMonth: tokens))
  }

  /// The invoice of ``bill(for:answeredTokens:expectedRequests:)`` alone.
  package func invoice(
    for rentals: [Rental], answeredTokens: Int128 = 0
  ) throws(BillOutOfRange) -> [InvoiceLine] {
    try bill(for: rentals, answeredTokens: answeredTokens).invoice
  }

  /// What there is to bill: machine time that nothing covers, what is free, and what commitments cover.
  struct Items {
    /// Machine time by column and cell that no commitment paid for.
    var usage: UsageTable
    /// The cells of each month.
    let cellsOfMonth: [Range<Int>]
    /// Machine time that is free, by pool and month.
    let free: [[MachineTime]]
    /// What each reservation paid for.
    var reservations: [Coverage] = []
    /// What each savings plan paid for, in the order of ``Billing/plans``.
    var plans: [Coverage] = []
  }

  private func items(_ rentals: [Rental]) -> Items {
    let (table, free) = usage(of: rentals)
    var items = Items(usage: table, cellsOfMonth: cellsOfMonths(table), free: free)
    let cells = items.cellsOfMonth.enumerated().flatMap { month, cells in cells.map { _ in month } }
    items.reservations = commitments.reservations.map { cover($0, cells, in: &items.usage) }
    items.plans = plans.map { cover($0, cells, in: &items.usage) }
    return items
  }

  /// What is billed of each rental of which anything is.
  private func billed(
    _ rentals: [Rental]
  ) -> [(rental: Rental, from: Instant, to: Instant)] {
    rentals.compactMap { rental in billed(rental).map { (rental, $0.from, $0.to) } }
  }

  /// The billed machine time by column and cell, and by pool and month what is free.
  private func usage(of rentals: [Rental]) -> (usage: UsageTable, free: [[MachineTime]]) {
    let billed = billed(rentals)
    var usage = UsageTable(
      cells: cells(billed.map { ($0.from, $0.to) }), columns: columns.count)
    let none = [MachineTime](repeating: .zero, count: months.count)
    var free = [[MachineTime]](repeating: none, count: pools.count)
    for (rental, from, to) in billed {
      if frees && rules.isFree(rental) {
        for (number, month) in months.enumerated() {
          guard let part = month.part(of: from..<to) else { continue }
          free[rental.pool][number] += MachineTime(part.upperBound - part.lowerBound)
        }
      } else {
        usage.add(column: rental.pool, from: from, to: to)
      }
    }
    leaveUnusedCapacity(in: &usage)
    return (usage, free)
  }

  /// The machine time that a bill must show: what is billed of rentals, and capacity that was kept for
  /// nobody.
  package func machineTime(of rentals: [Rental]) -> MachineTime {
    let sum = billed(rentals).reduce(MachineTime.zero) { $0 + MachineTime($1.to - $1.from) }
    guard !commitments.capacity.isEmpty else { return sum }
    let usage = usage(of: rentals).usage
    return (0..<usage.count).reduce(sum) { sum, cell in
      commitments.capacity.indices.reduce(sum) { $0 + usage[pools.count + $1, cell] }
    }
  }

  /// What is billed by the hour: a pool's machines, or capacity that is kept and not used.
  struct Column {
    let name: String
    let line: String
    let type: String
    let zone: String
    let market: String
    let prices: PriceSeries
    let isOnDemand: Bool

    static func all(_ pools: [PoolModel], _ capacity: [CapacityReservation]) -> [Column] {
      pools.map {
        Column(
          name: $0.name, line: "machines", type: $0.type, zone: $0.zone,
          market: $0.market.rawValue, prices: $0.prices, isOnDemand: $0.market == .onDemand)
      }
        + capacity.map {
          Column(
            name: "", line: "\($0.name), unused", type: $0.type, zone: $0.zone,
            market: "capacity", prices: $0.prices, isOnDemand: true)
        }
    }
  }
}
