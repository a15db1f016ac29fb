// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What machines cost an hour, by type, terms and date.
///
/// Prices are dated data: a run bills each stretch of time at the price that held then. A price that a
/// book lacks is an error of the scenario, never zero.
package struct PriceBook: Sendable, Equatable {
  /// On which terms a price holds.
  package enum Terms: String, Sendable, CaseIterable {
    /// The list price.
    case onDemand
    /// The spot price.
    case spot
    /// The price of an hour of a reservation, used or not.
    case reserved
    /// The price of an hour under a savings plan for all machines.
    case savings
    /// The price of an hour under a savings plan for the type's family.
    case familySavings
  }

  /// A price from a date on.
  package struct DatedPrice: Sendable, Equatable {
    /// From when it holds.
    package let from: UTCDate
    /// The price.
    package let price: HourlyPrice

    /// A price from that date on.
    package init(from: UTCDate, price: HourlyPrice) {
      self.from = from
      self.price = price
    }
  }

  /// The prices of a machine type on some terms, oldest first.
  package struct Entry: Sendable, Equatable {
    /// The machine type.
    package let type: String
    /// The terms.
    package let terms: Terms
    /// The prices, oldest first.
    package let prices: [DatedPrice]

    /// An entry of those prices.
    ///
    /// - Precondition: there is one at least, and dates rise.
    package init(type: String, terms: Terms, prices: [DatedPrice]) {
      precondition(!prices.isEmpty, "an entry of a price book has a price")
      for (price, next) in zip(prices, prices.dropFirst()) {
        precondition(price.from < next.from, "prices are told apart by their dates")
      }
      self.type = type
      self.terms = terms
      self.prices = prices
    }
  }

  /// An entry that is there and could not be read.
  package struct Unread: Sendable, Equatable {
    /// The machine type.
    package let type: String
    /// The terms.
    package let terms: Terms

    /// The entry of a type on some terms.
    package init(type: String, terms: Terms) {
      self.type = type
      self.terms = terms
    }
  }

  /// The name by which results call it.
  package let name: String
  /// The regions in which its prices hold; none where it does not say.
  package let regions: [String]
  /// The file that it was read from; empty where it was read from none.
  package let path: String
  /// The entries that could not be read.
  package let unread: [Unread]
  private let entries: [Entry]

  /// A book of those entries.
  package init(
    name: String, path: String = "", regions: [String] = [], entries: [Entry],
    unread: [Unread] = []
  ) {
    self.unread = unread
    self.name = name
    self.path = path
    self.regions = regions
    self.entries = entries
  }

  /// The machine types that it has a price of, in its order, each once.
  package var types: [String] {
    var types: [String] = []
    for entry in entries where !types.contains(entry.type) { types.append(entry.type) }
    return types
  }

  /// The machine types that it has a price of on some terms, in its order.
  package func types(on terms: Terms) -> [String] {
    entries.filter { $0.terms == terms }.map(\.type)
  }

  /// The prices of a type on some terms from `start` on, as times of a scenario; `nil` when the book
  /// has none that holds at the start.
  ///
  /// - Complexity: O(entries).
  package func prices(of type: String, _ terms: Terms, from start: UTCDate) -> PriceSeries? {
    guard let entry = entries.first(where: { $0.type == type && $0.terms == terms }),
      let current = entry.prices.last(where: { $0.from <= start })
    else { return nil }
    let later = entry.prices.filter { $0.from > start }
    return PriceSeries(
      changes: [PriceSeries.Change(at: .start, price: current.price)]
        + later.map { PriceSeries.Change(at: .start + ($0.from - start), price: $0.price) })
  }
}

/// An hourly price over the time of a scenario.
package struct PriceSeries: Sendable, Equatable {
  /// A price from an instant on.
  package struct Change: Sendable, Equatable {
    /// From when it holds.
    package let at: Instant
    /// The price.
    package let price: HourlyPrice

    /// A price from that instant on.
    package init(at: Instant, price: HourlyPrice) {
      self.at = at
      self.price = price
    }
  }

  /// The prices, the first from the scenario's start.
  package let changes: [Change]

  /// A series of those prices.
  ///
  /// - Precondition: the first holds from the start on, and times rise.
  package init(changes: [Change]) {
    precondition(changes.first?.at == .start, "a price holds at the scenario's start")
    self.changes = changes
  }

  /// The price that holds at an instant.
  ///
  /// - Complexity: O(log changes).
  package func price(at instant: Instant) -> HourlyPrice { changes[position(at: instant)].price }

  /// The number of the change whose price holds at an instant.
  ///
  /// - Complexity: O(log changes).
  package func position(at instant: Instant) -> Int {
    var (low, high) = (0, changes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if changes[middle].at <= instant { low = middle } else { high = middle }
    }
    return low
  }
}
