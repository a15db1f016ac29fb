// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What a commitment promised, and what it paid for: by month, by column and by the list price of what it covered.
struct Coverage {
  /// Machine time that it paid for.
  struct Use {
    let month: Int
    let column: Int
    /// The number of the column's price that held then.
    let price: Int
    var time: MachineTime
  }

  /// What it paid for, in order of time.
  private(set) var uses: [Use] = []
  /// The machine time that it promised, by month; zero for a promise of dollars.
  var promised: [MachineTime]
  private let columns: Int

  /// Nothing is promised or paid for yet.
  init(months: Int, columns: Int) {
    promised = [MachineTime](repeating: .zero, count: months)
    self.columns = columns
  }

  /// All machine time that it paid for.
  var used: MachineTime { uses.reduce(.zero) { $0 + $1.time } }

  /// Adds machine time that it paid for.
  mutating func add(_ time: MachineTime, month: Int, column: Int, price: Int) {
    guard time > .zero else { return }
    // What it can be added to was noted in the last cells, where each column was at most once.
    let last = uses.indices.suffix(columns).last {
      uses[$0].month == month && uses[$0].column == column && uses[$0].price == price
    }
    if let last {
      uses[last].time += time
    } else {
      uses.append(Use(month: month, column: column, price: price, time: time))
    }
  }
}
