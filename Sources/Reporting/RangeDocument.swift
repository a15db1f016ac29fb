// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// An interval as JSON has it; numbers that are not finite are `null`.
struct RangeDocument: Encodable {
  let estimate: Double?
  let low: Double?
  let high: Double?
  let isExact: Bool

  init(_ interval: Interval) {
    estimate = interval.estimate.finite
    low = interval.low.finite
    high = interval.high.finite
    isExact = interval.isExact
  }
}
