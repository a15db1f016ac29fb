// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities

/// What a metrics endpoint counts between two scrapes: requests sent by model, waits and latencies.
struct ScrapeWindow: ~Copyable {
  /// Eight buckets for each power of two of nanoseconds.
  private var buckets = Column<UInt32>(repeating: 0, count: 64 * 8)
  private(set) var answered: UInt32 = 0
  private var waited: Int64 = 0
  private var sentByModel: Column<UInt32>

  init(models: Int) {
    sentByModel = Column(repeating: 0, count: models)
  }

  mutating func send(to model: Int) {
    sentByModel[model] += 1
  }

  /// Requests sent to a model.
  func sent(to model: Int) -> UInt32 { sentByModel[model] }

  @inline(__always)
  mutating func answer(latency: TimeSpan, wait: TimeSpan) {
    answered += 1
    waited += wait.nanoseconds
    let time = UInt64(max(8, latency.nanoseconds))
    let exponent = 63 - time.leadingZeroBitCount
    buckets[exponent * 8 + Int(time >> UInt64(exponent - 3)) & 7] += 1
  }

  /// The mean time from arrival to batch.
  var meanWait: TimeSpan { TimeSpan(nanoseconds: waited / Int64(max(1, answered))) }

  /// The upper end of the bucket that holds the 99th percentile.
  ///
  /// - Complexity: O(buckets).
  var p99: TimeSpan {
    var left = UInt64(answered) * 99 / 100 + 1
    for index in 0..<buckets.count {
      let count = UInt64(buckets[index])
      if count >= left {
        let (exponent, part) = (index / 8, index % 8)
        return TimeSpan(nanoseconds: (Int64(9 + part) << Int64(exponent)) / 8)
      }
      left -= count
    }
    return .zero
  }

  /// Begins the next one.
  ///
  /// - Complexity: O(buckets).
  mutating func reset() {
    guard answered > 0 || (0..<sentByModel.count).contains(where: { sent(to: $0) > 0 }) else {
      return
    }
    for index in 0..<buckets.count { buckets[index] = 0 }
    for index in 0..<sentByModel.count { sentByModel[index] = 0 }
    answered = 0
    waited = 0
  }
}
