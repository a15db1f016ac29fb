// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// How many machines of a pool could be had over time, as it was measured.
package struct AvailabilityTrace: Sendable, Equatable {
  /// A number of machines from a time on.
  package struct Change: Sendable, Equatable {
    /// From when, since the beginning of the trace.
    package let at: TimeSpan
    /// How many could be had.
    package let count: Int

    /// A number from that time on.
    package init(at: TimeSpan, count: Int) {
      self.at = at
      self.count = count
    }
  }

  /// The numbers in order of time; neighbours differ.
  package let changes: [Change]
  /// How long the trace is.
  package let length: TimeSpan

  /// The trace of those numbers; those that repeat the number before are left out.
  ///
  /// - Precondition: the first holds from the beginning, times rise, the trace is longer than the last.
  package init(changes: [Change], length: TimeSpan) {
    precondition(changes.first?.at == .zero, "a trace begins with a number")
    var distinct: [Change] = []
    for change in changes where change.count != distinct.last?.count {
      precondition(distinct.last.map { $0.at < change.at } ?? true, "times of a trace rise")
      distinct.append(change)
    }
    precondition(
      changes.last.map { $0.at < length } ?? false, "a trace lasts beyond its last number")
    self.changes = distinct
    self.length = length
  }

  /// The numbers of equally spaced samples, each holding until the next.
  package init(samples: [Int], every step: TimeSpan) {
    self.init(
      changes: samples.enumerated().map { Change(at: step * Int64($0), count: $1) },
      length: step * Int64(samples.count))
  }

  /// How many could be had at a time inside the trace.
  ///
  /// - Complexity: O(log changes).
  package func count(at time: TimeSpan) -> Int { changes[position(at: time)].count }

  /// The number of the change that holds at a time inside the trace.
  func position(at time: TimeSpan) -> Int {
    var (low, high) = (0, changes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if changes[middle].at <= time { low = middle } else { high = middle }
    }
    return low
  }

  /// The share of time in which at least so many could be had.
  package func share(ofAtLeast count: Int) -> Double {
    var sum = TimeSpan.zero
    for (index, change) in changes.enumerated() where change.count >= count {
      sum += (index + 1 < changes.count ? changes[index + 1].at : length) - change.at
    }
    return sum.inSeconds / length.inSeconds
  }
}
