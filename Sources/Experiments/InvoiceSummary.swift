// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Serving

/// Puts the invoices of replications together into one of their means.
enum InvoiceSummary {
  /// Sums over replications are more than one amount holds.
  private struct Sum {
    let first: InvoiceLine
    var nanodollars = Int128(0)
    var usage = MachineTime.zero
  }

  /// A row for each line that any replication has, in the order in which they first appear.
  static func rows(_ records: [ReplicationRecord]) -> [InvoiceRow] {
    var sums: [Sum] = []
    for record in records {
      for line in record.invoice {
        let position = sums.firstIndex { isSame($0.first, line) } ?? sums.count
        if position == sums.count { sums.append(Sum(first: line)) }
        sums[position].nanodollars += Int128(line.amount.nanodollars)
        sums[position].usage += line.usage ?? .zero
      }
    }
    let billed = records.reduce(MachineTime.zero) { $0 + MachineTime($1.billedTime) }
    let month = Int128(TimeSpan.billingMonth.nanoseconds)
    return withoutManyPrices(sums).map { sum in
      let hours = sum.usage.inSeconds / billed.inSeconds * 730
      return InvoiceRow(
        line: sum.first.line, pool: sum.first.pool, market: sum.first.market,
        hours: sum.first.usage == nil ? nil : hours, price: sum.first.price,
        monthly: USD(
          nanodollars: Int64(sum.nanodollars.scaled(by: month, over: billed.nanoseconds)))
      )
    }
  }

  /// What is invoiced in each calendar month of the horizon: the mean over replications.
  ///
  /// - Complexity: O(charges + months).
  static func months(
    _ records: [ReplicationRecord], from start: UTCDate, for horizon: TimeSpan
  ) -> [BilledMonthRow] {
    var rows: [BilledMonthRow] = []
    var sums: [Int128] = []
    var from = start
    let end = start + horizon
    while from < end {
      let to = min(end, from.calendarMonth.upperBound)
      rows.append(BilledMonthRow(from: from, to: to, billed: .zero))
      sums.append(0)
      from = to
    }
    for record in records {
      var month = 0
      for charge in record.charges {
        let date = start + charge.from.sinceStart
        // Charges come month by month.
        while month + 1 < rows.count && date >= rows[month].to { month += 1 }
        sums[month] += Int128(charge.billed.nanodollars)
      }
    }
    return zip(rows, sums).map { row, sum in
      let mean = sum.dividedRoundingToNearestOrEven(by: Int128(max(1, records.count)))
      return BilledMonthRow(from: row.from, to: row.to, billed: USD(nanodollars: Int64(mean)))
    }
  }

  /// The same, but one line without a price for what had more prices than anyone reads.
  private static func withoutManyPrices(_ sums: [Sum]) -> [Sum] {
    var merged: [Sum] = []
    for sum in sums {
      let line = sum.first
      let alike = sums.count {
        $0.first.line == line.line && $0.first.pool == line.pool && $0.first.market == line.market
      }
      guard alike > mostPrices else {
        merged.append(sum)
        continue
      }
      let whole = InvoiceLine(
        line: line.line, pool: line.pool, market: line.market, usage: line.usage, price: nil,
        amount: .zero)
      let position = merged.firstIndex { isSame($0.first, whole) } ?? merged.count
      if position == merged.count { merged.append(Sum(first: whole)) }
      merged[position].nanodollars += sum.nanodollars
      merged[position].usage += sum.usage
    }
    return merged
  }

  /// How many prices of one thing are told apart.
  private static var mostPrices: Int { 4 }

  private static func isSame(_ left: InvoiceLine, _ right: InvoiceLine) -> Bool {
    left.line == right.line && left.pool == right.pool && left.market == right.market
      && left.price == right.price
  }
}
