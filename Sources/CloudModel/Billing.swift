// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// The time during which one machine was rented.
package struct Rental: Sendable, Equatable {
  /// The number of the pool.
  package let pool: Int
  /// From when it was billed.
  package let from: Instant
  /// When it was given or taken back; ``Instant/never`` when it still runs.
  package var to: Instant
  /// Whether the cloud took it back.
  package var wasInterrupted = false

  /// A rental of that pool.
  package init(pool: Int, from: Instant, to: Instant, wasInterrupted: Bool = false) {
    self.pool = pool
    self.from = from
    self.to = to
    self.wasInterrupted = wasInterrupted
  }
}

/// An amount that is charged every month whatever happens.
package struct FixedCost: Sendable, Equatable {
  /// What it is for.
  package let name: String
  /// The amount for 730 hours.
  package let monthly: USD

  /// A cost of that amount.
  package init(name: String, monthly: USD) {
    self.name = name
    self.monthly = monthly
  }
}

/// What is charged for every byte that leaves the cloud with the answers.
package struct EgressCost: Sendable, Equatable {
  /// What it is for.
  package let name: String
  /// The price of 10^9 bytes.
  package let perGigabyte: USD
  /// How many bytes a token of an answer takes on the wire.
  package let bytesPerToken: Int

  /// A cost of those values.
  package init(name: String, perGigabyte: USD, bytesPerToken: Int) {
    self.name = name
    self.perGigabyte = perGigabyte
    self.bytesPerToken = bytesPerToken
  }

  /// What so many tokens of answers cost, rounded to the nanodollar.
  package func cost(ofTokens tokens: Int128) -> USD {
    let nanodollars = tokens * Int128(bytesPerToken) * Int128(perGigabyte.nanodollars)
    return USD(nanodollars: Int64(nanodollars.dividedRoundingToNearestOrEven(by: 1_000_000_000)))
  }
}

