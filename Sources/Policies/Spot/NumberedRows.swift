// SPDX-License-Identifier: Apache-2.0

/// Rows in the order of their numbers, which mostly grow; any row can be taken out in little time.
///
/// A row that is taken out leaves a gap. Gaps are closed when there are more of them than rows.
struct NumberedRows<Row: Sendable>: Sendable {
  private var numbers: [Int] = []
  private var rows: [Row?] = []
  /// How many rows there are.
  private(set) var count = 0

  /// No rows.
  init() {}

  /// Those rows.
  init(_ all: [Row], number: (Row) -> Int) {
    for row in all.sorted(by: { number($0) < number($1) }) { insert(row, at: number(row)) }
  }

  /// All rows, the lowest number first.
  ///
  /// - Complexity: O(n).
  var all: [Row] { rows.compactMap { $0 } }

  /// The row of a number.
  ///
  /// - Complexity: O(log n) for n rows.
  subscript(number: Int) -> Row? {
    let place = place(of: number)
    return place < rows.count && numbers[place] == number ? rows[place] : nil
  }

  /// Adds a row under a number that has none.
  ///
  /// - Complexity: O(1) for the highest number, else O(n).
  mutating func insert(_ row: Row, at number: Int) {
    let place = place(of: number)
    if place < rows.count, numbers[place] == number {
      rows[place] = row
    } else if place == rows.count {
      numbers.append(number)
      rows.append(row)
    } else {
      numbers.insert(number, at: place)
      rows.insert(row, at: place)
    }
    count += 1
  }

  /// Changes the row of a number; where there is none nothing happens.
  mutating func update(_ number: Int, _ change: (inout Row) -> Void) {
    let place = place(of: number)
    guard place < rows.count, numbers[place] == number, var row = rows[place] else { return }
    change(&row)
    rows[place] = row
  }

  /// Takes out the row of a number.
  ///
  /// - Complexity: O(log n), where the many are taken together.
  mutating func remove(_ number: Int) -> Row? {
    let place = place(of: number)
    guard place < rows.count, numbers[place] == number, let row = rows[place] else { return nil }
    rows[place] = nil
    count -= 1
    if rows.count > 2 * count + 32 { closeGaps() }
    return row
  }

  /// Up to so many rows that satisfy a condition, the highest number first.
  ///
  /// - Complexity: O(rows that are looked at).
  func youngest(_ limit: Int, where condition: (Row) -> Bool) -> [Row] {
    var found: [Row] = []
    var place = rows.count
    while place > 0, found.count < limit {
      place -= 1
      if let row = rows[place], condition(row) { found.append(row) }
    }
    return found
  }

  private mutating func closeGaps() {
    var kept = 0
    for place in rows.indices where rows[place] != nil {
      numbers[kept] = numbers[place]
      rows[kept] = rows[place]
      kept += 1
    }
    numbers.removeLast(numbers.count - kept)
    rows.removeLast(rows.count - kept)
  }

  private func place(of number: Int) -> Int {
    // Most are asked for while they are the youngest.
    guard let highest = numbers.last, highest >= number else { return numbers.count }
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
