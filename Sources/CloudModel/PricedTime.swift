// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Machine time at one price, or at more of them than anyone reads one by one.
struct PricedTime {
  /// Machine time at a price.
  typealias Part = (price: HourlyPrice, time: MachineTime)

  /// The price; `nil` for many.
  let price: HourlyPrice?
  /// The machine time.
  let time: MachineTime
  /// What it costs; at each price its time is added up first and rounded once.
  let cost: USD

  /// How many prices of one thing in one month are told apart.
  private static var mostPrices: Int { 100 }

  /// Parts put together by price, in the order in which prices first appear.
  ///
  /// - Complexity: O(parts × prices that are told apart).
  static func all(_ parts: [Part], of line: String) throws(BillOutOfRange) -> [PricedTime] {
    var sums: [Part] = []
    var whole = Int128(0)
    for (price, time) in parts {
      let known = sums.suffix(mostPrices).lastIndex { $0.price == price }
      if let known {
        sums[known].time += time
      } else {
        sums.append((price, time))
      }
    }
    var priced: [PricedTime] = []
    for (price, time) in sums {
      let cost = price.nanodollars(for: time)
      whole += cost
      priced.append(
        PricedTime(price: price, time: time, cost: try USD(billed: cost, for: line)))
    }
    guard sums.count > mostPrices else { return priced }
    let time = sums.reduce(MachineTime.zero) { $0 + $1.time }
    return [PricedTime(price: nil, time: time, cost: try USD(billed: whole, for: line))]
  }
}
