// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Serving

/// Puts the invoices of replications together into one of their means.
enum InvoiceSummary {
  private struct Sum {
    let first: InvoiceLine
    var amount = USD.zero
    var usage = TimeSpan.zero
  }

  /// A row for each line that any replication has, in the order in which they first appear.
  static func rows(_ records: [ReplicationRecord]) -> [InvoiceRow] {
    var sums: [Sum] = []
    for record in records {
      for line in record.invoice {
        let position = sums.firstIndex { isSame($0.first, line) } ?? sums.count
        if position == sums.count { sums.append(Sum(first: line)) }
        sums[position].amount += line.amount
        sums[position].usage += line.usage ?? .zero
      }
    }
    let billed = records.reduce(TimeSpan.zero) { $0 + $1.billedTime }
    return withoutManyPrices(sums).map { sum in
      let hours = sum.usage.inSeconds / billed.inSeconds * 730
      return InvoiceRow(
        line: sum.first.line, pool: sum.first.pool, market: sum.first.market,
        hours: sum.first.usage == nil ? nil : hours, price: sum.first.price,
        monthly: sum.amount.monthly(over: billed))
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
      merged[position].amount += sum.amount
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
