// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Machine time by column and cell, where cells are stretches of time inside one clock hour and price.
struct UsageTable {
  private let cuts: [Instant]
  private var usage: [[MachineTime]]

  /// An empty table whose cells lie between neighbouring cuts.
  init(cells cuts: [Instant], columns: Int) {
    self.cuts = cuts
    usage = [[MachineTime]](
      repeating: [MachineTime](repeating: .zero, count: max(0, cuts.count - 1)), count: columns)
  }

  /// How many cells there are.
  var count: Int { max(0, cuts.count - 1) }

  func start(of cell: Int) -> Instant { cuts[cell] }

  func length(of cell: Int) -> TimeSpan { cuts[cell + 1] - cuts[cell] }

  /// What so many machines are held for, all in all, while the cell lasts.
  func time(of machines: Int, in cell: Int) -> MachineTime {
    MachineTime(length(of: cell), times: machines)
  }

  subscript(column: Int, cell: Int) -> MachineTime {
    get { usage[column][cell] }
    set { usage[column][cell] = newValue }
  }

  /// Adds a machine's time from one instant to another to the cells that it touches.
  mutating func add(column: Int, from: Instant, to: Instant) {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if cuts[middle + 1] <= from { low = middle + 1 } else { high = middle }
    }
    var cell = low
    while cell < count && cuts[cell] < to {
      usage[column][cell] += MachineTime(min(to, cuts[cell + 1]) - max(from, cuts[cell]))
      cell += 1
    }
  }
}