/// Makes an invoice of what was rented, by a provider's rules.
///
/// Machines are billed by the second, each rental rounded up to a whole second. A line is the price times
/// the sum of its seconds, rounded once. An ideal cloud takes machines back by its timetable, which is no
/// interruption, so that there nothing is free. Left out: taxes, and what the rules name themselves.
package struct Billing: Sendable {
  let rules: BillingRules
  private let frees: Bool
  let pools: [PoolModel]
  let commitments: Commitments
  private let fixedCosts: [FixedCost]
  private let egress: [EgressCost]
  private let start: UTCDate
  let horizon: TimeSpan

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

  /// The invoice; the order of its lines is that of pools, commitments, fixed costs and egress.
  ///
  /// - Parameters:
  ///   - answeredTokens: the tokens of all answers that left the cloud before the horizon.
  /// - Complexity: O(rentals × the cells that each spans + cells × pools × commitments), where a cell is
  ///   a stretch of time inside one clock hour and one price.
  package func invoice(for rentals: [Rental], answeredTokens: Int128 = 0) -> [InvoiceLine] {
    let columns = Column.all(pools, commitments.capacity)
    var (usage, free) = usage(of: rentals)
    let reserved = commitments.reservations.flatMap { lines(for: $0, columns, covering: &usage) }
    let saved = planLines(columns, covering: &usage)
    return columns.indices.flatMap { machineLines(for: columns[$0], $0, usage) }
      + pools.indices.compactMap { freeLine(for: $0, free[$0]) } + reserved + saved
      + fixedCosts.map(line)
      + egress.map {
        InvoiceLine(
          line: $0.name, pool: "", market: "egress", usage: nil, price: nil,
          amount: $0.cost(ofTokens: answeredTokens))
      }
  }

  /// What is billed of each rental of which anything is.
  private func billed(
    _ rentals: [Rental]
  ) -> [(rental: Rental, from: Instant, to: Instant)] {
    rentals.compactMap { rental in billed(rental).map { (rental, $0.from, $0.to) } }
  }

  /// The billed machine time by column and cell, and by pool what is free.
  private func usage(of rentals: [Rental]) -> (usage: UsageTable, free: [TimeSpan]) {
    let billed = billed(rentals)
    var usage = UsageTable(
      cells: cells(billed.map { ($0.from, $0.to) }),
      columns: pools.count + commitments.capacity.count)
    var free = pools.map { _ in TimeSpan.zero }
    for (rental, from, to) in billed {
      if frees && rules.isFree(rental) {
        free[rental.pool] += to - from
      } else {
        usage.add(column: rental.pool, from: from, to: to)
      }
    }
    leaveUnusedCapacity(in: &usage)
    return (usage, free)
  }

  /// The machine time that an invoice must show: what is billed of rentals, and capacity that was kept for
  /// nobody.
  package func machineTime(of rentals: [Rental]) -> TimeSpan {
    let sum = billed(rentals).reduce(TimeSpan.zero) { $0 + ($1.to - $1.from) }
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

  /// The instants at which a clock hour, a price or a commitment begins, from the start up to the horizon;
  /// where it counts how many machines ran at once, those at which one came or went too.
  private func cells(_ rentals: [(from: Instant, to: Instant)]) -> [Instant] {
    let hour = TimeSpan.hours(1).nanoseconds
    let intoHour = ((start.nanosecondsSince1970 % hour) + hour) % hour
    let end = Instant.start + horizon
    var cuts: [Instant] = [.start]
    var next = Instant(nanoseconds: hour - intoHour)
    while next < end {
      cuts.append(next)
      next = next + .hours(1)
    }
    let series =
      pools.map(\.prices) + commitments.reservations.map(\.prices)
      + commitments.capacity.map(\.prices)
    cuts += series.flatMap { $0.changes.map(\.at) }
    cuts += commitments.reservations.flatMap { [$0.runs.lowerBound, $0.runs.upperBound] }
    let countsMachines =
      !commitments.capacity.isEmpty
      || (rules.commitmentPeriod == .instant && !commitments.reservations.isEmpty)
    if countsMachines { cuts += rentals.flatMap { [$0.from, $0.to] } }
    cuts = cuts.filter { $0 >= .start && $0 < end }
    cuts.sort()
    var distinct: [Instant] = []
    for cut in cuts where cut != distinct.last { distinct.append(cut) }
    return distinct + [end]
  }

  /// The cells that belong together: those of each clock hour, or each for itself.
  func periods(of usage: UsageTable, hourly: Bool) -> [Range<Int>] {
    var periods: [Range<Int>] = []
    var first = 0
    for cell in 0..<usage.count {
      let isLast =
        cell + 1 == usage.count || !hourly
        || clockHour(of: usage.start(of: cell)) != clockHour(of: usage.start(of: cell + 1))
      if isLast {
        periods.append(first..<cell + 1)
        first = cell + 1
      }
    }
    return periods
  }

  private func clockHour(of instant: Instant) -> Int64 {
    let hour = TimeSpan.hours(1).nanoseconds
    let date = (start + instant.sinceStart).nanosecondsSince1970
    return date >= 0 ? date / hour : (date + 1) / hour - 1
  }

  // MARK: Machines

  private func machineLines(
    for column: Column, _ number: Int, _ usage: UsageTable
  ) -> [InvoiceLine] {
    var sums = [TimeSpan](repeating: .zero, count: column.prices.changes.count)
    for cell in 0..<usage.count {
      sums[column.prices.position(at: usage.start(of: cell))] += usage[number, cell]
    }
    return zip(column.prices.changes, sums).compactMap { change, sum in
      guard sum > .zero else { return nil }
      return InvoiceLine(
        line: column.line, pool: column.name, market: column.market, usage: sum,
        price: change.price, amount: change.price.cost(of: sum))
    }
  }

  private func freeLine(for pool: Int, _ time: TimeSpan) -> InvoiceLine? {
    guard time > .zero else { return nil }
    return InvoiceLine(
      line: InvoiceLine.freeMachines, pool: pools[pool].name, market: pools[pool].market.rawValue,
      usage: time, price: HourlyPrice(nanodollarsPerHour: 0), amount: .zero)
  }

  private func line(_ cost: FixedCost) -> InvoiceLine {
    let scaled = Int128(cost.monthly.nanodollars) * Int128(horizon.nanoseconds)
    let month = Int128(TimeSpan.billingMonth.nanoseconds)
    return InvoiceLine(
      line: cost.name, pool: "", market: "fixed", usage: nil, price: nil,
      amount: USD(nanodollars: Int64(scaled.dividedRoundingToNearestOrEven(by: month))))
  }
}
