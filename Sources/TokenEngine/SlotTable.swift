// SPDX-License-Identifier: Apache-2.0

/// What is known of requests, each in a slot that another gets once it has gone.
struct SlotTable<Row> {
  private var rows: ContiguousArray<Row> = []
  private var unused: ContiguousArray<Int> = []

  /// Puts a row into a slot, and says which: one that was used before, else the next.
  mutating func add(_ row: Row) -> Int {
    if let slot = unused.popLast() {
      rows[slot] = row
      return slot
    }
    rows.append(row)
    return rows.count - 1
  }

  /// All rows, also those of slots that are free.
  var all: ContiguousArray<Row> { rows }
  /// Slots that are not free.
  var held: Int { rows.count - unused.count }

  /// Gives a slot to whoever comes next.
  mutating func free(_ slot: Int) { unused.append(slot) }

  subscript(slot: Int) -> Row {
    get { rows[slot] }
    _modify { yield &rows[slot] }
  }
}
