// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a monthly budget allows an hour: what is left of it, spread over what is left of the month.
///
/// For up to an hour twice as much is allowed, to be made up for: time above the pace is counted, and
/// time below it counts back. A month is 730 h from the start; a new one begins with the whole budget.
public struct BudgetPace: Sendable {
  /// The budget of a month.
  public let monthly: USD
  /// For how long twice the pace is allowed.
  public let longestBurst = TimeSpan.hours(1)
  /// What has been spent of this month's budget.
  public private(set) var spent = USD.zero
  /// For how long more was spent than the pace, and not made up for.
  public private(set) var burst = TimeSpan.zero
  private var month: Int64 = 0
  private var last: Instant?
  private var rate = HourlyPrice(nanodollarsPerHour: 0)

  /// A budget of which nothing is spent.
  ///
  /// - Precondition: it is not negative.
  public init(monthly: USD) {
    precondition(monthly >= .zero, "a budget is not negative")
    self.monthly = monthly
  }

  /// What is known of a budget.
  struct State: Codable, Sendable {
    var spent: USD
    var burst: TimeSpan
    var month: Int64
    var last: Instant?
    var rate: HourlyPrice
  }

  /// What is known of the budget.
  var state: State { State(spent: spent, burst: burst, month: month, last: last, rate: rate) }

  /// Takes up what is known of another.
  mutating func restore(_ state: State) {
    spent = state.spent
    burst = state.burst
    month = state.month
    last = state.last
    rate = state.rate
  }

  /// Takes in what the fleet costs an hour from now on; a time before the last one is ignored.
  public mutating func observe(rate: HourlyPrice, at now: Instant) {
    guard now >= last ?? now else { return }
    settle(at: now)
    self.rate = rate
    last = now
  }

  /// What may be spent an hour from now on.
  public func limit(at now: Instant) -> HourlyPrice {
    var later = self
    later.settle(at: now)
    let pace = later.pace(at: now)
    return burst < longestBurst
      ? HourlyPrice(nanodollarsPerHour: 2 * min(pace, .max / 2))
      : HourlyPrice(nanodollarsPerHour: pace)
  }

  private func pace(at now: Instant) -> Int64 {
    let left = monthly - spent
    let end = Instant.start + TimeSpan(nanoseconds: (month + 1) * TimeSpan.billingMonth.nanoseconds)
    let time = max(TimeSpan.hours(1), end - now)
    guard left > .zero else { return 0 }
    return Int64(
      clamping: Int128(left.nanodollars) * Int128(TimeSpan.hours(1).nanoseconds)
        / Int128(time.nanoseconds))
  }

  private mutating func settle(at now: Instant) {
    guard let since = last, now > since else { return }
    let passed = now - since
    burst =
      rate.nanodollarsPerHour > pace(at: since)
      ? min(longestBurst, burst + passed) : max(.zero, burst - passed)
    let current = max(0, now.nanoseconds / TimeSpan.billingMonth.nanoseconds)
    if current > month {
      month = current
      spent = .zero
      let begin = Instant(nanoseconds: current * TimeSpan.billingMonth.nanoseconds)
      spent = spent + rate.cost(of: now - begin)
    } else if now > .start {
      spent = spent + rate.cost(of: now - max(since, .start))
    }
    last = now
  }
}
