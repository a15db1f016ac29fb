// SPDX-License-Identifier: Apache-2.0

/// Numbers as ranges without gaps: few, where they are given in order and end in nearly that order.
struct NumberRanges: Equatable, Sendable, Codable {
  /// One range, both ends included.
  struct Run: Equatable, Sendable, Codable {
    var first: Int
    var last: Int
  }

  /// The ranges in order; between two of them lies a number that is not held.
  private(set) var runs: [Run] = []

  /// Whether a number is held.
  ///
  /// - Complexity: O(log n) for n ranges.
  func contains(_ number: Int) -> Bool {
    let place = firstRun(endingAtOrAfter: number)
    return place < runs.count && runs[place].first <= number
  }

  /// Holds one number more; with more than so many ranges, the lowest gap counts as held too.
  ///
  /// - Complexity: O(n) for n ranges, O(log n) at the end.
  mutating func insert(_ number: Int, mostRuns: Int) {
    // The range before may end just before the number.
    let place = firstRun(endingAtOrAfter: number == .min ? number : number - 1)
    if place < runs.count, runs[place].last == number - 1 {
      runs[place].last = number
    } else if place < runs.count, runs[place].first <= number {
      return
    } else if place < runs.count, runs[place].first == number + 1 {
      runs[place].first = number
    } else {
      runs.insert(Run(first: number, last: number), at: place)
    }
    if place + 1 < runs.count, runs[place + 1].first == runs[place].last + 1 { join(place) }
    if runs.count > max(1, mostRuns) { join(0) }
  }

  /// Makes one range of two neighbours and what lies between them.
  private mutating func join(_ place: Int) {
    runs[place].last = runs[place + 1].last
    runs.remove(at: place + 1)
  }

  private func firstRun(endingAtOrAfter number: Int) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].last < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
