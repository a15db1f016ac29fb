// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// What promises to pay make of machine time.
extension Billing {
  /// The savings plans in the order in which they apply: those for a family first.
  var plans: [SavingsPlan] {
    commitments.savingsPlans.filter(\.isForOneFamily)
      + commitments.savingsPlans.filter { !$0.isForOneFamily }
  }

  /// Puts what is kept and not used into the columns of capacity reservations.
  ///
  /// In a cell the number of machines does not change, so that its machine time tells how many ran.
  /// Machines use up reservations of their kind in the order of the file.
  func leaveUnusedCapacity(in usage: inout UsageTable) {
    guard !commitments.capacity.isEmpty else { return }
    for cell in 0..<usage.count {
      var running = pools.indices.map { usage[$0, cell] }
      for (number, kept) in commitments.capacity.enumerated() {
        var unused = usage.time(of: kept.machines, in: cell)
        for pool in pools.indices where kept.keeps(pools[pool]) {
          let used = min(unused, running[pool])
          unused -= used
          running[pool] -= used
        }
        usage[pools.count + number, cell] = unused
      }
    }
  }

  /// What a commitment promises and pays for; what it covers is taken out of the usage.
  func cover(
    _ commitment: Commitment, _ monthOfCell: [Int], in usage: inout UsageTable
  ) -> Coverage {
    var coverage = Coverage(months: months.count, columns: columns.count)
    let covered = columns.indices.filter { column in
      columns[column].isOnDemand && columns[column].type == commitment.type
        && (commitment.zone == nil || commitment.zone == columns[column].zone)
    }
    for period in periods(of: usage, hourly: rules.commitmentPeriod == .clockHour) {
      let cells = period.filter { commitment.runs.contains(usage.start(of: $0)) }
      var left = cells.reduce(MachineTime.zero) {
        $0 + usage.time(of: commitment.machines, in: $1)
      }
      coverage.promised[monthOfCell[period.lowerBound]] += left
      for cell in cells {
        for column in covered {
          let time = min(left, usage[column, cell])
          usage[column, cell] -= time
          left -= time
          coverage.add(
            time, month: monthOfCell[cell], column: column,
            price: columns[column].prices.position(at: usage.start(of: cell)))
        }
      }
    }
    return coverage
  }

  /// What a savings plan pays for; what it covers is taken out of the usage.
  func cover(
    _ plan: SavingsPlan, _ monthOfCell: [Int], in usage: inout UsageTable
  ) -> Coverage {
    var coverage = Coverage(months: months.count, columns: columns.count)
    for period in periods(of: usage, hourly: true) {
      let cells = period.filter { plan.runs.contains(usage.start(of: $0)) }
      guard let first = cells.first else { continue }
      // In nanodollars times nanoseconds, as prices are by the hour.
      var left = cells.reduce(Int128(0)) {
        $0 + Int128(plan.commitment.nanodollarsPerHour) * Int128(usage.length(of: $1).nanoseconds)
      }
      for (column, rate) in order(of: plan, at: usage.start(of: first)) {
        let price = Int128(rate.nanodollarsPerHour)
        for cell in cells where usage[column, cell] > .zero {
          let affordable = price > 0 ? left / price : Int128.max
          let time = min(usage[column, cell], MachineTime(nanoseconds: affordable))
          usage[column, cell] -= time
          left -= time.nanoseconds * price
          coverage.add(
            time, month: monthOfCell[cell], column: column,
            price: columns[column].prices.position(at: usage.start(of: cell)))
        }
      }
    }
    return coverage
  }

  /// What a plan covers, in the order in which it does: most saved first, then the lower rate.
  private func order(
    of plan: SavingsPlan, at instant: Instant
  ) -> [(column: Int, rate: HourlyPrice)] {
    var covered: [(column: Int, rate: HourlyPrice, list: HourlyPrice)] = []
    for (number, column) in columns.enumerated() where column.isOnDemand {
      guard let rate = plan.rate(of: column.type) else { continue }
      let list = column.prices.price(at: instant)
      guard list.nanodollarsPerHour > 0 else { continue }
      covered.append((number, rate, list))
    }
    // Shares of the list price are compared as products, which are exact.
    return covered.sorted { left, right in
      let own = Int128(left.rate.nanodollarsPerHour) * Int128(right.list.nanodollarsPerHour)
      let other = Int128(right.rate.nanodollarsPerHour) * Int128(left.list.nanodollarsPerHour)
      return (own, left.rate, left.column) < (other, right.rate, right.column)
    }
    .map { ($0.column, $0.rate) }
  }
}
