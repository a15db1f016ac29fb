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

  /// A rental of that pool.
  package init(pool: Int, from: Instant, to: Instant) {
    self.pool = pool
    self.from = from
    self.to = to
  }
}

/// A promise to pay for so many machines every hour, used or not.
///
/// It covers on-demand machines of its type up to 3,600 s for each machine and clock hour, spread over
/// whatever runs; it never applies to spot. Source: AWS, "How Reserved Instances are applied", EC2 user
/// guide, and the whitepaper "Cost Optimization: Amazon EC2 reservation models", read 2026-11-23 from
/// the project's notes.
package struct Commitment: Sendable, Equatable {
  /// The name in the scenario.
  package let name: String
  /// The machine type that it covers.
  package let type: String
  /// For how many machines.
  package let machines: Int
  /// What an hour of one costs.
  package let prices: PriceSeries

  /// A commitment of those values.
  package init(name: String, type: String, machines: Int, prices: PriceSeries) {
    self.name = name
    self.type = type
    self.machines = machines
    self.prices = prices
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

/// Makes an invoice of what was rented, by the rules of AWS.
///
/// On-demand and spot machines are billed by the second, each rental rounded up to a whole second and
/// to 60 s at least (AWS, "Amazon EC2 On-Demand Pricing": per-second billing with a minimum of 60 s for
/// Linux). A line is the price times the sum of its seconds, rounded once. Left out: taxes, upfront
/// payments, savings plans, the free first hour of interrupted spot machines.
package struct Billing: Sendable {
  /// The shortest time that a rental is billed for.
  package static let minimum = TimeSpan.seconds(60)

  private let pools: [PoolModel]
  private let commitments: [Commitment]
  private let fixedCosts: [FixedCost]
  private let egress: [EgressCost]
  private let start: UTCDate
  private let horizon: TimeSpan

  /// The billing of those pools from the scenario's start to its horizon.
  package init(
    pools: [PoolModel], commitments: [Commitment], fixedCosts: [FixedCost],
    egress: [EgressCost] = [], start: UTCDate, horizon: TimeSpan
  ) {
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
      to = min(end, rental.from + max(Self.minimum, .seconds(seconds)))
    }
    return (max(rental.from, .start), to)
  }

  /// The invoice; the order of its lines is that of pools, commitments, fixed costs and egress.
  ///
  /// - Parameters:
  ///   - answeredTokens: the tokens of all answers that left the cloud before the horizon.
  /// - Complexity: O(rentals × the clock hours each spans + hours × pools × commitments).
  package func invoice(for rentals: [Rental], answeredTokens: Int128 = 0) -> [InvoiceLine] {
    var usage = UsageTable(cells: cells, pools: pools.count)
    for rental in rentals {
      guard let (from, to) = billed(rental) else { continue }
      usage.add(pool: rental.pool, from: from, to: to)
    }
    let committed = commitments.flatMap { lines(for: $0, covering: &usage) }
    return pools.indices.flatMap { machineLines(for: $0, usage) } + committed
      + fixedCosts.map(line)
      + egress.map {
        InvoiceLine(
          line: $0.name, pool: "", market: "egress", usage: nil, price: nil,
          amount: $0.cost(ofTokens: answeredTokens))
      }
  }

  /// The instants at which a clock hour or a price begins, from the start up to the horizon.
  private var cells: [Instant] {
    let hour = TimeSpan.hours(1).nanoseconds
    let intoHour = ((start.nanosecondsSince1970 % hour) + hour) % hour
    let end = Instant.start + horizon
    var cuts: [Instant] = [.start]
    var next = Instant(nanoseconds: hour - intoHour)
    while next < end {
      cuts.append(next)
      next = next + .hours(1)
    }
    let series = pools.map(\.prices) + commitments.map(\.prices)
    cuts += series.flatMap { $0.changes.map(\.at) }.filter { $0 > .start && $0 < end }
    cuts.sort()
    var distinct: [Instant] = []
    for cut in cuts where cut != distinct.last { distinct.append(cut) }
    return distinct + [end]
  }

  private func clockHour(of instant: Instant) -> Int64 {
    let hour = TimeSpan.hours(1).nanoseconds
    let date = (start + instant.sinceStart).nanosecondsSince1970
    return date >= 0 ? date / hour : (date + 1) / hour - 1
  }

  private func machineLines(for pool: Int, _ usage: UsageTable) -> [InvoiceLine] {
    let model = pools[pool]
    var sums = [TimeSpan](repeating: .zero, count: model.prices.changes.count)
    for cell in 0..<usage.count {
      sums[model.prices.position(at: usage.start(of: cell))] += usage[pool, cell]
    }
    return zip(model.prices.changes, sums).compactMap { change, sum in
      guard sum > .zero else { return nil }
      return InvoiceLine(
        line: "machines", pool: model.name, market: model.market.rawValue, usage: sum,
        price: change.price, amount: change.price.cost(of: sum))
    }
  }

  /// The lines of a commitment; what it covers is taken out of the usage.
  private func lines(
    for commitment: Commitment, covering usage: inout UsageTable
  ) -> [InvoiceLine] {
    let series = commitment.prices
    var promised = [TimeSpan](repeating: .zero, count: series.changes.count)
    var used = promised
    var hour: Int64?
    var left = TimeSpan.zero
    for cell in 0..<usage.count {
      let price = series.position(at: usage.start(of: cell))
      promised[price] += usage.length(of: cell) * Int64(commitment.machines)
      if clockHour(of: usage.start(of: cell)) != hour {
        hour = clockHour(of: usage.start(of: cell))
        left = .hours(1) * Int64(commitment.machines)
      }
      for pool in pools.indices where covers(commitment, pools[pool]) {
        let covered = min(left, usage[pool, cell])
        usage[pool, cell] -= covered
        left -= covered
        used[price] += covered
      }
    }
    return series.changes.indices.flatMap { index -> [InvoiceLine] in
      let price = series.changes[index].price
      let whole = price.cost(of: max(promised[index], used[index]))
      let usedPart = price.cost(of: used[index])
      return [
        InvoiceLine(
          line: "\(commitment.name), used", pool: "", market: "reserved", usage: used[index],
          price: price, amount: usedPart),
        InvoiceLine(
          line: "\(commitment.name), unused", pool: "", market: "reserved",
          usage: max(promised[index], used[index]) - used[index], price: price,
          amount: whole - usedPart),
      ].filter { $0.usage != .zero }
    }
  }

  private func covers(_ commitment: Commitment, _ pool: PoolModel) -> Bool {
    pool.market == .onDemand && pool.type == commitment.type
  }

  private func line(_ cost: FixedCost) -> InvoiceLine {
    let scaled = Int128(cost.monthly.nanodollars) * Int128(horizon.nanoseconds)
    let month = Int128(TimeSpan.billingMonth.nanoseconds)
    return InvoiceLine(
      line: cost.name, pool: "", market: "fixed", usage: nil, price: nil,
      amount: USD(nanodollars: Int64(scaled.dividedRoundingToNearestOrEven(by: month))))
  }
}
