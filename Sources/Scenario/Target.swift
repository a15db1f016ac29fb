// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// A statement about a measure that a run can bear out or not, such as `p99(latency) <= 200ms`.
package struct Target: Sendable, Equatable {
  /// What is summed up of a time.
  package enum Statistic: Sendable, Equatable {
    /// The mean over answered requests.
    case mean
    /// The quantile over offered requests, as a share such as 0.99.
    case quantile(Share)
  }

  /// By which of a model's scores an answer is judged.
  package enum QualityScore: String, Sendable, CaseIterable {
    /// By its one score for all requests.
    case table
    /// By its score for the true class of the request.
    case matrix
  }

  /// What a target is about.
  package enum Measure: Sendable, Equatable {
    /// The bill for a month of 730 hours.
    case monthlyCost
    /// The bill for an hour.
    case hourlyCost
    /// The share of the bill that goes to one of its lines, or to machines.
    case billShare(of: String)
    /// A time of requests.
    case time(RequestTime, Statistic)
    /// What replicas did with tokens.
    case tokens(TokenMeasure)
    /// The share of offered requests that were answered inside the client's timeout.
    case availability
    /// The share of minutes in which 99 % of the offered requests were answered.
    case availabilityByTime
    /// The share of another scenario's monthly bill that this one saves.
    case savings(against: String)
    /// The share of offered requests that are answered, over that of another scenario.
    case goodput(against: String)
    /// The machine capacity that was there, over that of another scenario.
    case capacity(against: String)
    /// How much worse answers are than a model's, as a share of its score.
    case qualityLoss(against: String, QualityScore)
    /// The share of offered requests that the response cache answers.
    case hitRatio
    /// The share of offered requests that share the answer of another in flight.
    case joinRatio
    /// How many machines serve.
    case machinesReady(Statistic)
    /// How many machines of a pool serve on average.
    case machinesReadyOfPool(String)
    /// Hours a month of machines on demand beyond those that are always held.
    case fallbackHours
    /// The share of time in which a place of a spot pool can be had.
    case spotUptime
    /// The share of spot machines that are interrupted in a month.
    case interruptionRate
    /// The discount of the spot price on the on-demand price of a pool's machine type.
    case spotDiscount(pool: String)
    /// How many times dearer a token of the first model is than one of the second.
    case tokenPriceRatio(String, String)

    /// Whether it restates what the scenario was given, and says nothing about what follows from it.
    package var restatesInput: Bool {
      switch self {
      case .spotUptime, .interruptionRate, .spotDiscount, .hitRatio: true
      default: false
      }
    }

    /// Whether nothing but requests that are simulated tell it.
    package var isAboutRequests: Bool {
      switch self {
      case .time, .tokens, .availability, .availabilityByTime, .goodput, .qualityLoss, .hitRatio,
        .joinRatio:
        true
      case .monthlyCost, .hourlyCost, .billShare, .savings, .capacity, .machinesReady,
        .machinesReadyOfPool, .fallbackHours, .spotUptime, .interruptionRate, .spotDiscount,
        .tokenPriceRatio:
        false
      }
    }

    /// Whether only replicas that know tokens tell it.
    package var needsTokens: Bool {
      switch self {
      case .time(let time, _): time.needsTokens
      case .tokens: true
      default: false
      }
    }

    /// The other scenario that it compares with.
    package var otherScenario: String? {
      switch self {
      case .savings(let path), .goodput(let path), .capacity(let path): path
      default: nil
      }
    }
  }

  /// How the measure and the bound should stand to each other.
  package enum Comparison: String, Sendable, CaseIterable {
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"

    /// Whether a value on the left satisfies it with that bound on the right.
    package func holds<Value: Comparable>(_ value: Value, _ bound: Value) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .below: value < bound
      case .above: value > bound
      }
    }
  }

  /// The bound in its own unit.
  package enum Bound: Sendable, Equatable {
    /// Money a month.
    case money(USD)
    /// A length of time.
    case time(TimeSpan)
    /// Money an hour.
    case hourly(HourlyPrice)
    /// A share.
    case share(Share)
    /// A plain number.
    case number(Ratio)

    /// The number that estimates are compared with: dollars, seconds or the share of 1.
    package var value: Double {
      switch self {
      case .money(let amount): amount.inDollars
      case .time(let span): span.inSeconds
      case .hourly(let price): Double(price.nanodollarsPerHour) / 1e9
      case .share(let share): share.fraction
      case .number(let number): number.inBinary
      }
    }

    /// The same number as it was written, exactly.
    package var exactly: Ratio {
      switch self {
      case .money(let amount): Ratio(billionths: amount.nanodollars)
      case .time(let span): Ratio(billionths: span.nanoseconds)
      case .hourly(let price): Ratio(billionths: price.nanodollarsPerHour)
      case .share(let share): Ratio(billionths: share.billionths)
      case .number(let number): number
      }
    }
  }

  /// The target as it was written.
  package let text: String
  /// What it is about.
  package let measure: Measure
  /// How the two sides should stand to each other.
  package let comparison: Comparison
  /// The bound.
  package let bound: Bound
  /// The time above which requests are counted to judge a quantile or a mean of a time; `nil` for others.
  ///
  /// `p99 < 200ms` is about those that took 200 ms too: in whole nanoseconds they lie above the time before.
  package var edge: TimeSpan? {
    guard case .time(let bound) = bound else { return nil }
    guard isQuantile, countsBound else { return bound }
    return bound - TimeSpan(nanoseconds: 1)
  }

  /// Whether requests that took exactly the bound count as beyond it.
  package var countsBound: Bool { comparison == .below || comparison == .atLeast }

  private var isQuantile: Bool {
    if case .time(_, .quantile) = measure { true } else { false }
  }

  /// Where it stands; `nil` for one that stands in no file.
  package internal(set) var location: SourceLocation?
}
