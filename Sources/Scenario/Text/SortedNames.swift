// SPDX-License-Identifier: GPL-3.0-or-later

/// Names in sorted order, so that a second occurrence is found without comparing all pairs.
struct SortedNames {
  private var names: [(name: String, position: Int)] = []

  /// No names.
  init() {}

  /// Adds a name that stands at `position`, or tells where the same name stands already.
  ///
  /// - Complexity: a binary search, and a move of the names behind it.
  mutating func insert(_ name: String, at position: Int) -> Int? {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle].name < name { low = middle + 1 } else { high = middle }
    }
    if low < names.count, names[low].name == name { return names[low].position }
    names.insert((name, position), at: low)
    return nil
  }
}
