// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A promise to pay for so many machines every hour, used or not.
///
/// It is a billing object and guarantees no machine. It covers on-demand machines of its type as the
/// provider's ``BillingRules`` say; it never applies to spot.
package struct Commitment: Sendable, Equatable {
  /// What was paid beforehand.
  package struct Upfront: Sendable, Equatable {
    /// The amount for all its machines and its whole term.
    package let amount: USD
    /// The time over which it is spread, from the purchase on.
    package let term: TimeSpan

    /// An amount for a term.
    package init(amount: USD, term: TimeSpan) {
      self.amount = amount
      self.term = term
    }

    /// What of it falls to the first so much time, to the nearest nanodollar, ties to even.
    private func share(ofFirst time: TimeSpan) -> USD {
      let time = min(max(.zero, time), term)
      return USD(
        nanodollars: Int64(
          Int128(amount.nanodollars).scaled(
            by: Int128(time.nanoseconds), over: Int128(term.nanoseconds))))
    }

    /// What of it falls to a stretch of time: the parts of neighbouring stretches add up to that of both.
    func share(from: Instant, to: Instant, boughtAt bought: Instant) -> USD {
      share(ofFirst: to - bought) - share(ofFirst: from - bought)
    }
  }

  /// The name in the scenario.
  package let name: String
  /// The machine type that it covers.
  package let type: String
  /// The zone that it is bound to; `nil` for all of them.
  package let zone: String?
  /// For how many machines.
  package let machines: Int
  /// What an hour of one costs: the price at its purchase, whatever becomes of prices later.
  package let price: HourlyPrice
  /// What was paid beforehand; spread evenly over the term on invoices.
  package let upfront: Upfront?
  /// From its purchase to its end, which may both lie outside the scenario.
  package let runs: Range<Instant>

  /// A commitment of those values.
  package init(
    name: String, type: String, zone: String? = nil, machines: Int, price: HourlyPrice,
    upfront: Upfront? = nil, runs: Range<Instant> = .start ..< .never
  ) {
    self.name = name
    self.type = type
    self.zone = zone
    self.machines = machines
    self.price = price
    self.upfront = upfront
    self.runs = runs
  }
}

/// A promise to pay so many dollars every hour for machines on demand at lower rates, used or not.
///
/// It applies after commitments to machines, where the saving over the on-demand price is highest first,
/// and where that is equal at the lowest rate first; plans for a family before those for all. What an
/// hour leaves of it is lost. It never applies to spot. Source: AWS, Savings Plans User Guide,
/// "Understanding how Savings Plans apply to your AWS usage", as in the project's notes of 2026-11-23.
package struct SavingsPlan: Sendable, Equatable {
  /// What an hour of one machine of a type costs under it.
  package struct Rate: Sendable, Equatable {
    /// The machine type.
    package let type: String
    /// The price under the plan.
    package let price: HourlyPrice

    /// A rate of those values.
    package init(type: String, price: HourlyPrice) {
      self.type = type
      self.price = price
    }
  }

  /// The name in the scenario.
  package let name: String
  /// The dollars of every hour.
  package let commitment: HourlyPrice
  /// Whether it is bound to a family of machine types, and so applies before those that are not.
  package let isForOneFamily: Bool
  /// The rates of the types that it covers: those at its purchase, whatever becomes of prices later.
  package let rates: [Rate]
  /// From its purchase to its end, which may both lie outside the scenario.
  package let runs: Range<Instant>

  /// A plan of those values.
  package init(
    name: String, commitment: HourlyPrice, isForOneFamily: Bool, rates: [Rate],
    runs: Range<Instant> = .start ..< .never
  ) {
    self.name = name
    self.commitment = commitment
    self.isForOneFamily = isForOneFamily
    self.rates = rates
    self.runs = runs
  }

  /// The rate of a machine type; `nil` where it does not cover it.
  func rate(of type: String) -> HourlyPrice? { rates.first { $0.type == type }?.price }
}

/// Machines on demand in a zone that are kept free and paid for, used or not.
///
/// Of all commitments it alone guarantees a machine. Commitments to machines and savings plans cover it
/// whether it is used or not. Source: AWS, Amazon EC2 User Guide, "Capacity Reservations pricing and
/// billing".
package struct CapacityReservation: Sendable, Equatable {
  /// The name in the scenario.
  package let name: String
  /// The machine type.
  package let type: String
  /// The zone.
  package let zone: String
  /// How many machines are kept.
  package let machines: Int
  /// What an hour of one costs: the price on demand.
  package let prices: PriceSeries

  /// A reservation of those values.
  package init(name: String, type: String, zone: String, machines: Int, prices: PriceSeries) {
    self.name = name
    self.type = type
    self.zone = zone
    self.machines = machines
    self.prices = prices
  }

  /// Whether machines of a pool are those that it keeps.
  package func keeps(_ pool: PoolModel) -> Bool {
    pool.market == .onDemand && pool.type == type && pool.zone == zone
  }
}

/// All that was promised to be paid.
package struct Commitments: Sendable, Equatable {
  /// Promises for machines, in the order in which they apply.
  package var reservations: [Commitment] = []
  /// Promises of dollars; applied in their own order.
  package var savingsPlans: [SavingsPlan] = []
  /// Machines that are kept free.
  package var capacity: [CapacityReservation] = []

  /// Those commitments.
  package init(
    reservations: [Commitment] = [], savingsPlans: [SavingsPlan] = [],
    capacity: [CapacityReservation] = []
  ) {
    self.reservations = reservations
    self.savingsPlans = savingsPlans
    self.capacity = capacity
  }
}
