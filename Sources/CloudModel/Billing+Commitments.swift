// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// What promises to pay make of an invoice.
extension Billing {
  /// Puts what is kept and not used into the columns of capacity reservations.
  ///
  /// In a cell the number of machines does not change, so that its machine time tells how many ran.
  /// Machines use up reservations of their kind in the order of the file.
  func leaveUnusedCapacity(in usage: inout UsageTable) {
    guard !commitments.capacity.isEmpty else { return }
    for cell in 0..<usage.count {
      var running = pools.indices.map { usage[$0, cell] }
      for (number, kept) in commitments.capacity.enumerated() {
        var unused = usage.length(of: cell) * Int64(kept.machines)
        for pool in pools.indices where kept.keeps(pools[pool]) {
          let used = min(unused, running[pool])
          unused -= used
          running[pool] -= used
        }
        usage[pools.count + number, cell] = unused
      }
    }
  }

  /// The lines of a commitment; what it covers is taken out of the usage.
  func lines(
    for commitment: Commitment, _ columns: [Column], covering usage: inout UsageTable
  ) -> [InvoiceLine] {
    let series = commitment.prices
    let covered = columns.indices.filter { column in
      columns[column].isOnDemand && columns[column].type == commitment.type
        && (commitment.zone == nil || commitment.zone == columns[column].zone)
    }
    var promised = [TimeSpan](repeating: .zero, count: series.changes.count)
    var used = promised
    for period in periods(of: usage, hourly: rules.commitmentPeriod == .clockHour) {
      let cells = period.filter { commitment.runs.contains(usage.start(of: $0)) }
      var left = cells.reduce(TimeSpan.zero) {
        $0 + usage.length(of: $1) * Int64(commitment.machines)
      }
      var taken = TimeSpan.zero
      for cell in cells {
        for column in covered {
          let time = min(left, usage[column, cell])
          usage[column, cell] -= time
          left -= time
          taken += time
        }
      }
      // Where the price changes within the hour, what was used counts at the first price first.
      for cell in cells {
        let price = series.position(at: usage.start(of: cell))
        let length = usage.length(of: cell) * Int64(commitment.machines)
        let part = min(taken, length)
        promised[price] += length
        used[price] += part
        taken -= part
      }
    }
    let lines = series.changes.indices.flatMap { index -> [InvoiceLine] in
      let price = series.changes[index].price
      let whole = price.cost(of: promised[index])
      let usedPart = price.cost(of: used[index])
      return [
        InvoiceLine(
          line: "\(commitment.name), used", pool: "", market: "reserved", usage: used[index],
          price: price, amount: usedPart),
        InvoiceLine(
          line: "\(commitment.name), unused", pool: "", market: "reserved",
          usage: promised[index] - used[index], price: price,
          amount: whole - usedPart),
      ].filter { $0.usage != .zero }
    }
    return lines + upfrontLine(of: commitment)
  }

  private func upfrontLine(of commitment: Commitment) -> [InvoiceLine] {
    guard let upfront = commitment.upfront else { return [] }
    let from = max(commitment.runs.lowerBound, .start)
    let to = min(commitment.runs.upperBound, .start + horizon)
    guard to > from else { return [] }
    let scaled = Int128(upfront.amount.nanodollars) * Int128((to - from).nanoseconds)
    return [
      InvoiceLine(
        line: "\(commitment.name), upfront", pool: "", market: "reserved", usage: nil, price: nil,
        amount: USD(
          nanodollars: Int64(
            scaled.dividedRoundingToNearestOrEven(by: Int128(upfront.term.nanoseconds)))))
    ]
  }

  /// The lines of all savings plans; what they cover is taken out of the usage.
  func planLines(
    _ columns: [Column], covering usage: inout UsageTable
  ) -> [InvoiceLine] {
    let plans =
      commitments.savingsPlans.filter(\.isForOneFamily)
      + commitments.savingsPlans.filter { !$0.isForOneFamily }
    return plans.flatMap { lines(for: $0, columns, covering: &usage) }
  }

  private func lines(
    for plan: SavingsPlan, _ columns: [Column], covering usage: inout UsageTable
  ) -> [InvoiceLine] {
    var used = columns.map { _ in TimeSpan.zero }
    for period in periods(of: usage, hourly: true) {
      // In nanodollars times nanoseconds, as prices are by the hour.
      var left = period.reduce(Int128(0)) {
        $0 + Int128(plan.commitment.nanodollarsPerHour) * Int128(usage.length(of: $1).nanoseconds)
      }
      for (column, rate) in order(of: plan, columns, at: usage.start(of: period.lowerBound)) {
        let price = Int128(rate.nanodollarsPerHour)
        for cell in period where usage[column, cell] > .zero {
          let affordable = price > 0 ? left / price : Int128(Int64.max)
          let time = min(usage[column, cell], TimeSpan(nanoseconds: Int64(clamping: affordable)))
          usage[column, cell] -= time
          left -= Int128(time.nanoseconds) * price
          used[column] += time
        }
      }
    }
    var lines: [InvoiceLine] = []
    for (number, column) in columns.enumerated() where used[number] > .zero {
      guard let rate = plan.rates.first(where: { $0.type == column.type })?.price else { continue }
      lines.append(
        InvoiceLine(
          line: "\(plan.name), used", pool: column.name, market: "savings", usage: used[number],
          price: rate, amount: rate.cost(of: used[number])))
    }
    let whole = plan.commitment.cost(of: horizon)
    let unused = lines.reduce(whole) { $0 - $1.amount }
    if unused > .zero {
      lines.append(
        InvoiceLine(
          line: "\(plan.name), unused", pool: "", market: "savings", usage: nil, price: nil,
          amount: unused))
    }
    return lines
  }

  /// What a plan covers, in the order in which it does: most saved first, then the lower rate.
  private func order(
    of plan: SavingsPlan, _ columns: [Column], at instant: Instant
  ) -> [(column: Int, rate: HourlyPrice)] {
    var covered: [(column: Int, rate: HourlyPrice, paid: Double)] = []
    for (number, column) in columns.enumerated() where column.isOnDemand {
      guard let rate = plan.rates.first(where: { $0.type == column.type })?.price else { continue }
      let list = column.prices.changes[column.prices.position(at: instant)].price
      guard list.nanodollarsPerHour > 0 else { continue }
      covered.append(
        (number, rate, Double(rate.nanodollarsPerHour) / Double(list.nanodollarsPerHour)))
    }
    return covered.sorted { ($0.paid, $0.rate, $0.column) < ($1.paid, $1.rate, $1.column) }
      .map { ($0.column, $0.rate) }
  }
}
