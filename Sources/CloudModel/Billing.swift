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
  private let rules: BillingRules
  private let frees: Bool
  private let pools: [PoolModel]
  private let commitments: Commitments
  private let fixedCosts: [FixedCost]
  private let egress: [EgressCost]
  private let start: UTCDate
  private let horizon: TimeSpan

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
    let billed = rentals.compactMap { rental -> (rental: Rental, from: Instant, to: Instant)? in
      self.billed(rental).map { (rental, $0.from, $0.to) }
    }
    let columns = Column.all(pools, commitments.capacity)
    var usage = UsageTable(cells: cells(billed.map { ($0.from, $0.to) }), columns: columns.count)
    var free = pools.map { _ in TimeSpan.zero }
    for (rental, from, to) in billed {
      if frees && rules.isFree(rental) {
        free[rental.pool] += to - from
      } else {
        usage.add(column: rental.pool, from: from, to: to)
      }
    }
    leaveUnusedCapacity(in: &usage, billed)
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

  /// The machine time that an invoice must show: what is billed of rentals, and capacity that was kept for
  /// nobody.
  package func machineTime(of rentals: [Rental]) -> TimeSpan {
    let billed = rentals.compactMap { rental -> (rental: Rental, from: Instant, to: Instant)? in
      self.billed(rental).map { (rental, $0.from, $0.to) }
    }
    let columns = Column.all(pools, commitments.capacity)
    var sum = billed.reduce(TimeSpan.zero) { $0 + ($1.to - $1.from) }
    guard !commitments.capacity.isEmpty else { return sum }
    var usage = UsageTable(cells: cells(billed.map { ($0.from, $0.to) }), columns: columns.count)
    leaveUnusedCapacity(in: &usage, billed)
    for cell in 0..<usage.count {
      for column in columns.indices { sum += usage[column, cell] }
    }
    return sum
  }

  /// What is billed by the hour: a pool's machines, or capacity that is kept and not used.
  private struct Column {
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
  private func periods(of usage: UsageTable, hourly: Bool) -> [Range<Int>] {
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

  /// Puts what is kept and not used into the columns of capacity reservations.
  ///
  /// In a cell the number of machines does not change, so that its machine time tells how many ran.
  private func leaveUnusedCapacity(
    in usage: inout UsageTable, _ billed: [(rental: Rental, from: Instant, to: Instant)]
  ) {
    guard !commitments.capacity.isEmpty else { return }
    var running = UsageTable(
      cells: (0...usage.count).map { usage.start(of: $0) }, columns: commitments.capacity.count)
    for (rental, from, to) in billed {
      // A machine uses the first reservation of its kind; two of a kind are as good as one.
      if let number = commitments.capacity.firstIndex(where: { $0.keeps(pools[rental.pool]) }) {
        running.add(column: number, from: from, to: to)
      }
    }
    for cell in 0..<usage.count {
      for (number, kept) in commitments.capacity.enumerated() {
        let whole = usage.length(of: cell) * Int64(kept.machines)
        usage[pools.count + number, cell] = max(.zero, whole - running[number, cell])
      }
    }
  }

  // MARK: Commitments

  /// The lines of a commitment; what it covers is taken out of the usage.
  private func lines(
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
  private func planLines(
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

  private func line(_ cost: FixedCost) -> InvoiceLine {
    let scaled = Int128(cost.monthly.nanodollars) * Int128(horizon.nanoseconds)
    let month = Int128(TimeSpan.billingMonth.nanoseconds)
    return InvoiceLine(
      line: cost.name, pool: "", market: "fixed", usage: nil, price: nil,
      amount: USD(nanodollars: Int64(scaled.dividedRoundingToNearestOrEven(by: month))))
  }
}
