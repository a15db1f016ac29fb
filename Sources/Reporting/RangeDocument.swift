// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// An interval as JSON has it; numbers that are not finite are `null`.
struct RangeDocument: Encodable {
  let estimate: JSONNumber
  let low: JSONNumber
  let high: JSONNumber
  let isExact: Bool

  init(_ interval: Interval) {
    estimate = JSONNumber(interval.estimate)
    low = JSONNumber(interval.low)
    high = JSONNumber(interval.high)
    isExact = interval.isExact
  }
}
