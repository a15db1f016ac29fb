// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Statistics

/// A measure as it was found, with its value in exact arithmetic where the interval is that value alone.
struct Estimate: Sendable {
  /// The interval; where there is an exact value, its ends are the nearest numbers to that.
  let interval: Interval
  /// The value; `nil` where chance leaves more than one.
  let value: Ratio?

  /// An interval with the value that all samples agree on; `nil` where there is no interval.
  init?(_ interval: Interval?, _ value: Ratio?) {
    guard let interval else { return nil }
    let width = interval.high - interval.low
    let isOne = interval.isExact || width <= interval.estimate.magnitude * 1e-12
    guard let value, isOne else {
      self.interval = interval
      self.value = nil
      return
    }
    let nearest = value.inBinary
    self.interval = Interval(
      estimate: nearest, low: nearest, high: nearest, samples: interval.samples,
      isExact: interval.isExact)
    self.value = value
  }

  /// How it stands to a bound: by the exact value, or by all of the interval.
  func verdict(_ comparison: Target.Comparison, _ bound: Ratio) -> VerdictRow.Verdict {
    if let value { return comparison.holds(value, bound) ? .holds : .fails }
    let low = comparison.holds(interval.low, bound.inBinary)
    let high = comparison.holds(interval.high, bound.inBinary)
    if low && high { return .holds }
    return low || high ? .undecided : .fails
  }

  /// Below zero where the estimate lies below a bound, above zero where it lies above.
  func order(against bound: Ratio) -> Int {
    if let value { return value == bound ? 0 : value < bound ? -1 : 1 }
    let mark = bound.inBinary
    return interval.estimate == mark ? 0 : interval.estimate < mark ? -1 : 1
  }

  /// Decimals with which neither the estimate nor an end looks like a bound that it is not.
  func places(apartFrom bound: Double, unit: String) -> Int {
    FigureText.places(
      FigureText.places(interval, unit: unit),
      keeping: [interval.estimate, interval.low, interval.high], apartFrom: bound, unit: unit)
  }
}

extension Target.Measure {
  /// The unit of its numbers; empty for a share.
  package var unit: String {
    switch self {
    case .time: "s"
    case .tokens(let measure): measure.unit
    case .monthlyCost, .hourlyCost: "USD"
    case .machinesReady, .machinesReadyOfPool: "machines"
    case .fallbackHours: "h/month"
    case .tokenPriceRatio: "times"
    default: ""
    }
  }
}
